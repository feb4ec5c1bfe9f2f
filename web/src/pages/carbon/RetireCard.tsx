import { type FormEvent, useState } from "react";
import type { Address } from "viem";
import { useSite } from "../../config/SiteContext.ts";
import { useWallet } from "../../data/chain.ts";
import { t } from "../../i18n/t.ts";
import { bytesOf, LONGEST_BENEFICIARY_BYTES, LONGEST_REASON_BYTES } from "../../tx/orders/retirement.ts";
import { useTransactions } from "../../tx/TransactionProvider.tsx";
import { Button } from "../../ui/Button.tsx";
import { Card } from "../../ui/Card.tsx";
import { Field } from "../../ui/Field.tsx";

/** Carbon is typed in kg and counted in grams. */
const KG_DECIMALS = 3;
const EMPTY = { amount: "", beneficiary: "", reason: "" };

const lengthError = (text: string, most: number): string | null => {
  const bytes = bytesOf(text);
  return bytes > most ? t("carbon.retire.long", { bytes: `${bytes}`, most: `${most}` }) : null;
};

/** Retires carbon of the wallet in somebody's name. */
export function RetireCard({ address }: { address: Address }) {
  const { start } = useTransactions();
  const { format } = useSite();
  const { data: wallet } = useWallet(address);
  const [text, setText] = useState(EMPTY);
  const set = (name: keyof typeof EMPTY) => {
    return (value: string) => setText((now) => ({ ...now, [name]: value }));
  };
  const { input } = format;
  const amount = input.read(text.amount, KG_DECIMALS, t("carbon.retire.amount"));
  const held = wallet?.carbonGrams;
  const amountError =
    amount.error ??
    (amount.value === 0n ? t("carbon.retire.zero") : null) ??
    (amount.value !== null && held !== undefined && amount.value > held
      ? t("carbon.retire.tooMuch", { amount: format.carbon(held) })
      : null);
  const [beneficiary, reason] = [text.beneficiary.trim(), text.reason.trim()];
  const beneficiaryError = lengthError(beneficiary, LONGEST_BENEFICIARY_BYTES);
  const reasonError = lengthError(reason, LONGEST_REASON_BYTES);
  const ready = amount.value !== null && !amountError && !beneficiaryError && !reasonError;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!ready || amount.value === null) return;
    const order = { grams: amount.value, beneficiary, reason };
    // What was typed meanwhile stays.
    start({ kind: "retireCarbon", order }, () => setText((now) => (now === text ? EMPTY : now)));
  };
  return (
    <Card title={t("carbon.retire")}>
      <p className="text-sm text-soft">{held === 0n ? t("carbon.retire.none") : t("carbon.retire.lead")}</p>
      <form className="mt-3 grid gap-y-2" onSubmit={submit} noValidate aria-label={t("carbon.retire")}>
        <Field
          label={t("carbon.retire.amount")}
          unit="kg CO₂e"
          value={text.amount}
          onChange={set("amount")}
          error={amountError}
          placeholder={input.placeholder}
          {...(held !== undefined && { onMost: () => set("amount")(input.write(held, KG_DECIMALS)) })}
        />
        <Field
          label={t("carbon.retire.beneficiary")}
          inputMode="text"
          value={text.beneficiary}
          onChange={set("beneficiary")}
          error={beneficiaryError}
          hint={t("carbon.retire.public")}
        />
        <Field
          label={t("carbon.retire.reason")}
          inputMode="text"
          value={text.reason}
          onChange={set("reason")}
          error={reasonError}
          hint={t("carbon.retire.public")}
        />
        <Button type="submit" look="primary" className="w-full" disabled={!ready}>
          {t("carbon.retire.button")}
        </Button>
      </form>
    </Card>
  );
}
