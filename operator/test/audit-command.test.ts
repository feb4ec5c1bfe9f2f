import { spawn } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { alteringRpc } from "./support/altering-rpc.ts";
import { type AuditedWorld, auditedWorld, isSame, placed } from "./support/audited-world.ts";

const folder = mkdtempSync(join(tmpdir(), "gridx-audit-"));
let world: AuditedWorld["world"];
let middle: AuditedWorld["middle"];
let check: AuditedWorld["check"];
beforeAll(async () => {
  ({ world, middle, check } = await auditedWorld(5, 250));
});
afterAll(async () => {
  await world?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("a dump: cut off, gone on with, it is what a full run is; another chain's is refused", async () => {
  const [dump, full] = [join(folder, "logs"), join(folder, "full")];
  const whole = await check({ dump: full });
  const latest = Number(await world.client.getBlockNumber());
  await check({ dump, toBlock: Math.floor(latest / 3) });
  await expect(check({ dump })).rejects.toThrow("give it as --from too");
  // What a crash leaves behind the last page.
  appendFileSync(dump, '[12,34,"0x');
  const asked: string[] = [];
  const resumed = await check({ from: dump, dump }, (proxy) => {
    proxy.alter = (logs) => {
      asked.push(...logs.map(({ blockNumber }) => blockNumber));
      return logs;
    };
  });
  expect(asked.every((block) => Number(block) > Math.floor(latest / 3))).toBe(true);
  const { repeated: _, findings: __, ...rest } = resumed;
  expect(whole).toMatchObject(rest);
  expect(readFileSync(dump, "utf8")).toBe(readFileSync(full, "utf8"));
  const again = await check({ from: full }, (proxy) => {
    proxy.widest = 0;
  });
  expect(again.head).toBe(whole.head);
  // A dump that reaches beyond the block to check, which is looked for twice.
  const { ok, logs, facts } = await check({ from: full, confirmations: 5 });
  const behind = await check({ confirmations: 5 });
  expect({ ok, logs, facts }).toEqual({ ok: true, logs: behind.logs, facts: behind.facts });

  const forged = (change: (header: Record<string, unknown>) => object) => {
    const text = readFileSync(full, "utf8");
    const file = join(folder, "forged");
    writeFileSync(file, JSON.stringify(change(JSON.parse(text.slice(0, 512)))).padEnd(511) + text.slice(511));
    return file;
  };
  const from = (change: (header: Record<string, unknown>) => object) => check({ from: forged(change) });
  await expect(from((header) => ({ ...header, chainId: 137 }))).rejects.toThrow("on chain 137");
  await expect(from((header) => ({ ...header, hash: `0x${"ab".repeat(32)}` }))).rejects.toThrow(
    "no longer on the chain",
  );
  await expect(from((header) => ({ ...header, format: "x" }))).rejects.toThrow("no dump of logs");
});

test("the command: its verdict and exit codes", async () => {
  const run = (...args: string[]) =>
    new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
      const cwd = join(import.meta.dirname, "..");
      const child = spawn(process.execPath, ["--import", "tsx", "src/cli.ts", "audit", ...args], { cwd });
      let [out, err] = ["", ""];
      child.stdout.on("data", (chunk: Buffer) => {
        out += chunk.toString();
      });
      child.stderr.on("data", (chunk: Buffer) => {
        err += chunk.toString();
      });
      child.once("exit", (code) => resolve({ code, out, err }));
    });
  const rpc = await alteringRpc(world.anvil.rpcUrl);
  const deployment = join(folder, "deployment.json");
  writeFileSync(deployment, JSON.stringify(world.deployment));
  const agrees = await run("--rpc", rpc.url, "--deployment", deployment);
  expect(agrees).toMatchObject({ code: 0, out: expect.stringMatching(/\nAGREES\n$/) });
  const log = middle("EnergyTradeLogged");
  rpc.alter = (logs) => logs.filter((one) => !isSame(one, log));
  const differs = await run("--rpc", rpc.url, "--address", world.deployment.address);
  expect(differs).toMatchObject({ code: 1, out: expect.stringContaining(`DISAGREES: ${placed(log)}: log`) });
  const nothing = await run("--rpc", rpc.url, "--address", `0x${"12".repeat(20)}`);
  expect(nothing).toMatchObject({ code: 2, err: expect.stringContaining("there is no GridX contract") });
  expect(await run("--rpc", "nonsense")).toMatchObject({ code: 2, err: expect.stringContaining("expected a URL") });
  await rpc.close();
});
