// Live reads of the chain itself: its clock, and a wallet's own money.
import { useQuery } from "@tanstack/react-query";
import type { Address } from "viem";
import { latestBlock } from "../chain/latestBlock.ts";
import { useSite } from "../config/SiteContext.ts";
import { useAddress } from "../wallet/session.ts";
import { keys } from "./keys.ts";
import { useLiveInterval } from "./live/LiveContext.tsx";

/** What asks the contract, loaded when a wallet is connected or a trade verified. */
export const contractReads = async () => {
  const [{ readerOf }, reads] = await Promise.all([import("../chain/reader.ts"), import("../chain/reads.ts")]);
  return { readerOf, ...reads };
};

/** The latest block: the only clock that slots and deadlines go by. */
export function useBlock() {
  const { config } = useSite();
  return useQuery({
    queryKey: keys.block,
    refetchInterval: useLiveInterval() / 2,
    queryFn: ({ signal }) => latestBlock(config.rpcUrl, signal),
  });
}

/** A wallet's money, quotes and carbon, from the contract. */
export function useWallet(owner: Address | undefined) {
  const site = useSite();
  const { address, token } = site.deployment;
  return useQuery({
    queryKey: keys.wallet(owner),
    enabled: owner !== undefined,
    refetchInterval: useLiveInterval(),
    queryFn: async () => {
      if (!owner) throw new Error("no wallet");
      const { readWallet, readerOf } = await contractReads();
      return readWallet(readerOf(site), address, token, owner);
    },
  });
}

/** Whether trading is paused; asked for once a wallet is connected, since nobody else can trade. */
export function usePaused(): boolean {
  const site = useSite();
  const { data } = useQuery({
    queryKey: keys.paused,
    enabled: useAddress() !== undefined,
    refetchInterval: useLiveInterval() / 2,
    queryFn: async () => {
      const { readPaused, readerOf } = await contractReads();
      return readPaused(readerOf(site), site.deployment.address);
    },
  });
  return data ?? false;
}
