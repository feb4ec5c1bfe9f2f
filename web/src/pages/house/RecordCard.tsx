import type { ModelRecord } from "@gridx/forecast/client";
import { useSite } from "../../config/SiteContext.ts";
import { Unavailable } from "../../figures/Unavailable.tsx";
import type { Target } from "../../forecast/useForecast.ts";
import { type HomeAhead, useHomeAhead, useModels } from "../../home/reads.ts";
import { t } from "../../i18n/t.ts";
import { Card } from "../../ui/Card.tsx";
import { type Column, DataTable } from "../../ui/DataTable.tsx";
import { LoadingRows } from "../../ui/states.tsx";

interface Row {
  target: Target;
  ahead: HomeAhead;
  /** Of the same model over all homes; undefined while it is not read. */
  overall: ModelRecord | undefined;
}

/** How the models that serve this home have done, here and over all homes. */
export function RecordCard({ house }: { house: string }) {
  const { format } = useSite();
  const demand = useHomeAhead(house, "load");
  const solar = useHomeAhead(house, "pv");
  const models = useModels();
  const overall = (target: Target, model: string) =>
    models.data?.find((one) => one.scope === "home" && one.target === target && one.model === model);
  const rows = (
    [
      ["load", demand.data],
      ["pv", solar.data],
    ] as const
  ).flatMap(([target, ahead]): Row[] => (ahead ? [{ target, ahead, overall: overall(target, ahead.model) }] : []));
  const unknown = t("house.record.notYet");
  const percent = (share: number | null | undefined) =>
    share === null || share === undefined ? unknown : format.percent(share);
  const kwh = (value: number | undefined) =>
    value === undefined ? unknown : format.kwh(BigInt(Math.round(value * 1000)));
  const columns: Column<Row>[] = [
    {
      label: t("house.record.what"),
      span: 12,
      cell: ({ target, ahead }) => (
        <>
          {target === "load" ? t("house.record.demand") : t("house.record.solar")}
          <span className="block font-mono text-xs wrap-anywhere text-muted">{ahead.model}</span>
        </>
      ),
    },
    { label: t("house.record.confidence"), end: true, cell: ({ ahead }) => percent(ahead.confidence) },
    { label: t("house.record.error"), end: true, cell: ({ ahead }) => kwh(ahead.record?.maeKwh) },
    { label: t("house.record.coverage"), end: true, cell: ({ ahead }) => percent(ahead.record?.coverage) },
    {
      label: t("house.record.hours"),
      end: true,
      cell: ({ ahead }) => (ahead.record ? format.integer(ahead.record.hours) : unknown),
    },
    {
      label: t("house.record.overall"),
      end: true,
      cell: ({ overall: { record } = { record: null } }) => kwh(record === null ? undefined : record.maeWh / 1000),
    },
  ];
  const failed = demand.error ?? demand.failureReason;
  return (
    <Card title={t("house.record")} flush>
      <p className="px-5 pb-3 text-sm text-pretty text-muted">{t("house.record.note")}</p>
      {rows.length > 0 ? (
        <DataTable label={t("house.record")} columns={columns} rows={rows} rowKey={({ target }) => target} />
      ) : failed ? (
        <div className="px-5 pb-5 text-sm">
          <Unavailable error={failed} onRetry={() => void demand.refetch()} />
        </div>
      ) : (
        <LoadingRows label={t("figures.loading")} />
      )}
    </Card>
  );
}
