import { carbonGramsOf } from "@gridx/contracts";
import type { OneTrade } from "@gridx/indexer/client";
import { useSite } from "../../../config/SiteContext.ts";
import { Hash } from "../../../figures/Details.tsx";
import { t } from "../../../i18n/t.ts";
import { Card } from "../../../ui/Card.tsx";

/** What the trade avoided, by which factor, and that the one comes of the other. */
export function CarbonOfTrade({ trade }: { trade: OneTrade }) {
  const { format } = useSite();
  const { energyWh, carbonGrams, emissionFactor } = trade;
  const { gramsPerMwh, source, vintage, transactionHash } = emissionFactor;
  const computed = carbonGramsOf(energyWh, BigInt(gramsPerMwh));
  const factor = format.number(gramsPerMwh / 1000);
  const [energy, grams] = [format.kwh(energyWh), format.carbon(carbonGrams)];
  return (
    <Card title={t("trade.carbon")}>
      <p className="text-3xl font-bold tracking-tight text-lime">
        {grams} <span className="text-base font-medium">CO₂e</span>
      </p>
      <dl className="mt-3 grid gap-2 text-sm">
        <div>
          <dt className="text-muted">{t("trade.carbon.factor")}</dt>
          <dd>{t("trade.carbon.perKwh", { factor })}</dd>
        </div>
        <div>
          <dt className="text-muted">{t("trade.carbon.source")}</dt>
          <dd className="wrap-anywhere">
            <bdi>{source}</bdi>
          </dd>
        </div>
        <div>
          <dt className="text-muted">{t("trade.carbon.vintage")}</dt>
          <dd className="wrap-anywhere">
            <bdi>{vintage}</bdi>
          </dd>
        </div>
        <div>
          <dt className="text-muted">{t("trade.carbon.setBy")}</dt>
          <dd>
            <Hash>{transactionHash}</Hash>
          </dd>
        </div>
      </dl>
      {computed === carbonGrams ? (
        <p className="mt-3 text-sm text-pretty text-muted">{t("trade.carbon.agrees", { energy, factor, grams })}</p>
      ) : (
        <p className="mt-3 rounded-control border-2 border-red bg-red/10 p-3 text-sm" role="alert">
          {t("trade.carbon.differs", { energy, factor, grams, computed: format.carbon(computed) })}
        </p>
      )}
    </Card>
  );
}
