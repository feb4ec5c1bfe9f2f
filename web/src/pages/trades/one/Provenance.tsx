import type { OneTrade } from "@gridx/indexer/client";
import { useSite } from "../../../config/SiteContext.ts";
import { t } from "../../../i18n/t.ts";
import { Address } from "../../../ui/Address.tsx";
import { Card } from "../../../ui/Card.tsx";
import { type Column, DataTable } from "../../../ui/DataTable.tsx";
import { shortHex } from "../../../ui/format.ts";

type Reading = OneTrade["provenance"]["readings"][number];

/** The readings behind the trade, and how much of the lot it took. */
export function Provenance({ trade }: { trade: OneTrade }) {
  const { format } = useSite();
  const { attestedWh, soldBeforeWh, soldAfterWh, readings } = trade.provenance;
  const leftWh = attestedWh - soldAfterWh;
  const columns: Column<Reading>[] = [
    { label: t("trade.readings.meter"), span: 6, cell: ({ meter }) => <Address address={meter} /> },
    { label: t("trade.readings.house"), span: 6, cell: ({ house }) => <Address address={house} /> },
    { label: t("trade.readings.export"), end: true, span: 4, cell: ({ exportWh }) => format.kwh(exportWh) },
    {
      label: t("trade.readings.attested"),
      span: 8,
      cell: ({ blockTimestamp }) => (
        <time dateTime={new Date(blockTimestamp * 1000).toISOString()} title={format.dateTime(blockTimestamp)}>
          {format.day(blockTimestamp)}, {format.time(blockTimestamp)}
        </time>
      ),
    },
    {
      label: t("trade.readings.transaction"),
      span: 12,
      cell: ({ transactionHash }) => (
        <span className="font-mono text-[0.8125rem]" title={transactionHash}>
          {shortHex(transactionHash)}
        </span>
      ),
    },
  ];
  return (
    <Card title={t("trade.provenance")} flush>
      <div className="px-5 pb-4">
        <p className="text-sm text-pretty text-soft">
          {t("trade.provenance.text", {
            attested: format.kwh(attestedWh),
            before: format.kwh(soldBeforeWh),
            left: format.kwh(leftWh),
          })}
        </p>
        <Parts
          parts={[
            { label: t("trade.provenance.before"), wh: soldBeforeWh, look: "bg-muted/60" },
            { label: t("trade.provenance.this"), wh: trade.energyWh, look: "bg-cyan" },
            { label: t("trade.provenance.left"), wh: leftWh, look: "bg-lime/40" },
          ]}
        />
      </div>
      <DataTable
        label={t("trade.readings")}
        columns={columns}
        rows={readings}
        rowKey={({ house, meter }) => `${house}-${meter}`}
      />
    </Card>
  );
}

interface Part {
  label: string;
  wh: bigint;
  look: string;
}

/** The lot as one bar. The sentence above says the same. */
function Parts({ parts }: { parts: readonly Part[] }) {
  const { format } = useSite();
  return (
    <>
      <div aria-hidden="true" className="mt-3 flex h-3 gap-0.5 overflow-hidden rounded-full">
        {parts
          .filter(({ wh }) => wh > 0n)
          .map(({ label, wh, look }) => (
            <div key={label} className={`min-w-1 ${look}`} style={{ flexGrow: Number(wh), flexBasis: 0 }} />
          ))}
      </div>
      <ul className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-xs text-muted">
        {parts.map(({ label, wh, look }) => (
          <li key={label} className="inline-flex items-center gap-1.5">
            <span aria-hidden="true" className={`size-2.5 rounded-sm ${look}`} />
            {label} {format.kwh(wh)}
          </li>
        ))}
      </ul>
    </>
  );
}
