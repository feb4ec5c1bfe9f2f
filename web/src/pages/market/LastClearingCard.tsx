import { priceWithFee, slotStart } from "@gridx/contracts";
import type { Market } from "@gridx/indexer/client";
import { useSite } from "../../config/SiteContext.ts";
import { useMarket } from "../../data/indexer.ts";
import { t } from "../../i18n/t.ts";
import { Card, Stat } from "../../ui/Card.tsx";
import { nextOnShelf } from "./shelf.ts";

/** What came of the newest clearing, and when what is left goes on the shelf. It has its room before that is known. */
export function LastClearingCard({ now }: { now: number }) {
  const { data: market } = useMarket();
  return (
    <Card title={t("market.clearing")} className="mt-5">
      {market && now > 0 ? <Known market={market} now={now} /> : <Waiting />}
    </Card>
  );
}

function Known({ market, now }: { market: Market; now: number }) {
  const { lastClearing: last, shelfDelaySlots, feeBps } = market;
  if (!last && shelfDelaySlots === 0) return <p className="text-sm text-soft">{t("market.clearing.nobody")}</p>;
  return (
    <>
      {last ? (
        <Figures last={last} feeBps={feeBps} now={now} />
      ) : (
        <p className="text-sm text-soft">{t("market.clearing.none")}</p>
      )}
      {shelfDelaySlots > 0 && <ShelfNote delay={shelfDelaySlots} now={now} />}
    </>
  );
}

/** As large as what comes: the same labels, and unseen text of the usual length. */
function Waiting() {
  const { format, deployment } = useSite();
  const unseen = (text: string) => <span className="invisible">{text}</span>;
  const [slot, time] = [format.slotRange(0), format.time(0)];
  const delay = format.duration(deployment.slotDuration);
  const price = format.priceColumn(0n);
  return (
    <div aria-hidden="true">
      <dl className="grid grid-cols-2 gap-x-6 gap-y-4 lg:grid-cols-4">
        <Stat
          label={t("market.clearing.slot")}
          value="–"
          note={unseen(t("market.clearing.ended", { ago: format.ago(0, 60) }))}
        />
        <Stat
          label={t("market.clearing.price")}
          value="–"
          note={unseen(t("market.clearing.priceNote", { unit: `${format.symbol}/kWh`, price }))}
        />
        <Stat label={t("market.clearing.energy")} value="–" />
        <Stat label={t("market.clearing.trades")} value="–" />
      </dl>
      <p className="mt-3 text-sm text-pretty">{unseen(t("market.clearing.shelf", { delay, slot, time }))}</p>
    </div>
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
