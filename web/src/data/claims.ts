import { useQuery } from "@tanstack/react-query";
import type { Hex } from "viem";
import { useSite } from "../config/SiteContext.ts";
import { keys } from "./keys.ts";

/** A claim, proved from the RPC alone. Each visit proves it anew. */
export function useClaim(id: Hex) {
  const site = useSite();
  return useQuery({
    queryKey: keys.claim(id),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    queryFn: async () => {
      const [{ factorAt, verifyClaim }, { readerOf }] = await Promise.all([
        import("../chain/verifyClaim.ts"),
        import("../chain/reader.ts"),
      ]);
      const { deployment } = site;
      const reader = readerOf(site);
      const verification = await verifyClaim({ reader, deployment, id });
      const [claim] = verification.status === "verified" ? verification.claims : [];
      const factor = claim ? await factorAt({ reader, deployment }, claim.blockNumber).catch(() => null) : null;
      return { verification, factor };
    },
  });
}
