// A client that never stops reading, and what it saw.
import { gridxAbi } from "@gridx/contracts";
import type { Hex } from "viem";
import { z } from "zod";
import { pause } from "./indexer.ts";
import type { Neighbourhood } from "./neighbourhood.ts";

export interface Reading {
  blockNumber: number;
  head: Hex;
  behind: number | null;
}

const answerSchema = z.object({
  data: z.object({ blockNumber: z.number(), head: z.string().transform((text) => text as Hex) }),
  asOf: z.object({ behind: z.object({ blocks: z.number() }).nullable() }),
});

export interface Reader {
  readings: Reading[];
  /** Every answer that was none. */
  failures: string[];
  stop(): Promise<void>;
}

/** Asks where the indexer stands, and for a page of trades, again and again. */
export function keepReading(url: string): Reader {
  let reading = true;
  const reader: Reader = { readings: [], failures: [], stop: async () => {} };
  const once = async () => {
    const market = await fetch(`${url}/api/market`);
    const text = await market.text();
    if (!market.ok) return reader.failures.push(`market: ${market.status} ${text}`);
    const { data, asOf } = answerSchema.parse(JSON.parse(text));
    reader.readings.push({ ...data, behind: asOf.behind?.blocks ?? null });
    const page = await fetch(`${url}/api/energy-trades?limit=3`);
    const body = await page.text();
    if (!page.ok) reader.failures.push(`energy-trades: ${page.status} ${body}`);
    return undefined;
  };
  const loop = async () => {
    while (reading) {
      await once().catch((error: Error) => reader.failures.push(String(error.cause ?? error)));
      await pause(15);
    }
  };
  const done = loop();
  reader.stop = () => {
    reading = false;
    return done;
  };
  return reader;
}

/**
 * Readings that claim more than their rows hold: rows may be newer than the block that an answer names, and never older.
 * For chains that were not reorganised meanwhile.
 */
export async function overstated(place: Neighbourhood, readings: readonly Reading[]): Promise<Reading[]> {
  const { client, deployment } = place;
  const latest = Number(await client.getBlockNumber({ cacheTime: 0 }));
  const heads = new Map<number, Hex>();
  const headAt = async (block: number) => {
    const known = heads.get(block);
    if (known) return known;
    const at = { abi: gridxAbi, address: deployment.address, functionName: "head" } as const;
    const head = await client.readContract({ ...at, blockNumber: BigInt(block) });
    heads.set(block, head);
    return head;
  };
  const wrong: Reading[] = [];
  for (const reading of new Map(readings.map((one) => [`${one.blockNumber} ${one.head}`, one])).values()) {
    let block = reading.blockNumber;
    while (block <= latest && (await headAt(block)) !== reading.head) block++;
    if (block > latest) wrong.push(reading);
  }
  return wrong;
}
