import { type FormEvent, useId, useState } from "react";
import { useSite } from "../../config/SiteContext.ts";
import { t } from "../../i18n/t.ts";
import { Button } from "../../ui/Button.tsx";
import { Field } from "../../ui/Field.tsx";
import { addressIn, isNarrowed, momentOf, momentText, slotAt, type TradeFilter } from "./filter.ts";

interface FilterFormProps {
  filter: TradeFilter;
  onChange: (filter: TradeFilter) => void;
}

/** What the list is narrowed by. Its fields begin with what the page's address says; nothing changes until it is sent. */
export function FilterForm({ filter, onChange }: FilterFormProps) {
  const { format, deployment } = useSite();
  const { slotDuration } = deployment;
  const [wallet, setWallet] = useState<string>(filter.wallet ?? "");
  const [from, setFrom] = useState(momentText(filter.from));
  const [to, setTo] = useState(momentText(filter.to));
  const [produced, setProduced] = useState(
    momentText(filter.slot === undefined ? undefined : filter.slot * slotDuration),
  );
  const walletError = wallet.trim() !== "" && !addressIn(wallet) ? t("trades.filter.wallet.error") : null;
  const [first, last] = [momentOf(from), momentOf(to)];
  const timeError = first !== undefined && last !== undefined && first > last ? t("trades.filter.to.error") : null;
  const slot = slotAt(momentOf(produced), slotDuration);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (walletError || timeError) return;
    const given = addressIn(wallet);
    onChange({ mine: filter.mine && given === undefined, wallet: given, from: first, to: last, slot });
  };
  return (
    <form
      onSubmit={submit}
      noValidate
      aria-label={t("trades.filter")}
      className="grid gap-x-4 gap-y-1 px-5 pb-4 sm:grid-cols-2 xl:grid-cols-[minmax(0,1fr)_repeat(3,minmax(0,1.08fr))_auto] xl:items-start"
    >
      <Field
        label={t("trades.filter.wallet")}
        inputMode="text"
        value={wallet}
        onChange={setWallet}
        error={walletError}
        hint={t("trades.filter.wallet.hint")}
      />
      <MomentField
        label={t("trades.filter.from")}
        value={from}
        onChange={setFrom}
        note={t("trades.filter.from.hint")}
      />
      <MomentField
        label={t("trades.filter.to")}
        value={to}
        onChange={setTo}
        note={t("trades.filter.to.hint")}
        error={timeError}
      />
      <MomentField
        label={t("trades.filter.slot")}
        value={produced}
        onChange={setProduced}
        note={
          slot === undefined
            ? t("trades.filter.slot.hint")
            : t("trades.filter.slot.is", { slot: format.slotRange(slot) })
        }
      />
      <div className="flex gap-2 sm:col-span-2 xl:col-span-1 xl:mt-6.5">
        <Button type="submit" className="flex-1 xl:flex-none">
          {t("trades.filter.show")}
        </Button>
        {isNarrowed(filter) && (
          <Button look="quiet" onClick={() => onChange({ mine: filter.mine })}>
            {t("trades.filter.clear")}
          </Button>
        )}
      </div>
    </form>
  );
}

interface MomentFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  note: string;
  error?: string | null;
}

/** A moment in the reader's time zone, by the browser's own field for it. */
function MomentField({ label, value, onChange, note, error }: MomentFieldProps) {
  const id = useId();
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="text-sm text-soft">
        {label}
      </label>
      <input
        id={id}
        type="datetime-local"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        aria-describedby={`${id}-note`}
        aria-invalid={error ? true : undefined}
        className={`mt-1 min-h-11 w-full min-w-0 rounded-control border bg-night/60 px-3 text-base ${error ? "border-red/70" : "border-edge/70"}`}
      />
      <p id={`${id}-note`} className={`mt-1 min-h-5 text-xs ${error ? "text-red" : "text-muted"}`}>
        {error ?? note}
      </p>
    </div>
  );
}
