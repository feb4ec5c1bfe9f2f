// All logs of the contract in order, from an RPC that limits how many blocks it shows at once.
import type { BookLog } from "@gridx/contracts/books";
import type { Address } from "viem";
import { z } from "zod/mini";
import { hex, hexText, quantity, Refused, type Rpc } from "./rpc.ts";

const blockSchema = z.object({ number: quantity, hash: hexText, timestamp: quantity });
export type BlockMark = z.infer<typeof blockSchema>;

const logSchema = z.object({
  address: hexText,
  topics: z.array(hexText),
  data: hexText,
  blockNumber: quantity,
  transactionHash: hexText,
  logIndex: quantity,
  /** Not every RPC says it. */
  blockTimestamp: z.nullish(quantity),
});

export async function blockAt(rpc: Rpc, block: number | "latest"): Promise<BlockMark> {
  return blockSchema.parse(await rpc.call("eth_getBlockByNumber", block === "latest" ? block : hex(block), false));
}

const FIRST_SPAN = 2_000;
const WIDEST_SPAN = 50_000;
/** Ranges that are asked for at the same time. */
const AT_ONCE = 3;
/** Ranges answered in a row, after which longer ones are tried. */
const RUN = 6;

export interface Page {
  logs: BookLog[];
  /** The last block that was looked at. */
  upTo: number;
}

/** Pages of logs in order. A range that is refused is halved; later ones are widened again. */
export async function* pagesOf(rpc: Rpc, address: Address, from: number, to: number): AsyncGenerator<Page> {
  let span = FIRST_SPAN;
  let answered = 0;
  const fetchRange = async (first: number, last: number): Promise<BookLog[]> => {
    try {
      const logs = await logsOf(rpc, address, first, last);
      answered += 1;
      if (answered % RUN === 0) span = Math.min(WIDEST_SPAN, span * 2);
      return logs;
    } catch (cause) {
      if (!(cause instanceof Refused) || first === last) throw cause;
      answered = 0;
      const half = Math.floor((last - first + 1) / 2);
      span = Math.max(1, Math.min(span, half));
      const earlier = await fetchRange(first, first + half - 1);
      return [...earlier, ...(await fetchRange(first + half, last))];
    }
  };
  const asked: { logs: Promise<BookLog[]>; upTo: number }[] = [];
  let next = from;
  while (next <= to || asked.length > 0) {
    while (next <= to && asked.length < AT_ONCE) {
      const upTo = Math.min(to, next + span - 1);
      const logs = fetchRange(next, upTo);
      // Its failure counts when its turn comes, or not at all.
      logs.catch(() => undefined);
      asked.push({ logs, upTo });
      next = upTo + 1;
    }
    const page = asked.shift();
    if (page) yield { logs: await page.logs, upTo: page.upTo };
  }
}

async function logsOf(rpc: Rpc, address: Address, first: number, last: number): Promise<BookLog[]> {
  const listed = await rpc.call("eth_getLogs", { address, fromBlock: hex(first), toBlock: hex(last) });
  const logs = z.array(logSchema).parse(listed);
  const untimed = [...new Set(logs.flatMap((log) => (log.blockTimestamp == null ? [log.blockNumber] : [])))];
  const calls = untimed.map((block) => ({ method: "eth_getBlockByNumber", params: [hex(block), false] }));
  const blocks = z.array(blockSchema).parse(await rpc.all(calls));
  const times = new Map(blocks.map(({ number, timestamp }) => [number, timestamp]));
  return logs
    .filter((log) => log.address === address.toLowerCase())
    .map(({ topics, data, blockNumber, transactionHash, logIndex, blockTimestamp }) => {
      const timestamp = blockTimestamp ?? times.get(blockNumber);
      if (timestamp === undefined) throw new Error(`block ${blockNumber} has no time`);
      return { topics, data, blockNumber, transactionHash, logIndex, timestamp };
    })
    .sort((a, b) => a.blockNumber - b.blockNumber || a.logIndex - b.logIndex);
}
