import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { TIER_NAMES } from "../../app/EmergencyBanner.tsx";
import { TIERS } from "../../chain/reads.ts";
import { useSite } from "../../config/SiteContext.ts";
import { keys } from "../../data/keys.ts";
import { useNow } from "../../data/now.ts";
import { DAY } from "../../figures/days.ts";
import { everyRow } from "../../figures/everyRow.ts";
import { t } from "../../i18n/t.ts";
import type { EmergencyOrder } from "../../tx/orders/emergency.ts";
import { Address } from "../../ui/Address.tsx";
import { Stat } from "../../ui/Card.tsx";
import { type Column, DataTable } from "../../ui/DataTable.tsx";
import { ErrorState, LoadingRows } from "../../ui/states.tsx";
import { effectOf, type LimitedAccount } from "./effect.ts";

const PAGE = 200;
const MOST = 4_000;
const SHOWN = 50;

/** Everything that a declaration would touch, read once. */
function useTouched() {
  const { indexer } = useSite();
  const now = useNow();
  return useQuery({
    queryKey: keys.dryRun,
    enabled: now !== undefined,
    staleTime: 60_000,
    queryFn: async ({ signal }) => {
      const from = (now ?? 0) - DAY;
      const [users, bids, lots, trades] = await Promise.all([
        everyRow((cursor) => indexer.users({ limit: PAGE, cursor }, signal), MOST),
        everyRow((cursor) => indexer.bids({ limit: PAGE, cursor }, signal), MOST),
        everyRow((cursor) => indexer.lots({ limit: PAGE, cursor }, signal), MOST),
        everyRow((cursor) => indexer.trades({ from, limit: PAGE, cursor }, signal), MOST),
      ]);
      const complete = [users, bids, lots, trades].every((list) => list.complete);
      return { users: users.rows, bids: bids.rows, lots: lots.rows, trades: trades.rows, complete };
    },
  });
}

type Rules = Pick<EmergencyOrder, "priceCap" | "normalWhPerSlot" | "essentialWhPerSlot">;

/** Which accounts and trades these rules would limit; nothing is sent. */
export function DryRun({ rules }: { rules: Rules }) {
  const { format, deployment } = useSite();
  const { slotDuration } = deployment;
  const touched = useTouched();
  const { priceCap, normalWhPerSlot, essentialWhPerSlot } = rules;
  const effect = useMemo(
    () =>
      touched.data &&
      effectOf({ order: { priceCap, normalWhPerSlot, essentialWhPerSlot }, slotDuration, ...touched.data }),
    [touched.data, priceCap, normalWhPerSlot, essentialWhPerSlot, slotDuration],
  );
  if (!effect) {
    return touched.isError ? (
      <ErrorState what={t("operator.dry.what")} error={touched.error} onRetry={() => void touched.refetch()} />
    ) : (
      <LoadingRows label={t("operator.dry.loading")} />
    );
  }
  const kwh = format.kwh;
  const [none, normal, essential, critical] = effect.accounts;
  const columns: Column<LimitedAccount>[] = [
    { label: t("operator.dry.account"), span: 12, cell: ({ address }) => <Address address={address} /> },
    { label: t("operator.dry.tier"), cell: ({ tier }) => t(TIER_NAMES[TIERS[tier] ?? "none"]) },
    { label: t("operator.dry.bid"), end: true, cell: ({ bidWh }) => (bidWh === 0n ? "–" : kwh(bidWh)) },
    { label: t("operator.dry.bought"), end: true, cell: ({ boughtWh }) => kwh(boughtWh) },
    { label: t("operator.dry.allowed"), end: true, cell: ({ allowedWh }) => kwh(allowedWh) },
  ];
  return (
    <div className="space-y-4">
      <dl className="grid grid-cols-1 gap-x-6 gap-y-4 sm:grid-cols-2">
        <Stat
          label={t("operator.dry.limited")}
          value={format.integer(effect.limited.length)}
          note={t("operator.dry.accounts", { none, normal, essential, critical })}
          tone="text-amber"
        />
        <Stat
          label={t("operator.dry.lots")}
          value={t("operator.dry.of", { some: effect.lotsAboveCap, all: effect.lots })}
          note={t("operator.dry.lotsNote", { energy: kwh(effect.aboveCapWh) })}
        />
        <Stat
          label={t("operator.dry.trades")}
          value={t("operator.dry.of", { some: effect.tradesAboveCap, all: effect.trades })}
          note={t("operator.dry.tradesNote")}
        />
        <Stat label={t("operator.dry.over")} value={kwh(effect.overAllowanceWh)} note={t("operator.dry.overNote")} />
      </dl>
      {effect.limited.length > 0 && (
        <DataTable
          label={t("operator.dry.limited")}
          columns={columns}
          rows={effect.limited.slice(0, SHOWN)}
          rowKey={({ address }) => address}
        />
      )}
      {effect.limited.length > SHOWN && (
        <p className="text-xs text-muted">{t("operator.dry.first", { shown: SHOWN })}</p>
      )}
      {touched.data?.complete === false && <p className="text-xs text-amber">{t("operator.dry.incomplete")}</p>}
    </div>
  );
}
