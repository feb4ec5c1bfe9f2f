import { useSite } from "../../config/SiteContext.ts";
import { useWallet } from "../../data/chain.ts";
import { Card, Stat } from "../../ui/Card.tsx";
import { useAddress } from "../../wallet/session.ts";
import { AskForm } from "./AskForm.tsx";
import { BidForm } from "./BidForm.tsx";

/** The prices at which the wallet sells its surplus and buys in each slot, until it says otherwise. */
export function StandingQuotesCard() {
  const { format } = useSite();
  const address = useAddress();
  const { data: wallet } = useWallet(address);
  const ask = wallet?.nextAsk ?? 0n;
  const bid = { pricePerKwh: wallet?.bidPrice ?? 0n, maxWhPerSlot: wallet?.bidWhPerSlot ?? 0n };
  const perKwh = `${format.symbol}/kWh`;
  return (
    <Card title="My standing quotes">
      {address && (
        <dl className="mb-4 grid grid-cols-2 gap-4">
          <Stat
            label="I sell at"
            value={wallet ? (ask > 0n ? format.price(ask) : "not selling") : "–"}
            note={ask > 0n ? perKwh : undefined}
          />
          <Stat
            label="I buy at up to"
            value={wallet ? (bid.pricePerKwh > 0n ? format.price(bid.pricePerKwh) : "no bid") : "–"}
            note={bid.pricePerKwh > 0n ? `${perKwh}, ${format.kwh(bid.maxWhPerSlot)} a slot` : undefined}
            tone="text-cyan"
          />
        </dl>
      )}
      <BidForm key={`bid-${address}`} standing={bid} />
      <div className="my-4 border-t border-line" />
      <AskForm key={`ask-${address}`} standing={ask} />
    </Card>
  );
}
