import { priceWithFee, slotStart } from "@gridx/contracts";
import type { Market } from "@gridx/indexer/client";
import { useSite } from "../../config/SiteContext.ts";
import { useMarket } from "../../data/indexer.ts";
import { t } from "../../i18n/t.ts";
import { Card, Stat } from "../../ui/Card.tsx";
import { nextOnShelf } from "./shelf.ts";

/** What came of the newest clearing, and when what is left goes on the shelf. */
export function LastClearingCard({ now }: { now: number }) {
  const { data: market } = useMarket();
  if (!market) return null;
  const last = market.lastClearing;
  // Where nobody clears there is nothing to say.
  if (!last && market.shelfDelaySlots === 0) return null;
  return (
    <Card title={t("market.clearing")} className="mt-5">
      {last ? (
        <Figures last={last} feeBps={market.feeBps} now={now} />
      ) : (
        <p className="text-sm text-soft">{t("market.clearing.none")}</p>
      )}
      {market.shelfDelaySlots > 0 && now > 0 && <ShelfNote delay={market.shelfDelaySlots} now={now} />}
    </Card>
  );
}

function Figures({ last, feeBps, now }: { last: NonNullable<Market["lastClearing"]>; feeBps: number; now: number }) {
  const { format, deployment } = useSite();
  const { slot, pricePerKwh, energyWh, trades } = last;
  const withFee = format.priceColumn(priceWithFee(pricePerKwh, BigInt(feeBps)));
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-4 lg:grid-cols-4">
      <Stat
        label={t("market.clearing.slot")}
        value={format.slotRange(slot)}
        note={t("market.clearing.ended", { ago: format.ago(slotStart(slot + 1, deployment.slotDuration), now) })}
      />
      <Stat
        label={t("market.clearing.price")}
        value={format.priceColumn(pricePerKwh)}
        note={t("market.clearing.priceNote", { unit: `${format.symbol}/kWh`, price: withFee })}
        tone="text-cyan"
      />
      <Stat label={t("market.clearing.energy")} value={format.kwh(energyWh)} />
      <Stat label={t("market.clearing.trades")} value={format.integer(trades)} />
    </dl>
  );
}

function ShelfNote({ delay, now }: { delay: number; now: number }) {
  const { format, deployment } = useSite();
  const { slotDuration } = deployment;
  const next = nextOnShelf(now, slotDuration, delay);
  return (
    <p className="mt-3 text-sm text-pretty text-muted">
      {t("market.clearing.shelf", {
        delay: format.duration(delay * slotDuration),
        slot: format.slotRange(next.slot),
        time: format.time(next.opensAt),
      })}
    </p>
  );
}
