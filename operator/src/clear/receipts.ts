import type { Hex } from "viem";
import { type Receipt, type Rpc, receiptSchema } from "../chain/rpc.ts";

/** Receipts in the order of the hashes; null for what is not mined. */
export async function receiptsBy(rpc: Rpc, hashes: readonly Hex[]): Promise<(Receipt | null)[]> {
  const calls = hashes.map((hash) => ({ method: "eth_getTransactionReceipt", params: [hash] }));
  return (await rpc.batch(calls)).map((result) => receiptSchema.nullable().parse(result));
}
