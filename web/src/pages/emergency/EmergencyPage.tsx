import { lazy, Suspense } from "react";
import { useDeclaredEmergency } from "../../data/emergency.ts";
import { useHasRole } from "../../data/roles.ts";
import { withMessages } from "../../i18n/messages.ts";
import { t } from "../../i18n/t.ts";
import { Page } from "../../ui/Page.tsx";
import { AllowanceCard } from "./AllowanceCard.tsx";
import { PlanCard } from "./PlanCard.tsx";
import { StateCard } from "./StateCard.tsx";

// For the grid operator's wallet alone.
const GridOperatorCard = lazy(withMessages("operator", () => import("./GridOperatorCard.tsx")));

/** The neighbourhood as an island: whether it is one now, and who would get what. */
export default function EmergencyPage() {
  const emergency = useDeclaredEmergency();
  const isGridOperator = useHasRole("GRID_OPERATOR_ROLE");
  return (
    <Page title={t("emergency.title")} lead={t("emergency.lead")}>
      <div className="grid gap-5">
        <div className="grid gap-5 lg:grid-cols-[3fr_2fr]">
          <StateCard emergency={emergency} />
          <AllowanceCard emergency={emergency ?? null} />
        </div>
        {isGridOperator && (
          <Suspense fallback={null}>
            <GridOperatorCard />
          </Suspense>
        )}
        <PlanCard inForce={Boolean(emergency)} />
      </div>
    </Page>
  );
}
