import { useSite } from "../../config/SiteContext.ts";
import { useMarket } from "../../data/indexer.ts";
import { t } from "../../i18n/t.ts";
import { Page } from "../../ui/Page.tsx";
import { useAddress } from "../../wallet/session.ts";
import { CarbonCounter } from "./CarbonCounter.tsx";
import { CarbonHistory } from "./CarbonHistory.tsx";
import { Leaderboard } from "./Leaderboard.tsx";
import { RetireCard } from "./RetireCard.tsx";

export default function CarbonPage() {
  const { format } = useSite();
  const address = useAddress();
  const { data: market } = useMarket();
  return (
    <Page title={t("carbon.title")} lead={t("carbon.lead")}>
      <CarbonCounter address={address} />
      {market && (
        <p className="mt-3 text-xs text-muted">
          {t("carbon.factor", {
            factor: format.number(market.gramsPerMwh / 1000),
            source: market.emissionSource,
            vintage: market.emissionVintage,
          })}
        </p>
      )}
      <div className="mt-5 grid items-start gap-5 lg:grid-cols-2">
        <Leaderboard me={address} />
        {/* On a phone one's own comes first. */}
        <div className={`grid min-w-0 gap-5 ${address ? "max-lg:order-first" : ""}`}>
          {address && <RetireCard address={address} />}
          <CarbonHistory address={address} />
        </div>
      </div>
    </Page>
  );
}
