// The whole check: events into books, books beside the contract, history, clearings, indexer.
import { type BookLog, type Books, Keeper } from "@gridx/contracts/books";
import { firstDifference, Heads, listedIn, stretchOf } from "./blame.ts";
import { ClearingJudge, type ClearingVerdicts } from "./clearings.ts";
import { Findings, type Kind, placeOf } from "./findings.ts";
import { compareIndexer, type IndexerComparison } from "./indexer.ts";
import { blockAt } from "./logs.ts";
import { CannotCheck, type PatientRpc, patientRpc } from "./patient.ts";
import { Rows } from "./rows.ts";
import { Source, type SourceOptions, type Target } from "./source.ts";
import { compareState, headOnChain, type StateResult } from "./state.ts";

export interface AuditOptions extends SourceOptions {
  rpcUrl: string;
  indexerUrl?: string;
  /** Progress. */
  say?: (text: string) => void;
  signal?: AbortSignal;
  /** First pause before a question is repeated, in milliseconds. */
  pause?: number;
}

export interface AuditResult {
  ok: boolean;
  chainId: number;
  address: string;
  startBlock: number;
  target: Target;
  logs: number;
  /** Of them, facts up to the block that was checked. */
  facts: number;
  head: string;
  headOnChain: string;
  state: StateResult;
  clearings: ClearingVerdicts;
  indexer: IndexerComparison | null;
  findings: Findings;
  /** What disagrees, the first row of it. */
  first: string | null;
  books: Books;
  /** Requests that had to be repeated. */
  repeated: number;
}

const PROGRESS_MILLISECONDS = 2_000;
const ORDER: readonly Kind[] = ["head", "history", "state", "indexer"];

export async function audit(options: AuditOptions): Promise<AuditResult> {
  const { signal, pause } = options;
  const rpc = patientRpc(options.rpcUrl, { ...(signal && { signal }), ...(pause !== undefined && { pause }) });
  const source = await Source.open(rpc, options);
  try {
    return await run(rpc, source, options);
  } finally {
    source.close();
  }
}

async function run(rpc: PatientRpc, source: Source, options: AuditOptions): Promise<AuditResult> {
  const { deployment, startBlock } = source;
  const findings = new Findings();
  const heads = new Heads();
  const rows = options.indexerUrl === undefined ? null : new Rows();
  const judge: ClearingJudge = new ClearingJudge(() => keeper.books);
  const keeper: Keeper = new Keeper(deployment, {
    problem: (problem) => findings.add("history", `${placeOf(problem)}: ${problem.text}`),
    block: (block, head) => heads.set(block, head),
    cleared: (...args) => judge.cleared(...args),
    ...(rows && {
      trade: (trade, log) => rows.trade(trade, log),
      claim: (event, log) => rows.claim(event, log),
      reading: (event, log) => rows.reading(event, log, keeper.books),
    }),
  });
  let logs = 0;
  let said = Date.now();
  const take = (page: readonly BookLog[], block: number, end: number) => {
    options.signal?.throwIfAborted();
    for (const log of page) keeper.add(log);
    logs += page.length;
    if (Date.now() - said < PROGRESS_MILLISECONDS) return;
    said = Date.now();
    options.say?.(`block ${block} of ${end}, ${logs} logs`);
  };

  const target = await source.follow(take);
  keeper.flush();
  const { books } = keeper;
  const [head, facts] = [books.head, books.facts];
  options.say?.(`${logs} logs up to block ${target.block}; asking the contract`);
  const proven = await headOnChain(rpc, deployment.address, target.block);
  if (proven !== head) {
    findings.add("head", await blame(rpc, source, heads, target, head, proven));
  }
  const state = await compareState(rpc, books, target, findings);
  if ((await blockAt(rpc, target.block)).hash !== target.hash)
    throw new CannotCheck(`block ${target.block} was replaced meanwhile; try again`);

  let indexer: IndexerComparison | null = null;
  if (rows && options.indexerUrl !== undefined) {
    const advance = async (block: number) => {
      if (block > target.block) await source.advance(block, take);
      keeper.flush();
    };
    indexer = await compareIndexer({ ...options, url: options.indexerUrl, books, rows, target, advance }, findings);
  }
  judge.close();
  const [first] = ORDER.flatMap((kind) => findings.ofKind(kind));
  const { chainId, address } = deployment;
  return {
    ...{ ok: findings.count === 0, chainId, address, startBlock, target, logs, facts, head, headOnChain: proven },
    ...{ state, clearings: judge.verdicts, indexer, findings, first: first?.text ?? null, books },
    repeated: rpc.repeated,
  };
}

/** Says as exactly as the RPC allows from where on the events are not those that the contract committed to. */
async function blame(
  rpc: PatientRpc,
  { deployment, startBlock }: Source,
  heads: Heads,
  { block }: Target,
  head: string,
  proven: string,
): Promise<string> {
  const differs = `the ledger head is ${proven}, the events make ${head}`;
  try {
    const { after, upTo } = await stretchOf(rpc, deployment.address, heads, { startBlock, block });
    if (upTo - after > 1) return `${differs}; they part between block ${after + 1} and block ${upTo}`;
    const listed = await listedIn(rpc, deployment.address, upTo);
    const difference = await firstDifference(rpc, deployment.address, upTo, listed);
    return `block ${upTo}: ${difference ?? "its events are not what the contract committed to"}; ${differs}`;
  } catch (error) {
    // Old states are not everywhere; trades and claims carry their ids, so the history names the first wrong one.
    return `${differs}; where they part the RPC does not tell (${error instanceof Error ? error.message : error})`;
  }
}
