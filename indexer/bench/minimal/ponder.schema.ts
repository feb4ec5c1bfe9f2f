// As little as an indexer can write: one row for each event.
import { onchainTable, primaryKey } from "ponder";

export const seen = onchainTable(
  "seen",
  (p) => ({
    blockNumber: p.int8({ mode: "number" }).notNull(),
    logIndex: p.integer().notNull(),
    transactionHash: p.hex().notNull(),
  }),
  (t) => ({ key: primaryKey({ columns: [t.blockNumber, t.logIndex] }) }),
);
