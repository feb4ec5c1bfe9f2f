// Another history of the last blocks: their transactions dropped, reordered and replaced.
import { type Hex, toHex } from "viem";
import type { Neighbourhood, random } from "./neighbourhood.ts";

/** Replaces the last `depth` blocks by as many new ones. */
export async function reorganise(place: Neighbourhood, dice: ReturnType<typeof random>, depth: number) {
  const { client } = place;
  const { number: latest } = await place.latestBlock();
  const transactions: { from: Hex; to: Hex; data: Hex; gas: Hex }[] = [];
  for (let block = latest - BigInt(depth) + 1n; block <= latest; block++) {
    const { transactions: mined } = await client.getBlock({ blockNumber: block, includeTransactions: true });
    for (const { from, to, input } of mined) {
      if (to !== null) transactions.push({ from, to, data: input, gas: toHex(3_000_000) });
    }
  }
  const kept = transactions.filter(() => dice.chance(0.7));
  const shuffled = kept
    .map((transaction) => ({ transaction, order: dice.below(1000) }))
    .sort((a, b) => a.order - b.order)
    .map(({ transaction }) => transaction);
  const replaced = shuffled.map((transaction) =>
    dice.chance(0.2) ? { ...transaction, from: dice.pick([...place.buyers, ...place.owners]) } : transaction,
  );
  const params = [depth, replaced.map((transaction) => [transaction, dice.below(depth)])];
  await client.request({ method: "anvil_reorg" as never, params: params as never });
  return { dropped: transactions.length - kept.length, kept: kept.length };
}
