// What the contract told up to a block, decoded, with where each log stands.
import { gridxAbi } from "@gridx/contracts";
import { type Address, type GetLogsReturnType, type Hex, type PublicClient, parseEventLogs } from "viem";

export interface Origin {
  blockNumber: number;
  blockTimestamp: number;
  transactionHash: Hex;
  logIndex: number;
}

/** By block hash, which says its time for good: a replay comes after a replay. */
const times = new Map<Hex, number>();

export async function readLogs(client: Pick<PublicClient, "getLogs" | "getBlock">, address: Address, toBlock: bigint) {
  const logs = parseEventLogs({
    abi: gridxAbi,
    logs: (await client.getLogs({ address, fromBlock: 0n, toBlock })) as GetLogsReturnType,
  });
  for (const { blockHash } of logs) {
    if (!times.has(blockHash)) times.set(blockHash, Number((await client.getBlock({ blockHash })).timestamp));
  }
  return logs.map((log) => ({
    ...log,
    origin: {
      blockNumber: Number(log.blockNumber),
      blockTimestamp: times.get(log.blockHash) ?? 0,
      transactionHash: log.transactionHash,
      logIndex: log.logIndex,
    } satisfies Origin,
  }));
}
export type Logs = Awaited<ReturnType<typeof readLogs>>;
