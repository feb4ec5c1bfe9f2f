import { useHasRole } from "../../data/roles.ts";
import { useStanding } from "../../home/session.ts";
import { t } from "../../i18n/t.ts";
import { Card } from "../../ui/Card.tsx";
import { Page } from "../../ui/Page.tsx";
import { ErrorState, LoadingRows } from "../../ui/states.tsx";
import { useWalletState } from "../../wallet/session.ts";
import { BecomesPublic } from "./BecomesPublic.tsx";
import { Homes } from "./Homes.tsx";
import { RegisterHouseCard } from "./RegisterHouseCard.tsx";
import { SignInCard } from "./SignInCard.tsx";
import { SignOut } from "./SignOut.tsx";

/** A home as its owner alone sees it. */
export default function HousePage() {
  const isRegistrar = useHasRole("REGISTRAR_ROLE");
  return (
    <Page title={t("house.title")} lead={t("house.lead")}>
      <div className="grid gap-5">
        <Mine />
        {isRegistrar && <RegisterHouseCard />}
        <BecomesPublic />
      </div>
    </Page>
  );
}

function Mine() {
  const { address, status } = useWalletState();
  const standing = useStanding();
  if (status === "loading" || standing.isPending) {
    return (
      <Card title={t("house.mine")}>
        <LoadingRows label={t("house.loading")} />
      </Card>
    );
  }
  if (!standing.data) {
    return (
      <Card title={t("house.mine")}>
        <ErrorState what={t("house.what")} error={standing.error} onRetry={() => void standing.refetch()} />
      </Card>
    );
  }
  const { data } = standing;
  if (!address || data.state !== "in" || data.address !== address.toLowerCase()) {
    return <SignInCard address={address} standing={data} />;
  }
  return (
    <>
      <SignOut standing={data} />
      <Homes owner={data.address} />
    </>
  );
}
