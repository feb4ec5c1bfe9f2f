import type { PeriodLeader } from "@gridx/indexer/client";
import { useState } from "react";
import type { Address as AddressHex } from "viem";
import { useSite } from "../../config/SiteContext.ts";
import { t } from "../../i18n/t.ts";
import { Address } from "../../ui/Address.tsx";
import { Button } from "../../ui/Button.tsx";
import { Card } from "../../ui/Card.tsx";
import { Choice } from "../../ui/Choice.tsx";
import { type Column, DataTable } from "../../ui/DataTable.tsx";
import { EmptyState, ErrorState, LoadingRows } from "../../ui/states.tsx";
import { PERIODS, type Period, useLeaders } from "./leaders.ts";

const LABELS: Record<Period, () => string> = {
  1: () => t("carbon.leaders.today"),
  7: () => t("carbon.leaders.week"),
  30: () => t("carbon.leaders.month"),
  all: () => t("carbon.leaders.all"),
};

const FIRST = 10;
const MORE = 50;

/** Who has avoided most, by energy bought. */
export function Leaderboard({ me }: { me: AddressHex | undefined }) {
  const { format } = useSite();
  const [period, setPeriod] = useState<Period>("all");
  const leaders = useLeaders(period);
  const [most, setMost] = useState(FIRST);
  const { rows } = leaders;
  const columns: Column<PeriodLeader>[] = [
    {
      label: t("carbon.leaders.rank"),
      span: 3,
      cell: ({ rank }) => <span className={rank <= 3 ? "font-semibold text-amber" : "text-muted"}>{rank}</span>,
    },
    {
      label: t("carbon.leaders.wallet"),
      span: 8,
      cell: ({ address }) => <Address address={address} me={address === me} />,
    },
    { label: t("carbon.leaders.bought"), end: true, span: 6, cell: ({ boughtWh }) => format.kwh(boughtWh) },
    {
      label: t("carbon.leaders.avoided"),
      end: true,
      cell: ({ earnedGrams }) => <span className="font-medium text-lime">{format.carbon(earnedGrams)}</span>,
    },
  ];
  const shown = rows?.filter(({ address }, index) => index < most || address === me);
  const hidden = rows !== undefined && most < rows.length;
  const showMore = () => {
    setMost(most + MORE);
    if (rows && most + MORE > rows.length && leaders.hasNextPage) void leaders.fetchNextPage();
  };
  return (
    <Card
      title={t("carbon.leaders")}
      aside={
        <Choice
          label={t("carbon.leaders.period")}
          chosen={period}
          onChange={(next) => {
            setPeriod(next);
            setMost(FIRST);
          }}
          options={PERIODS.map((id) => ({ id, label: LABELS[id]() }))}
        />
      }
      flush
    >
      <p className="px-5 pb-2 text-xs text-muted">
        {period === "all" ? t("carbon.leaders.ever") : t("carbon.leaders.days")}
      </p>
      {rows === undefined && !leaders.isError && <LoadingRows label={t("carbon.leaders.loading")} />}
      {rows === undefined && leaders.isError && (
        <ErrorState what={t("carbon.leaders.what")} error={leaders.error} onRetry={() => void leaders.refetch()} />
      )}
      {rows?.length === 0 && (
        <EmptyState title={period === "all" ? t("carbon.leaders.none") : t("carbon.leaders.noneThen")}>
          {t("carbon.leaders.first")}
        </EmptyState>
      )}
      {shown && shown.length > 0 && (
        <DataTable label={t("carbon.leaders.table")} columns={columns} rows={shown} rowKey={({ address }) => address} />
      )}
      {(hidden || leaders.hasNextPage) && (
        <div className="border-t border-line p-3 text-center">
          <Button look="quiet" disabled={leaders.isFetchingNextPage} onClick={showMore}>
            {t("carbon.leaders.more")}
          </Button>
        </div>
      )}
    </Card>
  );
}
