import { type FormEvent, type ReactNode, useState } from "react";
import { useSite } from "../../config/SiteContext.ts";
import { useWallet } from "../../data/chain.ts";
import { useTransactions } from "../../tx/TransactionProvider.tsx";
import { Button } from "../../ui/Button.tsx";
import { Card, Stat } from "../../ui/Card.tsx";
import { Field } from "../../ui/Field.tsx";
import { useAddress } from "../../wallet/session.ts";

/** Money in the contract and in the wallet, and the way between them. */
export function AccountCard() {
  const address = useAddress();
  const { format } = useSite();
  const { data: wallet, isError } = useWallet(address);
  if (!address) {
    return (
      <Card title="My account">
        <p className="text-sm text-soft">
          Connect a wallet at the top of the page to buy, to sell and to see your money.
        </p>
      </Card>
    );
  }
  const money = (amount: bigint | undefined): ReactNode =>
    amount === undefined ? "–" : <Money text={format.money(amount)} />;
  return (
    <Card title="My account">
      <dl className="grid grid-cols-2 gap-4">
        <Stat
          label="In my account"
          tone="text-cyan"
          value={<span title={wallet && format.exactMoney(wallet.balance)}>{money(wallet?.balance)}</span>}
        />
        <Stat
          label="In my wallet"
          value={<span title={wallet && format.exactMoney(wallet.tokens)}>{money(wallet?.tokens)}</span>}
        />
      </dl>
      {isError && <p className="mt-2 text-xs text-amber">The chain can't be read right now; figures may be old.</p>}
      <MoveMoney balance={wallet?.balance ?? 0n} tokens={wallet?.tokens ?? 0n} />
    </Card>
  );
}

/** The figure large, its unit small. */
function Money({ text }: { text: string }) {
  const space = text.lastIndexOf(" ");
  return (
    <>
      {text.slice(0, space)} <span className="text-xs font-normal text-muted">{text.slice(space + 1)}</span>
    </>
  );
}

function MoveMoney({ balance, tokens }: { balance: bigint; tokens: bigint }) {
  const { start } = useTransactions();
  const { deployment, format } = useSite();
  const [text, setText] = useState("");
  const parsed = format.input.read(text, deployment.tokenDecimals, "Amount");
  const zero = parsed.value === 0n ? "Give more than 0." : null;
  const amount = zero ? null : parsed.value;
  const most = balance > tokens ? balance : tokens;
  const error =
    parsed.error ??
    zero ??
    (amount !== null && amount > most ? `You have at most ${format.money(most)} in one place.` : null);
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
        label="Amount"
        unit={format.symbol}
        value={text}
        onChange={setText}
        error={error}
        placeholder={format.input.placeholder}
      />
      <div className="mt-1 grid grid-cols-2 gap-3">
        <Button type="submit" disabled={amount === null}>
          Deposit
        </Button>
        <Button disabled={amount === null || amount > balance} onClick={() => move("withdraw")}>
          Withdraw
        </Button>
      </div>
    </form>
  );
}
