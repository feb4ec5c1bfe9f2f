import { priceWithFee } from "@gridx/contracts";
import { type FormEvent, useState } from "react";
import { useSite } from "../../config/SiteContext.ts";
import { useEmergency } from "../../data/emergency.ts";
import { useMarket } from "../../data/indexer.ts";
import type { EmergencyOrder } from "../../tx/orders/emergency.ts";
import { useTransactions } from "../../tx/TransactionProvider.tsx";
import { Button } from "../../ui/Button.tsx";
import { Card } from "../../ui/Card.tsx";
import { Field } from "../../ui/Field.tsx";
import { KWH_DECIMALS } from "../../ui/parse.ts";

const LONGEST_HOURS = 168n;
const LONGEST_REASON_BYTES = 512;
const EMPTY = { cap: "", normal: "", essential: "", hours: "", reason: "" };

/** Declares Disaster mode, or other rules for it, and ends it. Only for a wallet with the grid operator's role. */
export default function GridOperatorCard() {
  const { start } = useTransactions();
  const { data: market } = useMarket();
  const inForce = useEmergency() !== null;
  const [text, setText] = useState(EMPTY);
  const { format, deployment } = useSite();
  const { input } = format;
  const set = (name: keyof typeof EMPTY) => {
    return (value: string) => setText((now) => ({ ...now, [name]: value }));
  };
  const cap = input.read(text.cap, deployment.tokenDecimals, "Price cap");
  const normal = input.read(text.normal, KWH_DECIMALS, "Allowance");
  const essential = input.read(text.essential, KWH_DECIMALS, "Allowance");
  const hours = input.read(text.hours, 0, "Hours");
  const capError = cap.error ?? (cap.value === 0n ? "Nothing could be traded at all. Give more than 0." : null);
  const outside = hours.value !== null && (hours.value < 1n || hours.value > LONGEST_HOURS);
  const hoursError = hours.error ?? (outside ? `From 1 to ${LONGEST_HOURS} hours.` : null);
  const bytes = new TextEncoder().encode(text.reason.trim()).length;
  const reasonError = bytes > LONGEST_REASON_BYTES ? "The reason is too long; shorten it." : null;
  const order = orderOf(cap.value, normal.value, essential.value, hours.value, text.reason.trim());
  const ready = order !== null && !capError && !hoursError && !reasonError;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    start({ kind: "declareEmergency", order }, () => setText((now) => (now === text ? EMPTY : now)));
  };
  const withFee = cap.value !== null && market ? priceWithFee(cap.value, BigInt(market.feeBps)) : null;
  return (
    <Card title="Grid operator: Disaster mode" className="border-amber/50">
      <p className="text-sm text-soft">
        {inForce
          ? "Disaster mode is in force. Declaring again replaces its rules."
          : "When the grid is out: cap the price and share out the energy, for everybody, until you end it or its time is over."}
      </p>
      {inForce && (
        <Button className="mt-3 w-full" onClick={() => start({ kind: "endEmergency" })}>
          End Disaster mode
        </Button>
      )}
      <form className="mt-4 grid gap-y-2" onSubmit={submit} noValidate aria-label="Declare Disaster mode">
        <Field
          label="Price cap: sellers receive at most"
          unit={`${format.symbol}/kWh`}
          value={text.cap}
          onChange={set("cap")}
          error={capError}
          hint={withFee === null ? undefined : `Buyers pay ${format.price(withFee)} at most, with the grid fee.`}
          placeholder={input.placeholder}
        />
        <Field
          label="Normal homes buy at most, each slot"
          unit="kWh"
          value={text.normal}
          onChange={set("normal")}
          error={normal.error}
          placeholder={input.placeholder}
        />
        <Field
          label="Essential homes buy at most, each slot"
          unit="kWh"
          value={text.essential}
          onChange={set("essential")}
          error={essential.error}
          hint="Critical ones buy without limit, wallets without a tier nothing."
          placeholder={input.placeholder}
        />
        <Field
          label={`Ends after (at most ${LONGEST_HOURS} hours)`}
          unit="hours"
          value={text.hours}
          onChange={set("hours")}
          error={hoursError}
        />
        <Field
          label="Reason, shown to everybody"
          inputMode="text"
          value={text.reason}
          onChange={set("reason")}
          error={reasonError}
          hint="Public on the blockchain, for ever."
        />
        <Button type="submit" className="w-full" disabled={!ready}>
          {inForce ? "Replace the rules" : "Declare Disaster mode"}
        </Button>
      </form>
    </Card>
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
