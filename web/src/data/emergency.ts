// The emergency in force, what a wallet may buy in it, and who may declare one.
import type { Emergency } from "@gridx/indexer/client";
import { useQuery } from "@tanstack/react-query";
import type { Address } from "viem";
import type { Allowance } from "../chain/reads.ts";
import { useSite } from "../config/SiteContext.ts";
import { useAddress } from "../wallet/session.ts";
import { contractReads, useBlock } from "./chain.ts";
import { useMarket } from "./indexer.ts";
import { keys } from "./keys.ts";
import { LIVE_MS } from "./queryClient.ts";

/** The emergency in force by the chain's clock; null where there is none. */
export function useEmergency(): Emergency | null {
  const { data: market } = useMarket();
  const { data: block } = useBlock();
  return inForce(market?.emergency, block?.timestamp);
}

/** As the contract has it: the last second of an emergency is the one before `endsAt`. */
export function inForce(declared: Emergency | null | undefined, now: number | undefined): Emergency | null {
  return declared && (now === undefined || now < declared.endsAt) ? declared : null;
}

/** What the connected wallet may buy now; asked for in an emergency only. */
export function useAllowance(): Allowance | undefined {
  const site = useSite();
  const address = useAddress();
  const limited = useEmergency() !== null;
  const { data } = useQuery({
    queryKey: keys.allowance(address),
    enabled: limited && address !== undefined,
    refetchInterval: LIVE_MS / 2,
    queryFn: async () => {
      if (!address) throw new Error("no wallet");
      const { readAllowance, readerOf } = await contractReads();
      return readAllowance(readerOf(site), site.deployment.address, address);
    },
  });
  return limited ? data : undefined;
}

/** Whether a wallet may declare and end emergencies. */
export function useIsGridOperator(address: Address | undefined): boolean {
  const site = useSite();
  const { data } = useQuery({
    queryKey: keys.gridOperator(address),
    enabled: address !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => {
      if (!address) throw new Error("no wallet");
      const { readIsGridOperator, readerOf } = await contractReads();
      return readIsGridOperator(readerOf(site), site.deployment.address, address);
    },
  });
  return data ?? false;
}
