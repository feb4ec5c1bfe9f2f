import { priceWithFee } from "@gridx/contracts";
import type { AllocationPlan } from "@gridx/forecast/client";
import { type FormEvent, useState } from "react";
import { useSite } from "../../config/SiteContext.ts";
import { useEmergency } from "../../data/emergency.ts";
import { useMarket } from "../../data/indexer.ts";
import { useNow } from "../../data/now.ts";
import { HOUR } from "../../figures/days.ts";
import { t } from "../../i18n/t.ts";
import type { EmergencyOrder } from "../../tx/orders/emergency.ts";
import { useTransactions } from "../../tx/TransactionProvider.tsx";
import { Button } from "../../ui/Button.tsx";
import { Card } from "../../ui/Card.tsx";
import { Field } from "../../ui/Field.tsx";
import { KWH_DECIMALS } from "../../ui/parse.ts";
import { DryRun } from "./DryRun.tsx";
import { dueDeclaration, usePlan } from "./plan.ts";

const LONGEST_HOURS = 168n;
const LONGEST_REASON_BYTES = 512;
const EMPTY = { cap: "", normal: "", essential: "", hours: "", reason: "" };

/** Declares Disaster mode, or other rules for it, and ends it. Only for a wallet with the grid operator's role. */
export default function GridOperatorCard() {
  const { start } = useTransactions();
  const { data: market } = useMarket();
  const inForce = useEmergency() !== null;
  const [text, setText] = useState(EMPTY);
  const now = useNow();
  const { data: plan } = usePlan("lower");
  const { format, deployment } = useSite();
  const { input } = format;
  const set = (name: keyof typeof EMPTY) => {
    return (value: string) => setText((now) => ({ ...now, [name]: value }));
  };
  const cap = input.read(text.cap, deployment.tokenDecimals, t("operator.field.cap"));
  const normal = input.read(text.normal, KWH_DECIMALS, t("operator.field.allowance"));
  const essential = input.read(text.essential, KWH_DECIMALS, t("operator.field.allowance"));
  const hours = input.read(text.hours, 0, t("operator.field.hours"));
  const capError = cap.error ?? (cap.value === 0n ? t("operator.cap.zero") : null);
  const outside = hours.value !== null && (hours.value < 1n || hours.value > LONGEST_HOURS);
  const hoursError = hours.error ?? (outside ? t("operator.hours.range", { hours: `${LONGEST_HOURS}` }) : null);
  const bytes = new TextEncoder().encode(text.reason.trim()).length;
  const reasonError = bytes > LONGEST_REASON_BYTES ? t("operator.reason.long") : null;
  const order = orderOf(cap.value, normal.value, essential.value, hours.value, text.reason.trim());
  const ready = order !== null && !capError && !hoursError && !reasonError;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    start({ kind: "declareEmergency", order }, () => setText((now) => (now === text ? EMPTY : now)));
  };
  const take = (declared: Declaration) => {
    const { priceCap, normalWhPerSlot, essentialWhPerSlot, endsAt } = declared;
    // Rounded down, so that nothing is allowed for longer than it is planned.
    const planned = Math.floor((endsAt - (now ?? declared.startsAt)) / HOUR);
    setText((before) => ({
      ...before,
      cap: priceCap === null ? before.cap : input.write(priceCap, deployment.tokenDecimals),
      normal: input.write(normalWhPerSlot, KWH_DECIMALS),
      essential: input.write(essentialWhPerSlot, KWH_DECIMALS),
      hours: input.write(BigInt(Math.min(Number(LONGEST_HOURS), Math.max(1, planned))), 0),
    }));
  };
  const due = plan && now !== undefined ? dueDeclaration(plan, now) : undefined;
  const rules =
    cap.value !== null && normal.value !== null && essential.value !== null && !capError
      ? { priceCap: cap.value, normalWhPerSlot: normal.value, essentialWhPerSlot: essential.value }
      : null;
  const withFee = cap.value !== null && market ? priceWithFee(cap.value, BigInt(market.feeBps)) : null;
  return (
    <Card title={t("operator.title")} className="border-amber/50">
      <p className="text-sm text-soft">{inForce ? t("operator.inForce") : t("operator.lead")}</p>
      {inForce && (
        <Button className="mt-3" onClick={() => start({ kind: "endEmergency" })}>
          {t("operator.end")}
        </Button>
      )}
      <div className="mt-4 grid items-start gap-x-8 gap-y-6 lg:grid-cols-[2fr_3fr]">
        <form className="grid gap-y-2" onSubmit={submit} noValidate aria-label={t("operator.declare")}>
          {plan && due && <FromPlan plan={plan} due={due} onTake={take} />}
          <Field
            label={t("operator.cap")}
            unit={`${format.symbol}/kWh`}
            value={text.cap}
            onChange={set("cap")}
            error={capError}
            hint={withFee === null ? undefined : t("operator.cap.hint", { price: format.price(withFee) })}
            placeholder={input.placeholder}
          />
          <Field
            label={t("operator.normal")}
            unit="kWh"
            value={text.normal}
            onChange={set("normal")}
            error={normal.error}
            placeholder={input.placeholder}
          />
          <Field
            label={t("operator.essential")}
            unit="kWh"
            value={text.essential}
            onChange={set("essential")}
            error={essential.error}
            hint={t("operator.essential.hint")}
            placeholder={input.placeholder}
          />
          <Field
            label={t("operator.hours", { hours: `${LONGEST_HOURS}` })}
            unit={t("operator.hours.unit")}
            value={text.hours}
            onChange={set("hours")}
            error={hoursError}
          />
          <Field
            label={t("operator.reason")}
            inputMode="text"
            value={text.reason}
            onChange={set("reason")}
            error={reasonError}
            hint={t("operator.reason.hint")}
          />
          <Button type="submit" className="w-full" disabled={!ready}>
            {inForce ? t("operator.replace") : t("operator.declare")}
          </Button>
        </form>
        <section aria-label={t("operator.dry")}>
          <h3 className="text-sm font-semibold">{t("operator.dry")}</h3>
          <p className="mt-1 mb-4 text-sm text-pretty text-muted">
            {rules ? t("operator.dry.lead") : t("operator.dry.missing")}
          </p>
          {rules && <DryRun rules={rules} />}
        </section>
      </div>
    </Card>
  );
}

type Declaration = AllocationPlan["declarations"][number];

interface FromPlanProps {
  plan: AllocationPlan;
  due: Declaration;
  onTake: (declared: Declaration) => void;
}

/** The plan's declarations, one after the other, and the one that is due to be filled in. */
function FromPlan({ plan, due, onTake }: FromPlanProps) {
  const { format } = useSite();
  const now = useNow() ?? due.startsAt;
  return (
    <div className="mb-2 rounded-control border border-line p-3">
      <p className="text-sm text-soft">{t("operator.plan.lead")}</p>
      <ul className="mt-2 space-y-1 text-sm">
        {plan.declarations.map((declared) => (
          <li key={declared.startsAt} className={declared === due ? "font-medium" : "text-soft"}>
            {t("operator.plan.line", {
              moment: format.moment(declared.startsAt, now),
              normal: format.kwh(declared.normalWhPerSlot),
              essential: format.kwh(declared.essentialWhPerSlot),
            })}
          </li>
        ))}
      </ul>
      <Button className="mt-3" onClick={() => onTake(due)}>
        {t("operator.plan.take")}
      </Button>
    </div>
  );
}

function orderOf(
  priceCap: bigint | null,
  normalWhPerSlot: bigint | null,
  essentialWhPerSlot: bigint | null,
  hours: bigint | null,
  reason: string,
): EmergencyOrder | null {
  if (priceCap === null || normalWhPerSlot === null || essentialWhPerSlot === null || hours === null) return null;
  return reason === "" ? null : { priceCap, normalWhPerSlot, essentialWhPerSlot, hours, reason };
}
