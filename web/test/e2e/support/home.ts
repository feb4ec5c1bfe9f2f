// A house with a meter of its own: registered by a registrar, its readings signed and sent as a relay would.
import type { Hex, LocalAccount } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { operatorOf, senderOf } from "./operators.ts";
import { freshSigner } from "./wallet.ts";
import type { World } from "./world.ts";

/** EIP-712, as docs/forecast.md has it. */
const READING = [
  { name: "start", type: "uint64" },
  { name: "lengthSeconds", type: "uint32" },
  { name: "productionWh", type: "uint64" },
  { name: "consumptionWh", type: "uint64" },
  { name: "temperatureCentiCelsius", type: "int16" },
  { name: "version", type: "uint32" },
] as const;
const types = {
  MeteredBatch: [
    { name: "meter", type: "address" },
    { name: "readings", type: "MeteredReading[]" },
  ],
  MeteredReading: READING,
} as const;
const UNKNOWN_TEMPERATURE = -32_768;
const PATIENCE_MS = 20_000;

export interface HomeReading {
  start: number;
  lengthSeconds: number;
  productionWh: number;
  consumptionWh: number;
}

/** Registers a house of this owner; its meter's key. */
export async function registerHouse(world: World, owner: Hex, capacityWatts: number): Promise<LocalAccount> {
  const meter = privateKeyToAccount(generatePrivateKey());
  const register = await operatorOf(world, "REGISTRAR_ROLE");
  await register("registerHouse", [meter.address, owner, capacityWatts]);
  return meter;
}

/** What the meter exported in a slot that has ended, on the chain: signed as a meter does, sent by a stranger. */
export async function attest(world: World, meter: LocalAccount, slot: number, exportWh: bigint): Promise<void> {
  const { chainId, address } = world.deployment;
  const signature = await meter.signTypedData({
    domain: { name: "GridX", version: "1", chainId, verifyingContract: address },
    types: {
      Reading: [
        { name: "slot", type: "uint32" },
        { name: "exportWh", type: "uint64" },
      ],
    },
    primaryType: "Reading",
    message: { slot, exportWh },
  });
  const send = senderOf(world, await freshSigner(world));
  await send("attestReadings", [[{ slot, exportWh, signature }]]);
}

/** At most 1,000 readings. The service knows of a new house a moment later. */
export async function sendReadings(world: World, meter: LocalAccount, readings: HomeReading[]): Promise<void> {
  const { chainId, address } = world.deployment;
  const signature = await meter.signTypedData({
    domain: { name: "GridX readings", version: "1", chainId, verifyingContract: address },
    types,
    primaryType: "MeteredBatch",
    message: {
      meter: meter.address,
      readings: readings.map(({ start, productionWh, consumptionWh, lengthSeconds }) => ({
        ...{ start: BigInt(start), productionWh: BigInt(productionWh), consumptionWh: BigInt(consumptionWh) },
        ...{ lengthSeconds, temperatureCentiCelsius: UNKNOWN_TEMPERATURE, version: 1 },
      })),
    },
  });
  const sent = readings.map((reading) => ({ ...reading, temperatureCentiCelsius: null, version: 1 }));
  const body = JSON.stringify({ batches: [{ meter: meter.address, readings: sent, signature }] });
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${world.forecastUrl}/api/readings`, { method: "POST", headers, body });
    if (response.ok) return;
    if (Date.now() > deadline) throw new Error(`the readings were refused: ${await response.text()}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
