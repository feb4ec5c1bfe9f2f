import type { Trade } from "@gridx/indexer/client";
import { useQuery } from "@tanstack/react-query";
import type { Hex } from "viem";
import { rowKey } from "../chain/rowKey.ts";
import { useSite } from "../config/SiteContext.ts";
import { loadMessages } from "../i18n/messages.ts";
import { t } from "../i18n/t.ts";
import { keys } from "./keys.ts";

/** Recomputes one row of the trade list when asked to; `headBefore` is the ledger head that is claimed to be before it. */
export function useVerification(trade: Trade, headBefore?: Hex) {
  const site = useSite();
  return useQuery({
    queryKey: keys.verification(rowKey(trade)),
    enabled: false,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => {
      const [{ verifyTrade }, { readerOf }] = await Promise.all([
        import("../chain/verifyTrade.ts"),
        import("../chain/reader.ts"),
        loadMessages("tx"),
      ]);
      const { deployment } = site;
      const { tradeId, transactionHash } = trade;
      const claims = [{ source: t("tx.verify.source.row"), rows: [trade] }];
      return verifyTrade({ reader: readerOf(site), deployment, transactionHash, tradeId, claims, headBefore });
    },
  });
}
