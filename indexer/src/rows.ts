// Rows that several handlers change.
import type { Context } from "ponder:registry";
import { account, carbonWallet } from "ponder:schema";
import type { Address } from "viem";

/** Text for reading; PostgreSQL stores no NUL. The ledger keeps the bytes themselves. */
export const readable = (text: string) => text.replaceAll("\0", "\uFFFD");

type Account = typeof account.$inferSelect;
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
