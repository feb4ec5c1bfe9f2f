// What the contract answers, as far as the operator asks.
import { type Deployment, gridxAbi } from "@gridx/contracts";
import { z } from "zod";
import { type Rpc, type View, view } from "./rpc.ts";

/** A meter's bitmap on the chain remembers that many slots, up to its newest. */
export const BITMAP_SLOTS = 32;

export const houseSchema = z.object({ owner: z.string(), newestSlot: z.number(), attestedBitmap: z.number() });
export const bidSchema = z.object({
  pricePerKwh: z.bigint(),
  maxWhPerSlot: z.bigint(),
  slot: z.number(),
  filledWh: z.bigint(),
});
export const clearingSchema = z.object({ slot: z.number(), pricePerKwh: z.bigint() });
export const emergencySchema = z.object({ priceCap: z.bigint(), endsAt: z.number() });
const marketSchema = z.object({
  feeBps: z.number(),
  tradingWindow: z.number(),
  shelfDelaySlots: z.number(),
  membersOnly: z.boolean(),
});

export type Question = { name: string; args?: readonly unknown[] };

/** Asks the contract at one block. */
export async function query(
  rpc: Rpc,
  { address: to }: Pick<Deployment, "address">,
  block: number | "latest",
  questions: readonly Question[],
): Promise<unknown[]> {
  const views = questions.map(
    ({ name, args }): View => ({ to, abi: gridxAbi, functionName: name, ...(args && { args }) }),
  );
  return view(rpc, views, block);
}

/** The rules of the market, its newest clearing (slot 0 if none) and the emergency (endsAt 0 if none) at a block. */
export async function readRules(rpc: Rpc, deployment: Pick<Deployment, "address">, block: number | "latest") {
  const questions = ["marketParameters", "lastClearing", "emergency"].map((name) => ({ name }));
  const [market, last, emergency] = await query(rpc, deployment, block, questions);
  return {
    ...marketSchema.parse(market),
    lastClearing: clearingSchema.parse(last),
    emergency: emergencySchema.parse(emergency),
  };
}
export type Rules = Awaited<ReturnType<typeof readRules>>;
