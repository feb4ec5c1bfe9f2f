import { encodeFunctionData, type Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gridxAbi, parseGridxLogs, rejectionReasons, type SignedReading, signReading, slotOf } from "../src/index.ts";
import { startWorld, type World } from "./support/world.ts";

const meter = privateKeyToAccount(`0x${"17".repeat(32)}`);
let world: World;
let slot: number;

async function attest(readings: SignedReading[]) {
  const data = encodeFunctionData({ abi: gridxAbi, functionName: "attestReadings", args: [readings] });
  const hash = await world.send(world.admin, data);
  await world.mine();
  return parseGridxLogs((await world.client.getTransactionReceipt({ hash })).logs);
}

beforeAll(async () => {
  world = await startWorld({ slotDuration: 900 });
  const owner = world.people[0] ?? world.admin;
  const args = [meter.address, owner, 5000] as const;
  await world.send(world.admin, encodeFunctionData({ abi: gridxAbi, functionName: "registerHouse", args }));
  await world.mine();
  slot = slotOf(world.now(), 900);
  await world.mine(5 * 900);
});
afterAll(() => world?.stop());

describe("signReading", () => {
  it("is attested for the meter that signed", async () => {
    const [log] = await attest([await signReading(meter, world.deployment, { slot, exportWh: 1250n })]);
    const args = { meter: meter.address, seller: world.people[0], slot, exportWh: 1250n };
    expect(log).toMatchObject({ eventName: "EnergyAttested", args });
  });

  const forgeries: [string, string, () => Promise<SignedReading>][] = [
    ["for another chain", "UnknownMeter", () => sign({ chainId: 137 })],
    ["for another contract", "UnknownMeter", () => sign({ address: world.deployment.token })],
    ["with another amount", "UnknownMeter", async () => ({ ...(await sign({})), exportWh: 8n })],
    ["for another slot", "UnknownMeter", async () => ({ ...(await sign({})), slot: slot + 2 })],
    ["by a stranger", "UnknownMeter", () => sign({}, privateKeyToAccount(`0x${"18".repeat(32)}`))],
    ["cut short", "InvalidSignature", async () => ({ ...(await sign({})), signature: "0x1234" satisfies Hex })],
  ];
  const sign = (elsewhere: Partial<{ chainId: number; address: Hex }>, signer = meter) =>
    signReading(signer, { ...world.deployment, ...elsewhere }, { slot: slot + 1, exportWh: 7n });

  it.each(forgeries)("is not attested when signed %s: %s", async (_, reason, make) => {
    const [log] = await attest([await make()]);
    if (log?.eventName !== "ReadingRejected") throw new Error(`expected a rejection, got ${log?.eventName}`);
    expect(rejectionReasons[log.args.reason]).toBe(reason);
    expect(log.args.meter).not.toBe(meter.address);
  });

  it("lands in a batch beside those that don't", async () => {
    const logs = await attest([await sign({ chainId: 1 }), await sign({}), await sign({})]);
    expect(logs.map((log) => log.eventName)).toEqual(["ReadingRejected", "EnergyAttested", "ReadingRejected"]);
    const last = logs[2];
    expect(last?.eventName === "ReadingRejected" && rejectionReasons[last.args.reason]).toBe("AlreadyAttested");
  });
});
