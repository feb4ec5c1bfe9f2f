// Is what is indexed what the chain committed to?

import { db } from "ponder:api";
import { ledgerFact } from "ponder:schema";
import { initialHead } from "@gridx/contracts";
import { and, asc, gt, lte } from "ponder";
import { type Hex, zeroHash } from "viem";
import { deployment } from "../../deployment.ts";
import { ask, headOnChain, position } from "../position.ts";
import { unavailable } from "../rest/errors.ts";
import { type LedgerPage, type Mismatch, recompute } from "./recompute.ts";
import { rowsOf, rowsWithoutFact } from "./tables.ts";

const PAGE = 500;
const ATTEMPTS = 5;
const PAUSE_MS = 300;

export interface Audit {
  blockNumber: number;
  facts: number;
  headOnChain: Hex;
  headRecomputed: Hex;
  equal: boolean;
  firstMismatch: Mismatch | null;
}

/** Facts up to a block, a page at a time, so that memory does not grow with the ledger. */
async function* ledgerPages(blockNumber: number): AsyncGenerator<LedgerPage> {
  for (let last = -1; ; ) {
    const facts = await db
      .select()
      .from(ledgerFact)
      .where(and(gt(ledgerFact.index, last), lte(ledgerFact.blockNumber, blockNumber)))
      .orderBy(asc(ledgerFact.index))
      .limit(PAGE);
    const end = facts.at(-1);
    if (!end) return;
    last = end.index;
    yield { facts, rows: await rowsOf(facts) };
  }
}

async function auditOnce(): Promise<Audit> {
  const reached = await position();
  if (!reached.live || reached.blockNumber < deployment.startBlock) {
    throw unavailable("not_ready", "the chain is still being read for the first time");
  }
  const latest = Number(await ask((client) => client.getBlockNumber()));
  // A chain that was set back is shorter than what was reached, until its next block.
  const blockNumber = Math.min(reached.blockNumber, latest);
  const onChain = await headOnChain(blockNumber);
  const { head, facts, rows, ...found } = await recompute(initialHead(deployment), ledgerPages(blockNumber));
  let { firstMismatch } = found;
  // Each fact's row is there, so more of them are rows that no fact is behind.
  const madeUp = firstMismatch === null ? await rowsWithoutFact(rows, blockNumber) : undefined;
  if (madeUp) firstMismatch = { index: facts, eventName: madeUp, claimed: zeroHash, computed: head };
  const equal = head === onChain && firstMismatch === null;
  return { blockNumber, facts, headOnChain: onChain, headRecomputed: head, equal, firstMismatch };
}

/**
 * While a chain reorganises, rows and chain are read on different forks for an instant. Only what stays unequal is
 * reported as such.
 */
async function auditSteadily(): Promise<Audit> {
  for (let attempt = 1; ; attempt++) {
    const result = await auditOnce();
    if (result.equal || attempt === ATTEMPTS) return result;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** After an audit the indexing has so many times its duration for itself: an audit reads the whole ledger. */
const REST_FACTOR = 4;

let running: Promise<Audit> | undefined;
let next: Promise<Audit> | undefined;
let restUntil = 0;

function start(): Promise<Audit> {
  const begun = Date.now();
  const mine = auditSteadily().finally(() => {
    if (running === mine) running = undefined;
    restUntil = Date.now() + REST_FACTOR * (Date.now() - begun);
  });
  running = mine;
  return mine;
}

async function startRested(): Promise<Audit> {
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, restUntil - Date.now())));
  next = undefined;
  return start();
}

/**
 * One audit at a time, however many ask. Who asks while one is on its way shares the next: the present one may have
 * passed the row that the caller cares about.
 */
export function audit(): Promise<Audit> {
  next ??= running ? running.then(startRested, startRested) : startRested();
  return next;
}
