// Builds what is deployed: the contracts and the page (for VITE_CHAIN_ID, default Polygon).
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { compileContracts } from "@gridx/contracts/node";
import { ROOT } from "./checks.ts";

compileContracts();
const web = join(ROOT, "web");
const env = { ...process.env, VITE_CHAIN_ID: process.env.VITE_CHAIN_ID ?? "137" };
const vite = spawnSync(process.execPath, [join(web, "node_modules/vite/bin/vite.js"), "build"], {
  cwd: web,
  env,
  stdio: "inherit",
});
process.exitCode = vite.status ?? 1;
