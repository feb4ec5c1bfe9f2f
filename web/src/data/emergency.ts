// The emergency in force, what a wallet may buy in it, and who may declare one.
import type { Emergency } from "@gridx/indexer/client";
import { useQuery } from "@tanstack/react-query";
import { type Address, keccak256, stringToBytes } from "viem";
import { useAccount } from "wagmi";
import { gridxAbi } from "../chain/abi.ts";
import { useSite } from "../config/SiteContext.ts";
import { useBlock, useReader } from "./chain.ts";
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

/** Tiers as the contract numbers them. */
export const TIERS = ["none", "normal", "essential", "critical"] as const;
const UNLIMITED = 2n ** 64n - 1n;

export interface Allowance {
  tier: (typeof TIERS)[number];
  /** What may still be bought in the present slot; null is without limit. */
  leftWh: bigint | null;
}

/** What the connected wallet may buy now; asked for in an emergency only. */
export function useAllowance(): Allowance | undefined {
  const { deployment } = useSite();
  const { address } = useAccount();
  const reader = useReader();
  const limited = useEmergency() !== null;
  const { data } = useQuery({
    queryKey: keys.allowance(address),
    enabled: limited && address !== undefined,
    refetchInterval: LIVE_MS / 2,
    queryFn: async (): Promise<Allowance> => {
      if (!address) throw new Error("no wallet");
      const gridx = { address: deployment.address, abi: gridxAbi, args: [address] } as const;
      const [leftWh, { tier }] = await Promise.all([
        reader.readContract({ ...gridx, functionName: "allowanceOf" }),
        reader.readContract({ ...gridx, functionName: "participantOf" }),
      ]);
      return { tier: TIERS[tier] ?? "none", leftWh: leftWh === UNLIMITED ? null : leftWh };
    },
  });
  return limited ? data : undefined;
}

const GRID_OPERATOR_ROLE = keccak256(stringToBytes("GRID_OPERATOR_ROLE"));

/** Whether a wallet may declare and end emergencies. */
export function useIsGridOperator(address: Address | undefined): boolean {
  const { deployment } = useSite();
  const reader = useReader();
  const { data } = useQuery({
    queryKey: keys.gridOperator(address),
    enabled: address !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => {
      if (!address) throw new Error("no wallet");
      const args = [GRID_OPERATOR_ROLE, address] as const;
      return reader.readContract({ address: deployment.address, abi: gridxAbi, functionName: "hasRole", args });
    },
  });
  return data ?? false;
}
