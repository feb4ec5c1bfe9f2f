// Live reads of the chain itself: its clock, and a wallet's own money.
import { useQuery } from "@tanstack/react-query";
import type { Address, PublicClient } from "viem";
import { usePublicClient } from "wagmi";
import { gridxAbi, tokenAbi } from "../chain/abi.ts";
import { useSite } from "../config/SiteContext.ts";
import { keys } from "./keys.ts";
import { LIVE_MS } from "./queryClient.ts";

/** The configured RPC. */
export function useReader(): PublicClient {
  const { chain } = useSite();
  const client = usePublicClient({ chainId: chain.id });
  if (!client) throw new Error(`no RPC is configured for chain ${chain.id}`);
  return client;
}

export interface ChainBlock {
  number: number;
  /** Unix seconds. */
  timestamp: number;
}

/** The latest block: the only clock that slots and deadlines go by. */
export function useBlock() {
  const reader = useReader();
  return useQuery({
    queryKey: keys.block,
    refetchInterval: LIVE_MS / 2,
    queryFn: async (): Promise<ChainBlock> => {
      const block = await reader.getBlock();
      return { number: Number(block.number), timestamp: Number(block.timestamp) };
    },
  });
}

export interface WalletFigures {
  /** Escrowed in the contract. */
  balance: bigint;
  carbonGrams: bigint;
  carbonEarnedGrams: bigint;
  /** Tokens in the wallet itself. */
  tokens: bigint;
  allowance: bigint;
  /** Gas money. */
  native: bigint;
  ask: bigint;
  nextAsk: bigint;
  nextAskFrom: number;
  /** The standing bid: the most paid per kWh, fee included, and the most bought in a slot; 0 is none. */
  bidPrice: bigint;
  bidWhPerSlot: bigint;
}

export async function readWallet(
  reader: PublicClient,
  contract: Address,
  token: Address,
  owner: Address,
): Promise<WalletFigures> {
  const gridx = { address: contract, abi: gridxAbi } as const;
  const erc20 = { address: token, abi: tokenAbi } as const;
  const [account, seller, bid, tokens, allowance, native] = await Promise.all([
    reader.readContract({ ...gridx, functionName: "accountOf", args: [owner] }),
    reader.readContract({ ...gridx, functionName: "sellerOf", args: [owner] }),
    reader.readContract({ ...gridx, functionName: "bidOf", args: [owner] }),
    reader.readContract({ ...erc20, functionName: "balanceOf", args: [owner] }),
    reader.readContract({ ...erc20, functionName: "allowance", args: [owner, contract] }),
    reader.getBalance({ address: owner }),
  ]);
  const { ask, nextAsk, nextAskFrom } = seller;
  const standing = { bidPrice: bid.pricePerKwh, bidWhPerSlot: bid.maxWhPerSlot };
  return { ...account, tokens, allowance, native, ask, nextAsk, nextAskFrom, ...standing };
}

/** A wallet's money, quotes and carbon, from the contract. */
export function useWallet(owner: Address | undefined) {
  const { deployment } = useSite();
  const reader = useReader();
  return useQuery({
    queryKey: keys.wallet(owner),
    enabled: owner !== undefined,
    refetchInterval: LIVE_MS,
    queryFn: () => {
      if (!owner) throw new Error("no wallet");
      return readWallet(reader, deployment.address, deployment.token, owner);
    },
  });
}
