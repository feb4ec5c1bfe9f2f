// Which contract, from which block on, and its logs: those of a dump first, the rest from the RPC.
import { type Deployment, gridxAbi } from "@gridx/contracts";
import type { BookDeployment, BookLog } from "@gridx/contracts/books";
import { type Address, BaseError, getAddress, type Hex, toEventSelector } from "viem";
import { z } from "zod";
import { CONFIRMATIONS, LOCAL_CHAIN } from "../chain/confirmations.ts";
import { hex } from "../chain/rpc.ts";
import { listedIn } from "./blame.ts";
import { Dump, type DumpHeader, dumpedLogs, readHeader } from "./dump.ts";
import { type BlockMark, blockAt, pages, replacedOf } from "./logs.ts";
import { CannotCheck, type PatientRpc, readOne } from "./patient.ts";

export interface SourceOptions {
  address?: Address;
  deployment?: Deployment;
  startBlock?: number;
  from?: string;
  dump?: string;
  toBlock?: number;
  confirmations?: number;
  /** Progress. */
  say?: (text: string) => void;
}

/** Events of the contract's constructor. */
const FIRST = gridxAbi.flatMap((item) =>
  item.type === "event" && (item.name === "MarketParametersSet" || item.name === "EmissionFactorSet")
    ? [toEventSelector(item)]
    : [],
);
/** Blocks with logs, and ends of pages, that are remembered with their hashes. */
const REMEMBERED = 100;
/** As near to the end as this, the block that is checked is chosen: public RPCs forget states after 128 blocks. */
const NEAR = 32;

/** What the contract says of itself. */
export async function identify(
  rpc: PatientRpc,
  { address: given, deployment }: SourceOptions,
): Promise<BookDeployment> {
  const chainId = z
    .string()
    .transform(Number)
    .parse(await rpc.call("eth_chainId"));
  const address = given ?? deployment?.address;
  if (!address) throw new CannotCheck("give --address or --deployment");
  if (deployment && deployment.chainId !== chainId)
    throw new CannotCheck(`the deployment is on chain ${deployment.chainId}, the RPC serves ${chainId}`);
  const latest = await blockAt(rpc, "latest");
  const ask = (functionName: string) =>
    readOne(rpc, { to: address, abi: gridxAbi }, { functionName }, latest.number).catch((cause: Error) => {
      const why = cause instanceof BaseError ? cause.shortMessage : cause.message;
      throw new CannotCheck(`there is no GridX contract at ${address} on chain ${chainId}: ${why}`, { cause });
    });
  const token = getAddress(z.string().parse(await ask("token")));
  const slotDuration = z.number().parse(await ask("slotDuration"));
  const ringLength = z.number().parse(await ask("ringLength"));
  return { chainId, address, token, slotDuration, ringLength };
}

/** The block in which the contract came to be; 0 where the RPC does not know old states. */
async function firstBlock(rpc: PatientRpc, address: Address, { say }: SourceOptions): Promise<number> {
  const latest = (await blockAt(rpc, "latest")).number;
  const exists = async (block: number) => (await rpc.call("eth_getCode", address, hex(block))) !== "0x";
  try {
    let [low, high] = [-1, latest];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (await exists(middle)) high = middle;
      else low = middle;
    }
    // Forgotten states may look like no contract; where it came to be, it said its rules.
    const said = new Set(high === 0 ? FIRST : (await listedIn(rpc, address, high)).map(({ topics }) => topics[0]));
    if (FIRST.every((topic) => said.has(topic))) return high;
  } catch (error) {
    if (error instanceof CannotCheck) throw error;
    say?.("the RPC does not know old states: reading from block 0; --start-block saves that");
    return 0;
  }
  throw new CannotCheck("the RPC does not tell in which block the contract was deployed; give --start-block");
}

export interface Target {
  block: number;
  hash: Hex;
  timestamp: number;
}

type Take = (logs: readonly BookLog[], block: number, target: number) => void;

/** Reads forward, never twice the same log. */
export class Source {
  readonly deployment: BookDeployment;
  readonly startBlock: number;
  readonly #rpc: PatientRpc;
  readonly #options: SourceOptions;
  readonly #header: DumpHeader | null;
  readonly #dump: Dump | null;
  /** All logs up to it have been handed out. */
  #done: number;
  /** The newest blocks that logs were read of. */
  #marks: BlockMark[] = [];

  private constructor(
    rpc: PatientRpc,
    options: SourceOptions,
    deployment: BookDeployment,
    startBlock: number,
    header: DumpHeader | null,
  ) {
    [this.#rpc, this.#options, this.deployment, this.startBlock] = [rpc, options, deployment, startBlock];
    this.#header = header;
    this.#done = startBlock - 1;
    const fresh = { format: "gridx-logs-1" as const, chainId: deployment.chainId, contract: deployment.address };
    const empty = { ...fresh, startBlock, block: startBlock - 1, hash: "0x", logs: 0, bytes: 0 };
    this.#dump = options.dump === undefined ? null : new Dump(options.dump, header ?? empty, options.from);
  }

  static async open(rpc: PatientRpc, options: SourceOptions): Promise<Source> {
    const deployment = await identify(rpc, options);
    const header = options.from === undefined ? null : readHeader(options.from);
    if (header) await Source.#checkDump(rpc, header, deployment);
    const known = header?.startBlock ?? options.startBlock ?? options.deployment?.startBlock;
    const startBlock = known ?? (await firstBlock(rpc, deployment.address, options));
    return new Source(rpc, options, deployment, startBlock, header);
  }

  static async #checkDump(rpc: PatientRpc, header: DumpHeader, { chainId, address }: BookDeployment): Promise<void> {
    const { contract, block, hash } = header;
    if (header.chainId !== chainId || contract.toLowerCase() !== address.toLowerCase())
      throw new CannotCheck(`the dump is of ${contract} on chain ${header.chainId}, not of ${address} on ${chainId}`);
    if (header.logs === 0 && hash === "0x") return;
    const found = (await blockAt(rpc, block)).hash;
    if (found !== hash) throw new CannotCheck(`the dump's last block ${block} ${hash} is no longer on the chain`);
  }

  /** Hands out everything up to the block to check, and says which that is. */
  async follow(take: Take): Promise<Target> {
    const { toBlock } = this.#options;
    const confirmations = this.#options.confirmations ?? (this.deployment.chainId === LOCAL_CHAIN ? 0 : CONFIRMATIONS);
    for (;;) {
      const { number: latest } = await blockAt(this.#rpc, "latest");
      if (toBlock !== undefined && toBlock > latest) throw new CannotCheck(`block ${toBlock} is not there yet`);
      const end = toBlock ?? latest - confirmations;
      if (end < this.startBlock) throw new CannotCheck(`block ${end} lies before the contract's, ${this.startBlock}`);
      const far = end - this.#done > NEAR;
      const target = await this.#read(end, take, this.#dump);
      if (!far || toBlock !== undefined) return target;
    }
  }

  /** Goes on beyond the block to check. What is not confirmed is not kept in the dump. */
  advance(end: number, take: Take): Promise<Target> {
    return this.#read(end, take, null);
  }

  /** The first block that logs were read of and that is not on the chain any more. */
  replaced(): Promise<number | null> {
    return replacedOf(this.#rpc, this.#marks);
  }

  async #read(end: number, take: Take, dump: Dump | null): Promise<Target> {
    const header = this.#header;
    if (header && this.#options.from !== undefined && this.#done < header.block) {
      const range = { after: this.#done, upTo: end };
      for await (const logs of dumpedLogs(this.#options.from, header, range)) take(logs, header.block, end);
      this.#done = Math.min(end, header.block);
    }
    const { address } = this.deployment;
    for await (const page of pages({ rpc: this.#rpc, address, from: this.#done + 1, to: end })) {
      dump?.add(page.logs, page.block, page.hash);
      this.#marks = [...this.#marks, ...page.marks].slice(-REMEMBERED);
      take(page.logs, page.block, end);
      this.#done = page.block;
    }
    const { hash, timestamp } = await blockAt(this.#rpc, end);
    return { block: end, hash: hash as Hex, timestamp };
  }

  close(): void {
    this.#dump?.close();
  }
}
