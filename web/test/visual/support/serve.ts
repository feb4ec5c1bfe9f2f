// Serves the built page with the configuration that was recorded, and with the headers that it always has.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { preview } from "vite";
import { buildLocalPage } from "../../../../scripts/start/web-build.ts";
import { readRecording } from "./answers.ts";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

export default async function servePage(): Promise<() => Promise<void>> {
  const web = join(ROOT, "web");
  await buildLocalPage(ROOT, async (settings) => {
    const vite = join(web, "node_modules/vite/bin/vite.js");
    const env = { ...process.env, ...settings };
    return spawnSync(process.execPath, [vite, "build"], { cwd: web, env, stdio: "ignore" }).status ?? 1;
  });
  const directory = mkdtempSync(join(tmpdir(), "gridx-pictures-"));
  const config = join(directory, "gridx.json");
  writeFileSync(config, JSON.stringify(readRecording().site));
  process.env.GRIDX_SITE_CONFIG = config;
  const server = await preview({
    root: web,
    configFile: join(web, "vite.config.ts"),
    logLevel: "error",
    preview: { port: 0, strictPort: true, host: "127.0.0.1" },
  });
  const address = server.httpServer.address();
  if (address === null || typeof address === "string") throw new Error("the page is served nowhere");
  process.env.GRIDX_PICTURES_URL = `http://127.0.0.1:${address.port}`;
  return async () => {
    await server.close();
    rmSync(directory, { recursive: true, force: true });
  };
}
