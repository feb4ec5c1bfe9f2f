import type { AllocationPlan, PlannedSlot, PlanTier } from "@gridx/forecast/client";
import { useMemo, useState } from "react";
import { ChartFigure } from "../../charts/ChartFigure.tsx";
import type { Colour, PlotSpec } from "../../charts/plotSpec.ts";
import { useSite } from "../../config/SiteContext.ts";
import { axesOf } from "../../figures/marketPlot.ts";
import { Unavailable } from "../../figures/Unavailable.tsx";
import { type MessageId, t } from "../../i18n/t.ts";
import { Card, Stat } from "../../ui/Card.tsx";
import { Choice } from "../../ui/Choice.tsx";
import { type Column, DataTable } from "../../ui/DataTable.tsx";
import type { Format } from "../../ui/format.ts";
import { EmptyState, LoadingRows } from "../../ui/states.tsx";
import { type CountOn, type ShedReason, type ShedStretch, shedStretches, sumsOf, usePlan } from "./plan.ts";

const STATUS = {
  nothing_to_serve: "emergency.plan.nothing",
  all_served: "emergency.plan.all",
  some_shed: "emergency.plan.some",
  critical_missing: "emergency.plan.critical",
} as const satisfies Record<AllocationPlan["status"], MessageId>;
const REASONS = {
  nothing_left: "emergency.shed.nothingLeft",
  power_limit: "emergency.shed.powerLimit",
  reserve: "emergency.shed.reserve",
  kept_for_later: "emergency.shed.keptForLater",
} as const satisfies Record<ShedReason, MessageId>;
const TIERS = {
  critical: "app.tier.critical",
  essential: "app.tier.essential",
  normal: "app.tier.normal",
} as const satisfies Record<PlanTier, MessageId>;

/** Who gets what in the next 24 hours while the neighbourhood is an island. */
export function PlanCard({ inForce }: { inForce: boolean }) {
  const [countOn, setCountOn] = useState<CountOn>("lower");
  const plan = usePlan(countOn);
  const failed = plan.error ?? plan.failureReason;
  return (
    <Card
      title={inForce ? t("emergency.plan.now") : t("emergency.plan.if")}
      aside={
        <Choice
          label={t("emergency.plan.countOn")}
          chosen={countOn}
          onChange={setCountOn}
          options={[
            { id: "lower", label: t("emergency.plan.lower") },
            { id: "median", label: t("emergency.plan.median") },
          ]}
        />
      }
    >
      <p className="max-w-3xl text-sm text-pretty text-muted">{t("emergency.plan.note")}</p>
      {plan.data ? (
        <>
          <Plan plan={plan.data} />
          <div role="status" className="mt-3 text-xs text-amber">
            {failed && <p>{t("emergency.plan.stale", { reason: failed.message })}</p>}
          </div>
        </>
      ) : failed ? (
        <div role="status" className="mt-5 rounded-control border border-line p-5 text-center text-sm">
          <Unavailable error={failed} onRetry={() => void plan.refetch()} />
        </div>
      ) : (
        <LoadingRows label={t("figures.loading")} />
      )}
    </Card>
  );
}

function Plan({ plan }: { plan: AllocationPlan }) {
  const { format } = useSite();
  const { status, slots } = plan;
  const sums = useMemo(() => sumsOf(slots), [slots]);
  const shed = useMemo(() => shedStretches(plan), [plan]);
  const kwh = (wh: number) => format.kwh(BigInt(Math.round(wh)));
  const plots = useMemo(() => [supplyPlot(slots, format), loadPlot(slots, format)] as const, [slots, format]);
  const columns: Column<PlannedSlot>[] = [
    { label: t("figures.hour"), span: 12, cell: ({ startsAt }) => `${format.day(startsAt)}, ${format.time(startsAt)}` },
    { label: t("emergency.plan.solar"), end: true, span: 4, cell: ({ solarWh }) => kwh(solarWh) },
    { label: t("emergency.plan.discharged"), end: true, span: 4, cell: ({ dischargedWh }) => kwh(dischargedWh) },
    { label: t("emergency.plan.stored"), end: true, span: 4, cell: ({ storedWh }) => kwh(storedWh) },
    ...(Object.keys(TIERS) as PlanTier[]).map(
      (tier): Column<PlannedSlot> => ({
        label: t(TIERS[tier]),
        end: true,
        span: 4,
        cell: ({ servedWh, shedWh }) => (
          <>
            {kwh(servedWh[tier])}
            {shedWh[tier] > 0 && (
              <span className="block text-xs text-amber">
                {t("emergency.plan.without", { energy: kwh(shedWh[tier]) })}
              </span>
            )}
          </>
        ),
      }),
    ),
  ];
  const common = { columns, rows: slots, rowKey: ({ startsAt }: PlannedSlot) => String(startsAt) };
  return (
    <>
      <p
        className={`mt-4 text-lg font-semibold ${status === "critical_missing" ? "text-red" : status === "some_shed" ? "text-amber" : "text-lime"}`}
      >
        {t(STATUS[status])}
      </p>
      <dl className="mt-4 grid grid-cols-2 gap-x-6 gap-y-4 lg:grid-cols-4">
        <Stat
          label={t("emergency.plan.solar")}
          value={kwh(sums.solarWh)}
          note={t("emergency.plan.solarNote", { unused: kwh(sums.curtailedWh) })}
        />
        <Stat label={t("emergency.plan.served")} value={kwh(sums.servedWh)} tone="text-lime" />
        <Stat
          label={t("emergency.plan.shed")}
          value={kwh(sums.shedWh)}
          tone={sums.shedWh > 0 ? "text-amber" : undefined}
        />
        <Stat
          label={t("emergency.plan.storage")}
          value={sums.storage ? kwh(slots.at(-1)?.storedWh ?? 0) : t("emergency.plan.noStorage")}
          note={sums.storage ? t("emergency.plan.storageNote") : t("emergency.plan.noStorageNote")}
        />
      </dl>
      <div className="mt-6 grid gap-x-8 gap-y-6 lg:grid-cols-2">
        <ChartFigure
          {...common}
          title={t("emergency.plan.supply")}
          summary={t("emergency.plan.supplySummary", { solar: kwh(sums.solarWh) })}
          plot={plots[0]}
        />
        <ChartFigure
          {...common}
          title={t("emergency.plan.load")}
          summary={t("emergency.plan.loadSummary", { served: kwh(sums.servedWh), shed: kwh(sums.shedWh) })}
          plot={plots[1]}
        />
      </div>
      <Shed shed={shed} kwh={kwh} />
    </>
  );
}

function Shed({ shed, kwh }: { shed: ShedStretch[]; kwh: (wh: number) => string }) {
  const { format } = useSite();
  const columns: Column<ShedStretch>[] = [
    {
      label: t("emergency.shed.when"),
      span: 12,
      cell: ({ from, to }) => `${format.day(from)}, ${format.time(from)} – ${format.moment(to, from)}`,
    },
    { label: t("emergency.shed.tier"), span: 6, cell: ({ tier }) => t(TIERS[tier]) },
    { label: t("emergency.shed.energy"), end: true, span: 6, cell: ({ shedWh }) => kwh(shedWh) },
    { label: t("emergency.shed.why"), span: 12, cell: ({ reason }) => t(REASONS[reason]) },
  ];
  return (
    <div className="mt-6">
      <h3 className="text-sm font-semibold">{t("emergency.shed")}</h3>
      {shed.length === 0 ? (
        <EmptyState title={t("emergency.shed.nothing")} />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
        <section aria-label={t("emergency.shed")} tabIndex={0} className="mt-2 max-h-96 overflow-y-auto">
          <DataTable
            label={t("emergency.shed")}
            columns={columns}
            rows={shed}
            rowKey={({ from, tier }) => `${tier}-${from}`}
          />
        </section>
      )}
    </div>
  );
}

type Pick = (slot: PlannedSlot) => number;

function lines(
  slots: readonly PlannedSlot[],
  format: Format,
  wanted: [string, Colour, "line" | "dashes", Pick][],
): PlotSpec {
  return {
    ...axesOf(format, false),
    xs: slots.map(({ startsAt }) => startsAt),
    series: wanted.map(([label, colour, kind, pick]) => ({
      label,
      colour,
      kind,
      values: slots.map((slot) => pick(slot) / 1000),
      show: (index) => {
        const slot = slots[index];
        return slot ? format.kwh(BigInt(Math.round(pick(slot)))) : "–";
      },
    })),
  };
}

const supplyPlot = (slots: readonly PlannedSlot[], format: Format): PlotSpec =>
  lines(slots, format, [
    [t("emergency.plan.solar"), "lime", "line", ({ solarWh }) => solarWh],
    [t("emergency.plan.discharged"), "cyan", "line", ({ dischargedWh }) => dischargedWh],
    [t("emergency.plan.stored"), "violet", "dashes", ({ storedWh }) => storedWh],
  ]);

const loadPlot = (slots: readonly PlannedSlot[], format: Format): PlotSpec =>
  lines(slots, format, [
    [t("app.tier.critical"), "amber", "line", ({ servedWh }) => servedWh.critical],
    [t("app.tier.essential"), "violet", "line", ({ servedWh }) => servedWh.essential],
    [t("app.tier.normal"), "cyan", "line", ({ servedWh }) => servedWh.normal],
    [t("emergency.plan.shed"), "muted", "dashes", ({ shedWh }) => shedWh.critical + shedWh.essential + shedWh.normal],
  ]);
