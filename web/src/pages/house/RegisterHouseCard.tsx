import { type FormEvent, useState } from "react";
import { isAddress } from "viem";
import { useSite } from "../../config/SiteContext.ts";
import { t } from "../../i18n/t.ts";
import { MOST_WATTS, type Registration, type TierName } from "../../tx/orders/registration.ts";
import { useTransactions } from "../../tx/TransactionProvider.tsx";
import { Button } from "../../ui/Button.tsx";
import { Card } from "../../ui/Card.tsx";
import { Choice } from "../../ui/Choice.tsx";
import { Field } from "../../ui/Field.tsx";

const EMPTY = { meter: "", owner: "", capacity: "" };
const TIERS: readonly TierName[] = ["normal", "essential", "critical", "none"];
const KW_DECIMALS = 3;

/** Brings a house onto the chain. Only for a wallet with the registrar's role. */
export function RegisterHouseCard() {
  const { start } = useTransactions();
  const { format } = useSite();
  const [text, setText] = useState(EMPTY);
  const [tier, setTier] = useState<TierName>("normal");
  const set = (name: keyof typeof EMPTY) => {
    return (value: string) => setText((now) => ({ ...now, [name]: value }));
  };
  const [meter, owner] = [text.meter.trim(), text.owner.trim()];
  const addressError = (given: string) => (given === "" || isAddress(given) ? null : t("house.register.address"));
  const capacity = format.input.read(text.capacity, KW_DECIMALS, t("house.register.capacity"));
  const outside = capacity.value !== null && (capacity.value < 1n || capacity.value > BigInt(MOST_WATTS));
  const capacityError =
    capacity.error ??
    (outside ? t("house.register.range", { most: format.integer(Math.floor(MOST_WATTS / 1000)) }) : null);
  const order: Registration | null =
    isAddress(meter) && isAddress(owner) && capacity.value !== null && !capacityError
      ? { meter, owner, capacityWatts: Number(capacity.value), tier }
      : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // What was typed meanwhile stays.
    if (order) start({ kind: "registerHouse", order }, () => setText((now) => (now === text ? EMPTY : now)));
  };
  const names = {
    none: t("app.tier.none"),
    normal: t("app.tier.normal"),
    essential: t("app.tier.essential"),
    critical: t("app.tier.critical"),
  };
  return (
    <Card title={t("house.register")} className="border-violet/50">
      <p className="max-w-3xl text-sm text-pretty text-soft">{t("house.register.lead")}</p>
      <form
        className="mt-4 grid gap-x-6 gap-y-2 md:grid-cols-2"
        onSubmit={submit}
        noValidate
        aria-label={t("house.register")}
      >
        <Field
          label={t("house.register.meter")}
          inputMode="text"
          value={text.meter}
          onChange={set("meter")}
          error={addressError(meter)}
          hint={t("house.register.meterHint")}
        />
        <Field
          label={t("house.register.owner")}
          inputMode="text"
          value={text.owner}
          onChange={set("owner")}
          error={addressError(owner)}
          hint={t("house.register.ownerHint")}
        />
        <Field
          label={t("house.register.capacity")}
          unit="kW"
          value={text.capacity}
          onChange={set("capacity")}
          error={capacityError}
          hint={t("house.register.capacityHint")}
          placeholder={format.input.placeholder}
        />
        <div>
          <p className="mb-1 text-sm text-soft">{t("house.register.tier")}</p>
          <Choice
            label={t("house.register.tier")}
            chosen={tier}
            onChange={setTier}
            options={TIERS.map((id) => ({ id, label: names[id] }))}
          />
          <p className="mt-1 text-xs text-muted">{t("house.register.tierHint")}</p>
        </div>
        <Button type="submit" look="primary" className="md:col-span-2 md:justify-self-start" disabled={!order}>
          {t("house.register.button")}
        </Button>
      </form>
    </Card>
  );
}
