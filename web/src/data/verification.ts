import type { Trade } from "@gridx/indexer/client";
import { useQuery } from "@tanstack/react-query";
import { rowKey, verifyTrade } from "../chain/verifyTrade.ts";
import { useSite } from "../config/SiteContext.ts";
import { useReader } from "./chain.ts";
import { keys } from "./keys.ts";

/** Recomputes one row of the trade list when asked to. */
export function useVerification(trade: Trade) {
  const { deployment } = useSite();
  const reader = useReader();
  return useQuery({
    queryKey: keys.verification(rowKey(trade)),
    enabled: false,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => {
      const { tradeId, transactionHash } = trade;
      const claims = [{ source: "the indexer's row", rows: [trade] }];
      return verifyTrade({ reader, deployment, transactionHash, tradeId, claims });
    },
  });
}
