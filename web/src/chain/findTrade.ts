// Looks for a trade on the chain itself, where the indexer has none of that id.
import { type Deployment, gridxAbi } from "@gridx/contracts";
import { getAbiItem, type Hex, type PublicClient } from "viem";
import { searchNewest } from "./searchLogs.ts";

interface Chain {
  reader: Pick<PublicClient, "getBlockNumber" | "getLogs">;
  deployment: Pick<Deployment, "address" | "startBlock">;
}

const tradeEvent = getAbiItem({ abi: gridxAbi, name: "EnergyTradeLogged" });

/** Null where the chain has none; `unsearched` where the RPC does not show all of it. */
export async function findTrade(
  { reader, deployment: { address, startBlock } }: Chain,
  tradeId: Hex,
): Promise<{ blockNumber: bigint; transactionHash: Hex } | null | "unsearched"> {
  try {
    const toBlock = await reader.getBlockNumber({ cacheTime: 0 });
    const [log] = await searchNewest({ fromBlock: BigInt(startBlock), toBlock }, (part) =>
      reader.getLogs({ address, event: tradeEvent, args: { tradeId }, ...part }),
    );
    return log ? { blockNumber: log.blockNumber, transactionHash: log.transactionHash } : null;
  } catch {
    return "unsearched";
  }
}
