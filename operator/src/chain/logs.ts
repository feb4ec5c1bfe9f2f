// Searches for logs over many blocks. Public RPCs limit how many blocks, or logs, a search may span.
import { z } from "zod";
import { type ChainLog, hex, logSchema, type Rpc, RpcError } from "./rpc.ts";

const SPAN = 2_000;
const REFUSALS =
  /range|too (large|wide|big)|too many (blocks|logs|results)|more than|max.*block|block.*limit|size|timeout/i;
/** Blocks that a node took last: what it refused once is not asked again. */
const spans = new WeakMap<Rpc, number>();

export interface Page {
  logs: ChainLog[];
  first: number;
  last: number;
}

/** Logs of all blocks from `from` to `to`, some blocks at a time: the oldest first, or the newest (`backwards`). */
export async function* searchLogs(
  rpc: Rpc,
  filter: { address: string; topics?: readonly unknown[] },
  { from, to, backwards = false }: { from: number; to: number; backwards?: boolean },
): AsyncGenerator<Page> {
  let [first, last] = [from, to];
  while (first <= last) {
    const span = spans.get(rpc) ?? SPAN;
    const page = backwards
      ? { first: Math.max(first, last - span + 1), last }
      : { first, last: Math.min(last, first + span - 1) };
    const range = { fromBlock: hex(page.first), toBlock: hex(page.last) };
    let logs: ChainLog[];
    try {
      logs = z.array(logSchema).parse(await rpc.call("eth_getLogs", { ...filter, ...range }));
    } catch (error) {
      const blocks = page.last - page.first + 1;
      if (!(error instanceof RpcError && blocks > 1 && REFUSALS.test(error.message))) throw error;
      spans.set(rpc, Math.floor(blocks / 2));
      continue;
    }
    yield { ...page, logs };
    if (backwards) last = page.first - 1;
    else first = page.last + 1;
  }
}
