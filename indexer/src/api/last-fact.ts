import { db } from "ponder:api";
import { ledgerFact } from "ponder:schema";
import { desc, lte } from "ponder";

/** The last fact up to a block: its head is the one that the rows make up to there. */
export async function lastFact(blockNumber: number) {
  const [fact] = await db
    .select({
      index: ledgerFact.index,
      head: ledgerFact.head,
      blockNumber: ledgerFact.blockNumber,
      blockTimestamp: ledgerFact.blockTimestamp,
      transactionHash: ledgerFact.transactionHash,
    })
    .from(ledgerFact)
    .where(lte(ledgerFact.blockNumber, blockNumber))
    .orderBy(desc(ledgerFact.index))
    .limit(1);
  return fact;
}
