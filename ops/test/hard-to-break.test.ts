// Indexer and forecast service of ops/compose.yaml under everything that somebody may send them, and what comes back from a
// backup.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeBackup } from "./served/backup.ts";
import { CUT_OFF_SECONDS, describeHostile, holdOpen } from "./served/hostile.ts";
import { describeRequests } from "./served/requests.ts";
import type { Served } from "./served/served.ts";
import { live, sendReadings } from "./support/lived.ts";
import { type Machine, startMachine } from "./support/machine.ts";
import { type Running, until } from "./support/run.ts";

const LONG = process.env.GRIDX_LONG === "1";
const isOk = (url: string) => async () => (await fetch(url, { signal: AbortSignal.timeout(5000) })).ok;

describe("indexer and forecast service, while they run", () => {
  let machine: Machine;
  const services: Running[] = [];
  const now = (): Served => {
    const [indexer, forecast] = services;
    if (!indexer || !forecast) throw new Error("nothing runs");
    return { machine, indexer, forecast };
  };
  const held = holdOpen(now);
  beforeAll(async () => {
    machine = await startMachine();
    await live(machine.place);
    services.push(machine.start("indexer"), machine.start("forecast"));
    const { indexer, forecast } = machine.urls;
    await until("indexer", isOk(`${indexer}/api/live`), 90);
    await until("forecast", isOk(`${forecast}/ready`));
    await until("caught up", isOk(`${indexer}/api/ready`));
    await sendReadings(machine);
    await held.begin();
  }, 180_000);
  afterAll(async () => {
    await held.end();
    await machine?.stop();
  });

  describeRequests(now);
  describeHostile(now);
  describeBackup(now);

  it("have cut off whoever sent half a header; and half a body, with GRIDX_LONG=1", { timeout: 120_000 }, async () => {
    await held.areCutOff("forecast", "headers", CUT_OFF_SECONDS.forecast.headers);
    if (!LONG) return;
    await held.areCutOff("indexer", "headers", CUT_OFF_SECONDS.indexer.headers);
    await held.areCutOff("forecast", "body", CUT_OFF_SECONDS.forecast.body);
    await held.areCutOff("indexer", "body", CUT_OFF_SECONDS.indexer.body);
  });

  it("end in order, with no secret in their logs", async () => {
    for (const one of services) expect(await one.end("SIGTERM"), one.output().slice(-2000)).toBe(0);
    const logs = services.map((one) => one.output()).join("\n");
    for (const name of ["indexer_password", "forecast_password", "postgres_password"])
      expect(logs).not.toContain(machine.secret(name));
  });
});
