// Where the indexer stands, for `/api/metrics`: a handful of small queries, however large the tables are.
import { db } from "ponder:api";
import { dayMarket, house, market, readingRejected } from "ponder:schema";
import { gt, sql } from "ponder";
import { audit } from "../audit/audit.ts";
import { latestBlock } from "../latest.ts";
import { isSteadilyOnChain } from "../on-chain.ts";
import { position } from "../position.ts";
import { shared } from "../shared.ts";
import { countFailedAudit, show } from "./metrics.ts";
import { forNobody } from "./requests.ts";

const FRESH_MS = 1000;
const HEAD_FRESH_MS = 5000;
/** An audit reads the whole ledger: at most once in so long, and at most this part of the time. */
const LEAST_AUDIT_PAUSE_MS = 60_000;
const AUDIT_PAUSE_FACTOR = 20;

const seconds = () => Date.now() / 1000;

/** Rejected readings up to a block that no reorganisation reaches are counted once. */
let settled = { upTo: -1, rows: 0 };

async function rejectedReadings(safeBlock: number): Promise<number> {
  const { upTo, rows } = settled;
  const [found] = await db
    .select({
      all: sql<number>`count(*)`.mapWith(Number),
      safe: sql<number>`count(*) filter (where ${readingRejected.blockNumber} <= ${safeBlock})`.mapWith(Number),
    })
    .from(readingRejected)
    .where(gt(readingRejected.blockNumber, upTo));
  if (!found) return rows;
  if (safeBlock > upTo) settled = { upTo: safeBlock, rows: rows + found.safe };
  return rows + found.all;
}

let head: { equal: boolean; since: number } | undefined;

/** Null where it can't be said now: the chain is still being read, or the RPC does not answer. */
const compareHeads = shared(async () => {
  const equal = await isSteadilyOnChain().catch(() => null);
  if (equal !== null && equal !== head?.equal) head = { equal, since: seconds() };
  return equal;
}, HEAD_FRESH_MS);

let nextAudit = 0;

/** In the background, while somebody looks at the metrics. */
function auditNowAndThen() {
  if (Date.now() < nextAudit) return;
  nextAudit = Number.POSITIVE_INFINITY;
  const started = Date.now();
  forNobody(audit)
    .then(
      ({ equal, blockNumber }) =>
        show({
          indexer_audit_equal: Number(equal),
          indexer_audit_block: blockNumber,
          indexer_audit_timestamp_seconds: seconds(),
        }),
      countFailedAudit,
    )
    .finally(() => {
      const took = Date.now() - started;
      nextAudit = Date.now() + Math.max(LEAST_AUDIT_PAUSE_MS, AUDIT_PAUSE_FACTOR * took);
    });
}

const total = (column: typeof dayMarket.trades | typeof dayMarket.volumeWh | typeof house.readings) =>
  sql<number>`coalesce(sum(${column}), 0)`.mapWith(Number);

async function read() {
  const [latest, reached] = await Promise.all([latestBlock(), position().catch(() => null)]);
  const behind = latest && reached && Math.max(0, latest.number - reached.blockNumber);
  show({
    indexer_chain_head_block: latest?.number ?? null,
    indexer_chain_head_age_seconds: latest && Math.max(0, seconds() - latest.timestamp),
    indexer_indexed_block: reached?.blockNumber ?? null,
    indexer_chain_lag_blocks: behind,
    indexer_live: reached && Number(reached.live),
  });
  if (!reached) return;
  const [[rules], [traded], [attested], rejected] = await Promise.all([
    db.select({ facts: market.facts }).from(market).limit(1),
    db.select({ trades: total(dayMarket.trades), energyWh: total(dayMarket.volumeWh) }).from(dayMarket),
    db.select({ readings: total(house.readings) }).from(house),
    rejectedReadings(reached.safeBlockNumber),
  ]);
  show({
    indexer_ledger_facts: rules?.facts ?? null,
    indexer_trades: traded?.trades ?? null,
    indexer_traded_energy_wh: traded?.energyWh ?? null,
    indexer_readings: attested?.readings ?? null,
    indexer_readings_rejected: rejected,
  });
  const equal = reached.live ? await compareHeads() : null;
  show({
    indexer_ledger_head_equal: equal === null ? null : Number(equal),
    indexer_ledger_head_since_timestamp_seconds: equal === null ? null : (head?.since ?? null),
  });
  if (reached.live) auditNowAndThen();
}

/** Sets the figures anew, at most once a second however many ask. */
export const readStanding = shared(() => forNobody(read), FRESH_MS);
