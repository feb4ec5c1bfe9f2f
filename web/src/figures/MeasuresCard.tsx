import type { MarketAnalysis } from "@gridx/forecast/client";
import { useSite } from "../config/SiteContext.ts";
import { t } from "../i18n/t.ts";
import { Card, Stat } from "../ui/Card.tsx";
import { NotKnown } from "./NotKnown.tsx";
import { Unavailable } from "./Unavailable.tsx";

export type Measures = Pick<
  MarketAnalysis,
  "selfSufficiency" | "selfConsumption" | "producedWh" | "consumedWh" | "buyersSaved" | "sellersGained" | "meteredHours"
>;

interface MeasuresCardProps {
  title: string;
  measures: Measures | undefined;
  error: unknown;
  onRetry: () => void;
}

/** How far the neighbourhood lives by its own sun, and what trading saved. What is not known is not 0. */
export function MeasuresCard({ title, measures, error, onRetry }: MeasuresCardProps) {
  const { format } = useSite();
  if (!measures && error) {
    return (
      <Card title={title}>
        <div role="status" className="min-h-28 text-sm">
          <Unavailable error={error} onRetry={onRetry} />
        </div>
      </Card>
    );
  }
  function shown<Value>(value: Value | null | undefined, show: (value: Value) => string) {
    return value === undefined ? "–" : value === null ? <NotKnown /> : show(value);
  }
  return (
    <Card title={title}>
      <dl className="grid min-h-28 grid-cols-2 gap-x-6 gap-y-4 lg:grid-cols-3">
        <Stat
          label={t("figures.selfSufficiency")}
          value={shown(measures?.selfSufficiency, format.percent)}
          note={t("figures.selfSufficiency.note")}
          tone="text-lime"
        />
        <Stat
          label={t("figures.selfConsumption")}
          value={shown(measures?.selfConsumption, format.percent)}
          note={t("figures.selfConsumption.note")}
        />
        <Stat
          label={t("figures.buyersSaved")}
          value={shown(measures?.buyersSaved, format.money)}
          note={t("figures.buyersSaved.note")}
          tone="text-cyan"
        />
        <Stat
          label={t("figures.sellersGained")}
          value={shown(measures?.sellersGained, format.money)}
          note={t("figures.sellersGained.note")}
          tone="text-cyan"
        />
        <Stat label={t("figures.produced")} value={shown(measures?.producedWh, format.kwh)} />
        <Stat label={t("figures.consumed")} value={shown(measures?.consumedWh, format.kwh)} />
      </dl>
    </Card>
  );
}
