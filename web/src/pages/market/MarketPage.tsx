import { lazy, Suspense, useState } from "react";
import { usePaused } from "../../data/chain.ts";
import { t } from "../../i18n/t.ts";
import { Page } from "../../ui/Page.tsx";
import { AccountCard } from "./AccountCard.tsx";
import { BasketCard } from "./BasketCard.tsx";
import { DepthCard } from "./DepthCard.tsx";
import { LastClearingCard } from "./LastClearingCard.tsx";
import { LotsCard } from "./LotsCard.tsx";
import { type LotId, sameLot } from "./lot.ts";
import { MarketFigures } from "./MarketFigures.tsx";
import { PausedNote } from "./PausedNote.tsx";
import { StandingQuotesCard } from "./StandingQuotesCard.tsx";
import { useShelf } from "./useShelf.ts";

const BuyDialog = lazy(() => import("./BuyDialog.tsx"));

const FIRST = 12;

export default function MarketPage() {
  const [count, setCount] = useState(FIRST);
  const [buying, setBuying] = useState<LotId | null>(null);
  const shelf = useShelf();
  const paused = usePaused();
  return (
    <Page title={t("market.title")} lead={t("market.lead")}>
      <PausedNote paused={paused} />
      <MarketFigures shelf={shelf} />
      <LastClearingCard now={shelf.now} />
      <div className="mt-5 grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_21rem]">
        <div className="min-w-0">
          <BasketCard shelf={shelf} paused={paused} />
          <LotsCard shelf={shelf} count={count} onBuy={setBuying} onMore={() => setCount(count * 2)} />
          <div className="mt-5">
            <DepthCard shelf={shelf} />
          </div>
        </div>
        <div className="grid gap-5 sm:grid-cols-2 lg:grid-cols-1">
          <AccountCard />
          <StandingQuotesCard />
        </div>
      </div>
      {buying && (
        <Suspense fallback={null}>
          <BuyDialog
            key={`${buying.seller}-${buying.slot}`}
            id={buying}
            lot={shelf.lots?.find((lot) => sameLot(lot, buying))}
            paused={paused}
            onClose={() => setBuying(null)}
          />
        </Suspense>
      )}
    </Page>
  );
}
