import type { Deployment } from "@gridx/contracts";
import { type Address, zeroAddress } from "viem";
import { z } from "zod";
import type { Rpc } from "../chain/rpc.ts";
import { query } from "./state.ts";

/** A meter's bitmap on the chain remembers that many slots. */
const BITMAP_SLOTS = 32;

const houseSchema = z.object({ owner: z.string(), newestSlot: z.number(), attestedBitmap: z.number() });

const clearingSchema = z.object({ slot: z.number() });
const rulesSchema = z.object({ shelfDelaySlots: z.number() });

export interface Readiness {
  /** Meters of active houses that may still attest the slot. */
  missing: Address[];
  /** The newest slot that was cleared; 0 if none. */
  lastSlot: number;
  shelfDelaySlots: number;
}

export async function readiness(
  rpc: Rpc,
  deployment: Deployment,
  { meters, slot, block }: { meters: Iterable<Address>; slot: number; block: number },
): Promise<Readiness> {
  const list = [...meters];
  const [last, rules, ...houses] = await query(rpc, deployment, block, [
    { name: "lastClearing" },
    { name: "marketParameters" },
    ...list.map((meter) => ({ name: "houseOf", args: [meter] })),
  ]);
  const missing = list.filter((_, index) => {
    const { owner, newestSlot, attestedBitmap } = houseSchema.parse(houses[index]);
    if (owner === zeroAddress || newestSlot - slot >= BITMAP_SLOTS) return false;
    return slot > newestSlot || ((attestedBitmap >>> (newestSlot - slot)) & 1) === 0;
  });
  return {
    missing,
    lastSlot: clearingSchema.parse(last).slot,
    shelfDelaySlots: rulesSchema.parse(rules).shelfDelaySlots,
  };
}
