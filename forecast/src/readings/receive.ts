// Takes in signed batches: whose meter it is says the chain, whether the meter said so says the signature.
import { type Deployment, type MeteredReading, meteredBatchTypedData } from "@gridx/contracts";
import type { Address } from "viem";
import { type Hex, isAddressEqual, recoverTypedDataAddress } from "viem";
import type { Clock } from "../chain/clock.ts";
import type { ChainRegistry, House } from "../chain/registry.ts";
import type { Database } from "../database/database.ts";
import { type Rejection, rejectionOf } from "./limits.ts";
import { type StoreResult, storeReadings } from "./store.ts";

export interface SignedBatch {
  meter: Address;
  readings: MeteredReading[];
  signature: Hex;
}

/** One reading that was refused, or (without `index`) a whole batch. */
export interface NamedRejection {
  batch: number;
  index?: number;
  field: string;
  message: string;
}

export interface Received {
  accepted: number;
  corrected: number;
  unchanged: number;
  rejected: NamedRejection[];
}

export interface ReceiveContext {
  db: Database;
  deployment: Deployment;
  registry: Pick<ChainRegistry, "read">;
  clock: Clock;
}

export async function receiveBatches(context: ReceiveContext, batches: readonly SignedBatch[]): Promise<Received> {
  const [registry, now] = await Promise.all([context.registry.read(), context.clock.now()]);
  const total: Received = { accepted: 0, corrected: 0, unchanged: 0, rejected: [] };
  for (const [batch, signed] of batches.entries()) {
    const house = registry.byMeter(signed.meter);
    const refusal = await batchRefusal(context.deployment, signed, house);
    if (refusal || !house) {
      total.rejected.push({ batch, ...(refusal ?? { field: "meter", message: "is unknown" }) });
      continue;
    }
    const result = await store(context.db, house, signed.readings, now);
    total.accepted += result.accepted;
    total.corrected += result.corrected;
    total.unchanged += result.unchanged;
    total.rejected.push(...result.rejected.map((rejection) => ({ batch, ...rejection })));
  }
  return total;
}

async function batchRefusal(deployment: Deployment, signed: SignedBatch, house: House | undefined) {
  if (!house) return { field: "meter", message: `${signed.meter} is no present meter of a registered house` };
  if (!house.active) return { field: "meter", message: `the house of ${signed.meter} is retired` };
  const signer = await recoverTypedDataAddress({
    ...meteredBatchTypedData(deployment, signed),
    signature: signed.signature,
  }).catch(() => null);
  if (signer && isAddressEqual(signer, signed.meter)) return null;
  const where = `chain ${deployment.chainId}, contract ${deployment.address}`;
  return { field: "signature", message: `is not the meter's over these readings for ${where}` };
}

function store(db: Database, house: House, readings: readonly MeteredReading[], now: number): Promise<StoreResult> {
  const newestStart = Math.max(...readings.map(({ start }) => start).filter((start) => start <= now));
  const { capacityWatts } = house;
  const check = (reading: MeteredReading, deletedBefore: number): Rejection | null =>
    rejectionOf(reading, { capacityWatts, now, deletedBefore, newestStart });
  const candidates = readings.map((reading, index) => ({ index, reading }));
  return storeReadings(db, { house: house.id, candidates, check, receivedAt: new Date() });
}
