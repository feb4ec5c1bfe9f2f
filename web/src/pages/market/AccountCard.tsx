import { type FormEvent, type ReactNode, useState } from "react";
import { useSite } from "../../config/SiteContext.ts";
import { useWallet } from "../../data/chain.ts";
import { t } from "../../i18n/t.ts";
import { useTransactions } from "../../tx/TransactionProvider.tsx";
import { Button } from "../../ui/Button.tsx";
import { Card, Stat } from "../../ui/Card.tsx";
import { Field } from "../../ui/Field.tsx";
import { useAddress } from "../../wallet/session.ts";

/** Money in the contract and in the wallet, and the way between them. */
export function AccountCard() {
  const address = useAddress();
  const { format, deployment } = useSite();
  const { data: wallet, isError } = useWallet(address);
  if (!address) {
    return (
      <Card title={t("market.account")}>
        <p className="text-sm text-soft">{t("market.account.connect")}</p>
      </Card>
    );
  }
  const money = (amount: bigint | undefined): ReactNode =>
    amount === undefined ? "–" : <Money text={format.money(amount)} />;
  return (
    <Card title={t("market.account")}>
      <dl className="grid grid-cols-2 gap-4">
        <Stat
          label={t("market.account.balance")}
          tone="text-cyan"
          value={<span title={wallet && format.exactMoney(wallet.balance)}>{money(wallet?.balance)}</span>}
        />
        <Stat
          label={t("market.account.wallet")}
          value={<span title={wallet && format.exactMoney(wallet.tokens)}>{money(wallet?.tokens)}</span>}
        />
      </dl>
      {format.demoSign && (
        <p className="mt-2 text-xs text-muted">
          {t("app.rupee.demo", { sign: format.symbol, token: deployment.tokenSymbol })}
        </p>
      )}
      {isError && <p className="mt-2 text-xs text-amber">{t("market.account.stale")}</p>}
      <MoveMoney balance={wallet?.balance ?? 0n} tokens={wallet?.tokens ?? 0n} />
    </Card>
  );
}

/** The figure large, its unit small, on the side where the locale writes it. */
function Money({ text }: { text: string }) {
  const { symbol } = useSite().format;
  const unit = <span className="text-xs font-normal text-muted">{symbol}</span>;
  return text.startsWith(symbol) ? (
    <>
      {unit}
      {text.slice(symbol.length)}
    </>
  ) : (
    <>
      {text.slice(0, text.length - symbol.length)}
      {unit}
    </>
  );
}

function MoveMoney({ balance, tokens }: { balance: bigint; tokens: bigint }) {
  const { start } = useTransactions();
  const { deployment, format } = useSite();
  const [text, setText] = useState("");
  const parsed = format.input.read(text, deployment.tokenDecimals, t("app.field.amount"));
  const zero = parsed.value === 0n ? t("market.account.zero") : null;
  const amount = zero ? null : parsed.value;
  const most = balance > tokens ? balance : tokens;
  const error =
    parsed.error ??
    zero ??
    (amount !== null && amount > most ? t("market.account.tooMuch", { amount: format.money(most) }) : null);
  const move = (kind: "deposit" | "withdraw") => {
    // What was typed meanwhile stays.
    const onDone = () => setText((now) => (now === text ? "" : now));
    if (amount !== null) start({ kind, amount }, onDone);
  };
  const deposit = (event: FormEvent) => {
    event.preventDefault();
    move("deposit");
  };
  return (
    <form className="mt-4" onSubmit={deposit} noValidate>
      <Field
        label={t("app.field.amount")}
        unit={format.symbol}
        value={text}
        onChange={setText}
        error={error}
        placeholder={format.input.placeholder}
      />
      <div className="mt-1 grid grid-cols-2 gap-3">
        <Button type="submit" disabled={amount === null}>
          {t("market.account.deposit")}
        </Button>
        <Button disabled={amount === null || amount > balance} onClick={() => move("withdraw")}>
          {t("market.account.withdraw")}
        </Button>
      </div>
    </form>
  );
}
