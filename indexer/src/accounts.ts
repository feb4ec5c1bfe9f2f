import { ponder } from "ponder:registry";
import { appendFact } from "./ledger/append.ts";
import { changeAccount } from "./rows.ts";

ponder.on("GridX:Deposited", async ({ event, context }) => {
  const { account, amount } = event.args;
  await changeAccount(context, account, (row) => ({
    balance: row.balance + amount,
    deposited: row.deposited + amount,
  }));
  await appendFact(context, "Deposited", event);
});

ponder.on("GridX:Withdrawn", async ({ event, context }) => {
  const { account, amount } = event.args;
  await changeAccount(context, account, (row) => ({
    balance: row.balance - amount,
    withdrawn: row.withdrawn + amount,
  }));
  await appendFact(context, "Withdrawn", event);
});

ponder.on("GridX:FeesCollected", async ({ event, context }) => {
  const { treasury, amount } = event.args;
  await changeAccount(context, treasury, (row) => ({
    balance: row.balance + amount,
    feesCollected: row.feesCollected + amount,
  }));
  await appendFact(context, "FeesCollected", event);
});
