import { MeasuresCard } from "../../figures/MeasuresCard.tsx";
import { useMarketAnalysis } from "../../forecast/useForecast.ts";
import { t } from "../../i18n/t.ts";
import { Page } from "../../ui/Page.tsx";
import { useWalletState } from "../../wallet/session.ts";
import { AttentionCard } from "./AttentionCard.tsx";
import { ForecastCard } from "./ForecastCard.tsx";
import { MarketToday } from "./MarketToday.tsx";
import { MyCard } from "./MyCard.tsx";

const DAYS = 7;

/** With a wallet what is mine and what needs me; for everybody the neighbourhood's public picture. */
export default function DashboardPage() {
  const { status } = useWalletState();
  const analysis = useMarketAnalysis(DAYS);
  return (
    <Page
      title={t("dashboard.title")}
      lead={status === "none" ? t("dashboard.lead.visitor") : t("dashboard.lead.mine")}
    >
      {status !== "none" && (
        <div className="mb-5 grid gap-5 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
          <MyCard />
          <AttentionCard />
        </div>
      )}
      <div className="grid gap-5">
        <MarketToday />
        <ForecastCard />
        <MeasuresCard
          title={t("dashboard.week", { days: DAYS })}
          measures={analysis.data}
          error={analysis.error ?? analysis.failureReason}
          onRetry={() => void analysis.refetch()}
        />
      </div>
    </Page>
  );
}
