// The emergency in force, and what a wallet may buy in it.
import type { Emergency } from "@gridx/indexer/client";
import { useQuery } from "@tanstack/react-query";
import type { Allowance, EmergencyRules } from "../chain/reads.ts";
import { useSite } from "../config/SiteContext.ts";
import { useAddress } from "../wallet/session.ts";
import { contractReads, useBlock } from "./chain.ts";
import { useMarket } from "./indexer.ts";
import { keys } from "./keys.ts";
import { LIVE_MS } from "./queryClient.ts";

export interface DeclaredEmergency extends EmergencyRules {
  /** Null where it can't be read: the contract keeps no texts. */
  reason: string | null;
}

/**
 * The emergency in force by the chain's clock; null where there is none, undefined until that is known. Of the contract
 * while the indexer is silent.
 */
export function useDeclaredEmergency(): DeclaredEmergency | null | undefined {
  const site = useSite();
  const market = useMarket();
  const { data: block } = useBlock();
  const silent = market.isError || (market.data === undefined && market.failureCount > 0);
  const { data: rules } = useQuery({
    queryKey: keys.emergency,
    enabled: silent,
    refetchInterval: LIVE_MS,
    queryFn: async () => {
      const { readEmergency, readerOf } = await contractReads();
      return readEmergency(readerOf(site), site.deployment.address);
    },
  });
  const indexed = market.data?.emergency;
  const declared = silent && rules !== undefined ? withReason(rules, indexed ?? null) : indexed;
  return declared === undefined ? undefined : inForce(declared, block?.timestamp);
}

/** The same, where what is not known counts as none. */
export const useEmergency = (): DeclaredEmergency | null => useDeclaredEmergency() ?? null;

/** What the contract says, with the reason that the indexer gave for the very same rules. */
export function withReason(
  rules: EmergencyRules | null,
  indexed: Pick<Emergency, keyof DeclaredEmergency> | null,
): DeclaredEmergency | null {
  if (!rules) return null;
  const names = ["priceCap", "normalWhPerSlot", "essentialWhPerSlot", "endsAt"] as const;
  const same = indexed !== null && names.every((name) => indexed[name] === rules[name]);
  return { ...rules, reason: same ? indexed.reason : null };
}

/** As the contract has it: the last second of an emergency is the one before `endsAt`. */
export function inForce<Declared extends { endsAt: number }>(
  declared: Declared | null | undefined,
  now: number | undefined,
): Declared | null {
  return declared && (now === undefined || now < declared.endsAt) ? declared : null;
}

/** What the connected wallet may buy now; asked for in an emergency only, unless its tier is wanted `always`. */
export function useAllowance({ always = false } = {}): Allowance | undefined {
  const site = useSite();
  const address = useAddress();
  const inEmergency = useEmergency() !== null;
  const limited = always || inEmergency;
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
