// Rows that several handlers change.
import type { Context } from "ponder:registry";
import { account, carbonWallet, quote } from "ponder:schema";
import type { Address } from "viem";

type Account = typeof account.$inferSelect;
type Quote = typeof quote.$inferSelect;
type Wallet = typeof carbonWallet.$inferSelect;

const emptyAccount = {
  tier: 0,
  balance: 0n,
  deposited: 0n,
  withdrawn: 0n,
  feesCollected: 0n,
  boughtWh: 0n,
  soldWh: 0n,
  paid: 0n,
  feesPaid: 0n,
  earned: 0n,
  purchases: 0,
  sales: 0,
};

/** Changes an account, which begins to exist with its first mention. */
export async function changeAccount(
  context: Context,
  address: Address,
  change: (row: Account) => Partial<Omit<Account, "address">> = () => ({}),
) {
  const empty = { address, ...emptyAccount };
  await context.db
    .insert(account)
    .values({ ...empty, ...change(empty) })
    .onConflictDoUpdate(change);
}

export async function changeWallet(
  context: Context,
  address: Address,
  change: (row: Wallet) => Partial<Omit<Wallet, "address">>,
) {
  const empty = { address, balanceGrams: 0n, earnedGrams: 0n, spentGrams: 0n };
  await context.db
    .insert(carbonWallet)
    .values({ ...empty, ...change(empty) })
    .onConflictDoUpdate(change);
}

const emptyQuote = {
  ask: 0n,
  askFromSlot: 0,
  previousAsk: 0n,
  bid: 0n,
  bidWh: 0n,
  bidFromSlot: 0,
  bidBlockNumber: null,
  bidLogIndex: null,
  bidTimestamp: null,
};

export async function changeQuote(
  context: Context,
  address: Address,
  change: (row: Quote) => Partial<Omit<Quote, "address">>,
) {
  const empty = { address, ...emptyQuote };
  await context.db
    .insert(quote)
    .values({ ...empty, ...change(empty) })
    .onConflictDoUpdate(change);
}
