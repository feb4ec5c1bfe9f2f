// What the indexer says of the ledger, beside what the events make.
import type { IndexerClient } from "@gridx/indexer/client";
import type { LedgerAt } from "./auditor.ts";

export interface IndexerDifference {
  /** `head` of /api/market; head or number of facts of /api/audit; a row that the indexer itself finds wrong. */
  where: "market" | "audit" | "facts" | "row";
  block: number;
  indexer: string;
  events: string;
}

export type IndexerCheck =
  | { status: "asking" }
  | { status: "equal"; block: number; facts: number }
  | { status: "differs"; differences: IndexerDifference[] }
  /** It did not answer, or was where the RPC is not yet: nothing is known. */
  | { status: "unread"; reason: string }
  /** The RPC's events are not those that happened: no measure for anybody. */
  | { status: "no-measure" };

const PATIENCE_MS = 90_000;
/** Rows may be newer than the block that an answer names, never older: by what comes while it is read. */
const BLOCKS_NEWER = 3;

/** The ledger of the block that has this head, that one or one of the next; else the one given. */
async function newerLedger(
  head: string,
  named: LedgerAt,
  ledgerAt: (block: number) => Promise<LedgerAt | null>,
): Promise<LedgerAt> {
  for (let newer = 0; newer <= BLOCKS_NEWER; newer += 1) {
    const ledger = newer === 0 ? named : await ledgerAt(named.block + newer);
    if (!ledger || ledger.head === head) return ledger ?? named;
  }
  return named;
}

export async function checkIndexer(
  indexer: Pick<IndexerClient, "market" | "audit">,
  ledgerAt: (block: number) => Promise<LedgerAt | null>,
): Promise<IndexerCheck> {
  try {
    const differences: IndexerDifference[] = [];
    const compare = (where: IndexerDifference["where"], block: number, said: string, events: string) => {
      if (said !== events) differences.push({ where, block, indexer: said, events });
    };
    const market = await indexer.market(AbortSignal.timeout(PATIENCE_MS));
    const now = await ledgerAt(market.blockNumber);
    if (!now) return { status: "unread", reason: `block ${market.blockNumber}` };
    compare("market", now.block, market.head, (await newerLedger(market.head, now, ledgerAt)).head);
    const audit = await indexer.audit(AbortSignal.timeout(PATIENCE_MS));
    const then = await ledgerAt(audit.blockNumber);
    if (!then) return { status: "unread", reason: `block ${audit.blockNumber}` };
    compare("audit", then.block, audit.headRecomputed, then.head);
    compare("facts", then.block, `${audit.facts}`, `${then.facts}`);
    const row = audit.firstMismatch;
    if (row) {
      const name = `${row.eventName} #${row.index}`;
      compare("row", then.block, `${name} ${row.claimed}`, `${name} ${row.computed}`);
    }
    if (differences.length > 0) return { status: "differs", differences };
    return { status: "equal", block: then.block, facts: then.facts };
  } catch (cause) {
    return { status: "unread", reason: cause instanceof Error ? cause.message : String(cause) };
  }
}
