import type { Address } from "viem";
import { useSite } from "../../config/SiteContext.ts";
import { useCarbonWallet, useLeaderboard } from "../../data/indexer.ts";
import { t } from "../../i18n/t.ts";
import { Stat } from "../../ui/Card.tsx";
import { useCountUp } from "../../ui/useCountUp.ts";

/** The wallet's avoided emissions, large; the neighbourhood's where no wallet is connected. */
export function CarbonCounter({ address }: { address: Address | undefined }) {
  const { format } = useSite();
  const { data: wallet } = useCarbonWallet(address);
  const neighbourhood = useNeighbourhoodGrams();
  const grams = useCountUp(address ? wallet?.earnedGrams : neighbourhood);
  const exact = address ? wallet?.earnedGrams : neighbourhood;
  return (
    <section className="card relative overflow-hidden px-5 py-6 sm:px-8 sm:py-8" aria-labelledby="carbon-counter">
      <div
        aria-hidden="true"
        className="pointer-events-none absolute -end-24 -top-32 size-80 rounded-full bg-[radial-gradient(closest-side,color-mix(in_srgb,var(--color-lime)_16%,transparent),transparent)]"
      />
      <h2 id="carbon-counter" className="text-sm text-soft">
        {address ? t("carbon.mine") : t("carbon.all")}
      </h2>
      <p className="mt-1 flex items-baseline gap-2 text-lime">
        <span className="text-5xl font-bold tracking-tight sm:text-6xl" aria-hidden="true" data-testid="carbon-counter">
          {grams === undefined ? "–" : format.carbon(grams)}
        </span>
        <span className="text-lg font-medium" aria-hidden="true">
          CO₂e
        </span>
        <span className="sr-only" role="status">
          {exact === undefined ? "" : `${format.carbon(exact)} CO₂e`}
        </span>
      </p>
      {address ? (
        <dl className="mt-5 grid max-w-lg grid-cols-2 gap-4 sm:grid-cols-3">
          <Stat label={t("carbon.wallet")} value={wallet ? format.carbon(wallet.balanceGrams) : "–"} />
          <Stat label={t("carbon.retired")} value={wallet ? format.carbon(wallet.spentGrams) : "–"} />
          <Stat
            label={t("carbon.neighbourhood")}
            value={neighbourhood === undefined ? "–" : format.carbon(neighbourhood)}
          />
        </dl>
      ) : (
        <p className="mt-4 text-sm text-muted">{t("carbon.connect")}</p>
      )}
    </section>
  );
}

/** Everybody's together; unknown while the leaderboard has more pages than were read. */
function useNeighbourhoodGrams(): bigint | undefined {
  const { data, hasNextPage } = useLeaderboard();
  if (!data || hasNextPage) return undefined;
  return data.reduce((sum, leader) => sum + leader.earnedGrams, 0n);
}
