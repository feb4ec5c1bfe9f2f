// What the connected wallet may do for the community.
import { useQuery } from "@tanstack/react-query";
import type { Role } from "../chain/reads.ts";
import { useSite } from "../config/SiteContext.ts";
import { useAddress } from "../wallet/session.ts";
import { contractReads } from "./chain.ts";
import { keys } from "./keys.ts";

/** Whether the connected wallet has a role; false until it is known. */
export function useHasRole(role: Role): boolean {
  const site = useSite();
  const address = useAddress();
  const { data } = useQuery({
    queryKey: keys.role(role, address),
    enabled: address !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => {
      if (!address) throw new Error("no wallet");
      const { readHasRole, readerOf } = await contractReads();
      return readHasRole(readerOf(site), site.deployment.address, role, address);
    },
  });
  return data ?? false;
}
