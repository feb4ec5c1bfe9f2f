import { useState } from "react";
import { t } from "../../i18n/t.ts";
import { Choice } from "../../ui/Choice.tsx";
import { Page } from "../../ui/Page.tsx";
import { MarketHistory } from "./MarketHistory.tsx";
import { Neighbourhood } from "./Neighbourhood.tsx";
import { MOST_SLOT_DAYS, PERIODS, type Period, startOf } from "./period.ts";
import { useDays, useSlots, useUtcDay } from "./reads.ts";

/** The market and the neighbourhood over time. */
export default function AnalyticsPage() {
  const [period, setPeriod] = useState<Period>(7);
  const [by, setBy] = useState<"day" | "slot">("day");
  const tooLong = period === "all" || period > MOST_SLOT_DAYS;
  const bySlot = by === "slot" && !tooLong;
  const today = useUtcDay();
  const days = useDays(period, today);
  const slots = useSlots(period, today, bySlot);
  const market = bySlot ? slots : days;
  const oldest = days.data?.rows[0]?.start;
  // With all of it chosen, the neighbourhood's figures begin with the market.
  const from =
    today === undefined || (period === "all" && !days.data) ? undefined : startOf(period, today, oldest ?? today);
  return (
    <Page title={t("analytics.title")} lead={t("analytics.lead")}>
      <div className="mb-5 flex flex-wrap items-center gap-3">
        <Choice
          label={t("analytics.period")}
          chosen={period}
          onChange={setPeriod}
          options={PERIODS.map((id) => ({
            id,
            label: id === "all" ? t("analytics.period.all") : t("analytics.period.days", { days: id }),
          }))}
        />
        <Choice
          label={t("analytics.by")}
          chosen={bySlot ? "slot" : "day"}
          onChange={setBy}
          options={[
            { id: "day", label: t("analytics.by.day") },
            { id: "slot", label: t("analytics.by.slot"), disabled: tooLong },
          ]}
        />
        <p className="text-xs text-muted">{t("analytics.by.note", { days: MOST_SLOT_DAYS })}</p>
      </div>
      <div className="grid gap-5">
        <MarketHistory
          rows={market.data?.rows}
          complete={market.data?.complete ?? true}
          bySlot={bySlot}
          error={market.error}
          onRetry={() => void market.refetch()}
        />
        <Neighbourhood from={from} today={today} />
      </div>
    </Page>
  );
}
