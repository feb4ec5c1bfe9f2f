import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startChain, type TestChain } from "./support/world.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const children: ChildProcess[] = [];
const folder = mkdtempSync(join(tmpdir(), "gridx-forecast-"));
let chain: TestChain;
beforeAll(async () => {
  chain = await startChain(1);
  writeFileSync(join(folder, "deployment.json"), JSON.stringify(chain.deployment));
});
afterAll(async () => {
  await chain.anvil.stop();
  rmSync(folder, { recursive: true });
});

function start(environment: Record<string, string>) {
  const child = spawn(process.execPath, ["--import", "tsx", "src/server.ts"], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      PORT: "0",
      GRIDX_DEPLOYMENT: join(folder, "deployment.json"),
      RPC_URL: chain.anvil.rpcUrl,
      PGLITE_DIRECTORY: folder,
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  const exited = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  /** Port that it listens on. */
  const listening = async () => {
    const deadline = Date.now() + 45_000;
    while (Date.now() < deadline && child.exitCode === null) {
      const port = /"port":(\d+),"msg":"listening"/.exec(output)?.[1];
      if (port) return Number(port);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`the service did not start:\n${output}`);
  };
  return { child, exited, listening, output: () => output };
}

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

describe("the service as a process", { timeout: 90_000 }, () => {
  it("answers, and stops soon after SIGTERM even with a connection open", async () => {
    const service = start({});
    const port = await service.listening();
    const base = `http://127.0.0.1:${port}`;
    expect(await (await fetch(`${base}/health`)).json()).toEqual({ status: "ok" });
    const response = await fetch(`${base}/api/price`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"demandKwh":4.5}',
    });
    expect(await response.json()).toMatchObject({ data: { pricePerKwh: "5.50", tier: "high" }, error: null });
    // Half a request: never complete, so never idle.
    const hanging = connect(port, "127.0.0.1");
    hanging.on("error", () => {});
    await once(hanging, "connect");
    hanging.write(
      "POST /api/price HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{",
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    const asked = Date.now();
    service.child.kill("SIGTERM");
    expect(await service.exited).toEqual([0, null]);
    expect(Date.now() - asked).toBeLessThan(4000);
    hanging.destroy();
  });

  it("names each wrong variable and exits 1", async () => {
    const service = start({ PRICE_BASE: "five", PORT: "http" });
    expect(await service.exited).toEqual([1, null]);
    expect(service.output()).toMatch(/PORT: .*\nPRICE_BASE: /);
    expect(service.output()).not.toContain("    at ");
  });

  it("refuses a database folder that another process has, and takes it over when that is gone", async () => {
    const first = start({});
    await first.listening();
    const second = start({});
    expect(await second.exited).toEqual([1, null]);
    expect(second.output()).toMatch(/the database in .* is in use; stop the other process/);
    first.child.kill("SIGKILL");
    await first.exited;
    await start({}).listening();
  });

  it("names a busy port and exits 1", async () => {
    const blocker = createServer().listen(0, "127.0.0.1");
    await once(blocker, "listening");
    const address = blocker.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const service = start({ PORT: String(port) });
    expect(await service.exited).toEqual([1, null]);
    expect(service.output()).toContain(`127.0.0.1:${port} is in use`);
    blocker.close();
  });
});
