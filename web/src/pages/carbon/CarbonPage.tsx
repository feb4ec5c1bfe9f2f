import { useMarket } from "../../data/indexer.ts";
import { Page } from "../../ui/Page.tsx";
import { useAddress } from "../../wallet/session.ts";
import { CarbonCounter } from "./CarbonCounter.tsx";
import { CarbonHistory } from "./CarbonHistory.tsx";
import { Leaderboard } from "./Leaderboard.tsx";

export default function CarbonPage() {
  const address = useAddress();
  const { data: market } = useMarket();
  return (
    <Page
      title="Carbon"
      lead="Estimated avoided emissions: energy bought from neighbours, times the grid's emission factor."
    >
      <CarbonCounter address={address} />
      {market && (
        <p className="mt-3 text-xs text-muted">
          Factor in force: {(market.gramsPerMwh / 1000).toLocaleString()} kg CO₂e per MWh. Source:{" "}
          {market.emissionSource}, {market.emissionVintage}. An estimate, not a certificate of measured savings.
        </p>
      )}
      <div className="mt-5 grid items-start gap-5 lg:grid-cols-2">
        <Leaderboard me={address} />
        <CarbonHistory address={address} />
      </div>
    </Page>
  );
}
