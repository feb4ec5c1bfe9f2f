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
  /** Null where something was found before and it could not be read. */
  headOnChain: string | null;
  /** Null where something was found before and it could not be read. */
  state: StateResult | null;
  clearings: ClearingVerdicts;
  indexer: IndexerComparison | null;
  /** What could not be checked any more after something was found, and why. */
  unchecked: string[];
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
    cleared: (event, trades, before, log) => {
      judge.cleared(event, trades, before, log);
      rows?.cleared(event, log);
    },
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

  const target = await source.follow(take).catch((cause: unknown) => {
    const { count, list } = findings;
    if (count === 0 || options.signal?.aborted) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CannotCheck(`${why}; until then ${count} found wrong, first ${list[0]?.text}`, { cause });
  });
  keeper.flush();
  const { books } = keeper;
  const [head, facts] = [books.head, books.facts];
  options.say?.(`${logs} logs up to block ${target.block}; asking the contract`);
  // A failure after something was found must not hide it.
  const unchecked: string[] = [];
  let disagrees = false;
  const attempt = async <R>(what: string, work: () => Promise<R>): Promise<R | null> => {
    try {
      return await work();
    } catch (error) {
      options.signal?.throwIfAborted();
      if (findings.count === 0 && !disagrees) throw error;
      unchecked.push(`${what}: ${error instanceof Error ? error.message : error}`);
      return null;
    }
  };
  const proven = await attempt("head", () => headOnChain(rpc, deployment.address, target.block));
  disagrees = proven !== null && proven !== head;
  // The state first: an RPC may forget it while it is searched where the heads part.
  const state = await attempt("state", () => compareState(rpc, books, target, findings));
  const replaced = await attempt("blocks", async () => {
    if ((await blockAt(rpc, target.block)).hash !== target.hash) return target.block;
    return disagrees ? source.replaced() : null;
  });
  if (replaced !== null) throw new CannotCheck(`block ${replaced} was replaced meanwhile; try again`);
  if (proven !== null && disagrees) findings.add("head", await blame(rpc, source, heads, target, head, proven));

  let indexer: IndexerComparison | null = null;
  if (rows && options.indexerUrl !== undefined) {
    const advance = async (block: number) => {
      if (block > target.block) await source.advance(block, take);
      keeper.flush();
    };
    const comparison = { ...options, url: options.indexerUrl, books, rows, target, advance };
    indexer = await attempt("indexer", () => compareIndexer(comparison, findings));
  }
  judge.close();
  const [first] = ORDER.flatMap((kind) => findings.ofKind(kind));
  const { chainId, address } = deployment;
  return {
    ...{ ok: findings.count === 0, chainId, address, startBlock, target, logs, facts, head, headOnChain: proven },
    ...{ state, clearings: judge.verdicts, indexer, unchecked, findings, first: first?.text ?? null, books },
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
