import { useSite } from "../../config/SiteContext.ts";
import { useWallet } from "../../data/chain.ts";
import { t } from "../../i18n/t.ts";
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
    <Card title={t("market.quotes")}>
      {address && (
        <dl className="mb-4 grid grid-cols-2 gap-4">
          <Stat
            label={t("market.quotes.sell")}
            value={wallet ? (ask > 0n ? format.price(ask) : t("market.quotes.notSelling")) : "–"}
            note={ask > 0n ? perKwh : undefined}
          />
          <Stat
            label={t("market.quotes.buy")}
            value={wallet ? (bid.pricePerKwh > 0n ? format.price(bid.pricePerKwh) : t("market.quotes.noBid")) : "–"}
            note={
              bid.pricePerKwh > 0n
                ? t("market.quotes.buyNote", { unit: perKwh, energy: format.kwh(bid.maxWhPerSlot) })
                : undefined
            }
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
