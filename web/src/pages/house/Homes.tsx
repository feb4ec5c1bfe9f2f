import { useState } from "react";
import { useHomes } from "../../home/reads.ts";
import { Trans } from "../../i18n/Trans.tsx";
import { t } from "../../i18n/t.ts";
import { Card } from "../../ui/Card.tsx";
import { Choice } from "../../ui/Choice.tsx";
import { shortHex } from "../../ui/format.ts";
import { EmptyState, ErrorState, LoadingRows } from "../../ui/states.tsx";
import { DataCard } from "./DataCard.tsx";
import { HomeForecastCard } from "./HomeForecastCard.tsx";
import { MeterCard } from "./MeterCard.tsx";
import { ProfileCard } from "./ProfileCard.tsx";
import { ReadingsCard } from "./ReadingsCard.tsx";
import { RecordCard } from "./RecordCard.tsx";

/** The homes of whoever is signed in, one at a time. */
export function Homes({ owner }: { owner: string }) {
  const homes = useHomes(owner);
  const [chosen, setChosen] = useState<string | null>(null);
  if (!homes.data) {
    return (
      <Card title={t("house.mine")}>
        {homes.isError ? (
          <ErrorState what={t("house.what")} error={homes.error} onRetry={() => void homes.refetch()} />
        ) : (
          <LoadingRows label={t("house.loading")} />
        )}
      </Card>
    );
  }
  const home = homes.data.find(({ houseId }) => houseId === chosen) ?? homes.data[0];
  if (!home) return <NoHouse owner={owner} />;
  return (
    <>
      {homes.isError && (
        <p role="status" className="text-sm text-amber">
          {t("house.stale")}
        </p>
      )}
      {homes.data.length > 1 && (
        <Choice
          label={t("house.which")}
          chosen={home.houseId}
          onChange={setChosen}
          options={homes.data.map(({ houseId }) => ({ id: houseId, label: shortHex(houseId) }))}
        />
      )}
      {/* Another home's state is another's. */}
      <div key={home.houseId} className="grid gap-5">
        <MeterCard home={home} />
        <ReadingsCard house={home.houseId} />
        <HomeForecastCard house={home.houseId} hasPanels={home.capacityWatts > 0} />
        <RecordCard house={home.houseId} />
        <ProfileCard home={home} />
        <DataCard home={home} />
      </div>
    </>
  );
}

function NoHouse({ owner }: { owner: string }) {
  return (
    <Card title={t("house.mine")}>
      <EmptyState title={t("house.none")}>
        <p>
          <Trans
            id="house.none.ask"
            values={{ address: <span className="font-mono text-xs break-all text-text">{owner}</span> }}
          />
        </p>
      </EmptyState>
    </Card>
  );
}
