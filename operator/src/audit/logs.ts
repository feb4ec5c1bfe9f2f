// All logs of the contract, page by page, from an RPC that limits how much it shows at once.
import type { BookLog } from "@gridx/contracts/books";
import { type Address, type Hex, isAddressEqual } from "viem";
import { z } from "zod";
import { blockSchema, hex, RpcError } from "../chain/rpc.ts";
import { CannotCheck, type PatientRpc } from "./patient.ts";

const hexData = z
  .string()
  .regex(/^0x[0-9a-f]*$/)
  .transform((text) => text as Hex);
const quantity = z
  .string()
  .regex(/^0x[0-9a-f]+$/i)
  .transform(Number);

export const auditLogSchema = z.object({
  address: hexData,
  topics: z.array(hexData).max(4),
  data: hexData,
  blockNumber: quantity,
  blockHash: hexData,
  transactionHash: hexData,
  logIndex: quantity,
  /** Not every RPC says it. */
  blockTimestamp: quantity.nullish(),
});
type AuditLog = z.output<typeof auditLogSchema>;

export interface BlockMark {
  block: number;
  hash: Hex;
}

export interface Page {
  logs: BookLog[];
  /** Its newest blocks, as the RPC had them. */
  marks: BlockMark[];
  /** The last block that was looked at, with its hash. */
  block: number;
  hash: Hex;
}

export async function blockAt(rpc: PatientRpc, block: number | "latest") {
  const answer = await rpc.call("eth_getBlockByNumber", block === "latest" ? block : hex(block), false);
  if (answer === null) throw new CannotCheck(`the RPC has no block ${block}`);
  return blockSchema.parse(answer);
}

/** The first of blocks that have another hash now. */
export async function replacedOf(rpc: PatientRpc, marks: readonly BlockMark[]): Promise<number | null> {
  const calls = marks.map(({ block }) => ({ method: "eth_getBlockByNumber", params: [hex(block), false] }));
  const blocks = (await rpc.all(calls)).map((answer) => blockSchema.nullable().parse(answer));
  return marks.find(({ hash }, index) => blocks[index]?.hash !== hash)?.block ?? null;
}

/** The newest few blocks of logs. */
const marksOf = (logs: readonly AuditLog[]): BlockMark[] => {
  const hashes = new Map(logs.map(({ blockNumber, blockHash }) => [blockNumber, blockHash] as const));
  return [...hashes].slice(-MARKED).map(([block, hash]) => ({ block, hash }));
};
const MARKED = 50;

/** What the RPC lists for a range, in the order in which it lists it, with the times of the blocks. */
async function timed(rpc: PatientRpc, address: Address, logs: readonly AuditLog[]): Promise<BookLog[]> {
  const untimed = [...new Set(logs.flatMap((log) => (log.blockTimestamp == null ? [log.blockNumber] : [])))];
  const calls = untimed.map((block) => ({ method: "eth_getBlockByNumber", params: [hex(block), false] }));
  const blocks = new Map(
    (await rpc.all(calls)).map((answer) => {
      const block = blockSchema.parse(answer);
      return [block.number, block] as const;
    }),
  );
  return logs.map((log) => {
    if (!isAddressEqual(log.address, address)) throw new CannotCheck(`the RPC lists logs of ${log.address}`);
    const block = blocks.get(log.blockNumber);
    if (block && block.hash !== log.blockHash) throw new CannotCheck(`block ${block.number} was replaced; try again`);
    const timestamp = log.blockTimestamp ?? block?.timestamp;
    if (timestamp === undefined) throw new CannotCheck(`block ${log.blockNumber} has no time`);
    const { topics, data, blockNumber, transactionHash, logIndex } = log;
    return { topics, data, blockNumber, timestamp, transactionHash, logIndex };
  });
}

const FIRST_SPAN = 2_000;
const WIDEST_SPAN = 100_000;
/** A page of more logs than this is asked for in smaller spans next time, so that none grows without bound. */
const MANY = 20_000;

export interface Paging {
  rpc: PatientRpc;
  address: Address;
  from: number;
  to: number;
}

/** Halves the range when it is refused, widens it again when it is not. */
export async function* pages({ rpc, address, from, to }: Paging): AsyncGenerator<Page> {
  let span = FIRST_SPAN;
  let sinceRefusal = 0;
  for (let next = from; next <= to; ) {
    const last = Math.min(to, next + span - 1);
    const filter = { address, fromBlock: hex(next), toBlock: hex(last) };
    let listed: unknown;
    try {
      listed = await rpc.call("eth_getLogs", filter);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      if (last === next) throw new CannotCheck(`the RPC refuses the logs of block ${next}: ${error.message}`);
      span = Math.max(1, Math.floor((last - next + 1) / 2));
      sinceRefusal = 0;
      continue;
    }
    const logs = z.array(auditLogSchema).parse(listed);
    const { hash } = await blockAt(rpc, last);
    const marks = [...marksOf(logs), { block: last, hash: hash as Hex }];
    yield { logs: await timed(rpc, address, logs), marks, block: last, hash: hash as Hex };
    next = last + 1;
    sinceRefusal += 1;
    if (logs.length > MANY) span = Math.max(1, Math.floor(span / 2));
    // After a refusal slowly: the limit is likely to be the same still.
    else if (sinceRefusal % 8 === 0 || (span < FIRST_SPAN / 16 && sinceRefusal % 4 === 0))
      span = Math.min(WIDEST_SPAN, span * 2);
  }
}
