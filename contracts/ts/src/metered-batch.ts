// What a meter says to the forecast service: production and consumption, many readings under one signature. None of it
// goes on the chain.
import type { Address, Hex, LocalAccount } from "viem";

/** In place of a temperature that is not known; no thermometer shows it. */
export const UNKNOWN_TEMPERATURE = -32_768;

/** EIP-712 type of a batch of readings of one meter. */
export const meteredBatchTypes = {
  MeteredReading: [
    { name: "start", type: "uint64" },
    { name: "lengthSeconds", type: "uint32" },
    { name: "productionWh", type: "uint64" },
    { name: "consumptionWh", type: "uint64" },
    { name: "temperatureCentiCelsius", type: "int16" },
    { name: "version", type: "uint32" },
  ],
  MeteredBatch: [
    { name: "meter", type: "address" },
    { name: "readings", type: "MeteredReading[]" },
  ],
} as const;

export interface MeteredReading {
  /** Unix seconds. */
  start: number;
  lengthSeconds: number;
  /** Gross production of the panels, before the home's own use. */
  productionWh: number;
  consumptionWh: number;
  /** Hundredths of a degree Celsius, null where not known. */
  temperatureCentiCelsius: number | null;
  /** 1 at first; a correction carries a higher one. */
  version: number;
}

export interface MeteredBatch {
  meter: Address;
  readings: readonly MeteredReading[];
}

/** What is signed: batches of one contract's meters mean nothing to another's service. */
export function meteredBatchTypedData(
  { chainId, address }: { chainId: number; address: Address },
  batch: MeteredBatch,
) {
  return {
    domain: { name: "GridX readings", version: "1", chainId, verifyingContract: address },
    types: meteredBatchTypes,
    primaryType: "MeteredBatch",
    message: {
      meter: batch.meter,
      readings: batch.readings.map((reading) => ({
        ...reading,
        start: BigInt(reading.start),
        productionWh: BigInt(reading.productionWh),
        consumptionWh: BigInt(reading.consumptionWh),
        temperatureCentiCelsius: reading.temperatureCentiCelsius ?? UNKNOWN_TEMPERATURE,
      })),
    },
  } as const;
}

/** Signs a batch with its meter's key. */
export function signMeteredBatch(
  meter: LocalAccount,
  deployment: { chainId: number; address: Address },
  readings: readonly MeteredReading[],
): Promise<Hex> {
  return meter.signTypedData(meteredBatchTypedData(deployment, { meter: meter.address, readings }));
}
