import { priceWithFee } from "@gridx/contracts";
import { useSite } from "../../config/SiteContext.ts";
import { useMarket } from "../../data/indexer.ts";
import { t } from "../../i18n/t.ts";
import { Stat } from "../../ui/Card.tsx";
import { leftWh } from "./lot.ts";
import type { Shelf } from "./useShelf.ts";

/** The market at a glance. */
export function MarketFigures({ shelf }: { shelf: Shelf }) {
  const { format } = useSite();
  const { data: market } = useMarket();
  const { lots, complete } = shelf;
  const forSale = lots?.filter((lot) => !lot.aboveCap);
  const cheapest = forSale?.[0];
  const shown = forSale?.reduce((sum, lot) => sum + leftWh(lot), 0n);
  const perKwh = `${format.symbol}/kWh`;
  const total = market && cheapest && priceWithFee(cheapest.ask, BigInt(market.feeBps));
  return (
    <dl className="card grid grid-cols-2 gap-x-6 gap-y-4 px-5 py-4 lg:grid-cols-4">
      <Stat
        label={t("market.figures.cheapest")}
        value={total === undefined ? "–" : format.priceColumn(total)}
        note={perKwh}
        tone="text-cyan"
      />
      <Stat
        label={t("market.figures.shelf")}
        value={shown === undefined ? "–" : format.kwh(shown)}
        note={
          forSale ? (
            t(complete ? "market.figures.lots" : "market.figures.cheapestLots", { count: forSale.length })
          ) : (
            // Room for what comes, so that nothing jumps.
            <span className="invisible">{t("market.figures.lots", { count: 0 })}</span>
          )
        }
      />
      <Stat
        label={t("market.figures.fee")}
        value={market ? `${format.number(market.feeBps / 100)} %` : "–"}
        note={t("market.figures.feeNote")}
      />
      <Stat
        label={t("market.figures.avoided")}
        value={market ? `${format.number(market.gramsPerMwh / 1000)} g` : "–"}
        note={t("market.figures.avoidedNote")}
        tone="text-lime"
      />
    </dl>
  );
}
