import { priceWithFee, slotStart } from "@gridx/contracts";
import type { Market } from "@gridx/indexer/client";
import { useSite } from "../../config/SiteContext.ts";
import { useMarket } from "../../data/indexer.ts";
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
    <Card title="Last clearing" className="mt-5">
      {last ? (
        <Figures last={last} feeBps={market.feeBps} now={now} />
      ) : (
        <p className="text-sm text-soft">No slot has been cleared yet.</p>
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
        label="Slot"
        value={format.slotRange(slot)}
        note={`ended ${format.ago(slotStart(slot + 1, deployment.slotDuration), now)}`}
      />
      <Stat
        label="One price for all"
        value={format.priceColumn(pricePerKwh)}
        note={`${format.symbol}/kWh; ${withFee} with fee`}
        tone="text-cyan"
      />
      <Stat label="Energy" value={format.kwh(energyWh)} />
      <Stat label="Trades" value={format.integer(trades)} />
    </dl>
  );
}

function ShelfNote({ delay, now }: { delay: number; now: number }) {
  const { format, deployment } = useSite();
  const { slotDuration } = deployment;
  const next = nextOnShelf(now, slotDuration, delay);
  return (
    <p className="mt-3 text-sm text-pretty text-muted">
      A slot's energy goes to the bids first. What they leave goes on the shelf for anyone,{" "}
      {format.duration(delay * slotDuration)} after the slot's end. Next: {format.slotRange(next.slot)}, at{" "}
      {format.time(next.opensAt)}.
    </p>
  );
}
