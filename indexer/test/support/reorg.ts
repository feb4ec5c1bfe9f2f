// Another history of the last blocks: their transactions dropped, reordered and replaced.
import { gridxAbi } from "@gridx/contracts";
import { encodeFunctionData, type Hex, toHex } from "viem";
import type { Neighbourhood, random } from "./neighbourhood.ts";

/** Replaces the last `depth` blocks by as many new ones, without a third of their transactions; of two at most, none to all. */
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
  const shuffled = transactions
    .map((transaction) => ({ transaction, order: dice.below(1000) }))
    .sort((a, b) => a.order - b.order)
    .map(({ transaction }) => transaction);
  const few = shuffled.length < 3;
  const kept = shuffled.slice(few ? dice.below(shuffled.length + 1) : Math.floor(shuffled.length / 3));
  const replaced = kept.map((transaction) =>
    dice.chance(0.2) ? { ...transaction, from: dice.pick([...place.buyers, ...place.owners]) } : transaction,
  );
  // Of the ledger heads only the last block's is then the new fork's end, and none of the old one's.
  const amount = BigInt(10 ** 9 + dice.below(10 ** 9));
  const data = encodeFunctionData({ abi: gridxAbi, functionName: "deposit", args: [amount] });
  const last = { from: dice.pick(place.buyers), to: place.deployment.address, data, gas: toHex(200_000) };
  const placed = replaced.map((transaction) => [transaction, dice.below(depth)]);
  const params = [depth, [...placed, [last, depth - 1]]];
  await client.request({ method: "anvil_reorg" as never, params: params as never });
  return { dropped: transactions.length - kept.length, kept: kept.length };
}
