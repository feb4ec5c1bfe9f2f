import { ponder } from "ponder:registry";
import { carbonTransaction } from "ponder:schema";
import { appendFact, originOf } from "./ledger/append.ts";
import { changeAccount, changeWallet } from "./rows.ts";
import { readable } from "./text.ts";

ponder.on("GridX:CarbonSpent", async ({ event, context }) => {
  const { claimId, account, grams, beneficiary, reason } = event.args;
  await changeAccount(context, account);
  await changeWallet(context, account, (row) => ({
    balanceGrams: row.balanceGrams - grams,
    spentGrams: row.spentGrams + grams,
  }));
  await context.db.insert(carbonTransaction).values({
    id: claimId,
    address: account,
    kind: "spent",
    grams,
    tradeId: null,
    beneficiary: readable(beneficiary),
    reason: readable(reason),
    ...originOf(event),
  });
  await appendFact(context, "CarbonSpent", event);
});
