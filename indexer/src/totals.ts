// Totals by slot and by day.
import type { Context } from "ponder:registry";
import { dayAccount, dayMarket, type energyTrade, slotMarket, slotPurchase } from "ponder:schema";
import type { Address } from "viem";
import { deployment } from "./deployment.ts";

const SECONDS_PER_DAY = 86_400n;

type Totals = Omit<typeof slotMarket.$inferSelect, "slot">;

const nothing: Totals = {
  volumeWh: 0n,
  turnover: 0n,
  fees: 0n,
  high: 0n,
  low: 0n,
  trades: 0,
  carbonGrams: 0n,
  buyers: 0,
  sellers: 0,
  clearedWh: 0n,
  clearedTurnover: 0n,
  clearingPrice: null,
};

function higher(a: bigint, b: bigint): bigint {
  if (a > b) return a;
  return b;
}

/** Zero is the low of nothing, and no price. */
function lower(a: bigint, b: bigint): bigint {
  if (a === 0n || b === 0n) return a + b;
  return -higher(-a, -b);
}

function add(a: Totals, b: Totals): Totals {
  return {
    volumeWh: a.volumeWh + b.volumeWh,
    turnover: a.turnover + b.turnover,
    fees: a.fees + b.fees,
    high: higher(a.high, b.high),
    low: lower(a.low, b.low),
    trades: a.trades + b.trades,
    carbonGrams: a.carbonGrams + b.carbonGrams,
    buyers: a.buyers + b.buyers,
    sellers: a.sellers + b.sellers,
    clearedWh: a.clearedWh + b.clearedWh,
    clearedTurnover: a.clearedTurnover + b.clearedTurnover,
    clearingPrice: b.clearingPrice ?? a.clearingPrice,
  };
}

const dayOf = (slot: number) => Number((BigInt(slot) * BigInt(deployment.slotDuration)) / SECONDS_PER_DAY);

async function addToSlot(context: Context, slot: number, totals: Totals) {
  await context.db
    .insert(slotMarket)
    .values({ slot, ...totals })
    .onConflictDoUpdate((row) => add(row, totals));
}

async function addToDay(context: Context, day: number, totals: Totals) {
  await context.db
    .insert(dayMarket)
    .values({ day, ...totals })
    .onConflictDoUpdate((row) => add(row, totals));
}

/** Adds what is no trade of its own to the totals of a slot and of the day in which it began. */
export async function addToMarkets(context: Context, slot: number, part: Partial<Totals>) {
  const totals = { ...nothing, ...part };
  await addToSlot(context, slot, totals);
  await addToDay(context, dayOf(slot), totals);
}

type Trade = Pick<
  typeof energyTrade.$inferSelect,
  "seller" | "buyer" | "slot" | "energyWh" | "pricePerKwh" | "payment" | "feePaid" | "carbonGrams"
>;
type DayAccount = Omit<typeof dayAccount.$inferSelect, "day" | "address">;

/** Adds to a participant's day, and gives it as it is then. */
function addToDayAccount(context: Context, day: number, address: Address, part: Partial<DayAccount>) {
  const none = { boughtWh: 0n, soldWh: 0n, paid: 0n, feesPaid: 0n, earned: 0n, carbonGrams: 0n };
  const { boughtWh, soldWh, paid, feesPaid, earned, carbonGrams, purchases, sales } = {
    ...{ ...none, purchases: 0, sales: 0 },
    ...part,
  };
  return context.db
    .insert(dayAccount)
    .values({ day, address, boughtWh, soldWh, paid, feesPaid, earned, carbonGrams, purchases, sales })
    .onConflictDoUpdate((row) => ({
      boughtWh: row.boughtWh + boughtWh,
      soldWh: row.soldWh + soldWh,
      paid: row.paid + paid,
      feesPaid: row.feesPaid + feesPaid,
      earned: row.earned + earned,
      carbonGrams: row.carbonGrams + carbonGrams,
      purchases: row.purchases + purchases,
      sales: row.sales + sales,
    }));
}

/** Adds a trade to the totals of its slot and day, and of its parties in them. */
export async function addTrade(context: Context, trade: Trade, isFirstOfLot: boolean) {
  const { seller, buyer, slot, energyWh, pricePerKwh, payment, feePaid, carbonGrams } = trade;
  const day = dayOf(slot);
  const bought = { boughtWh: energyWh, paid: payment, feesPaid: feePaid, carbonGrams };
  const inSlot = await context.db
    .insert(slotPurchase)
    .values({ slot, buyer, ...bought, trades: 1 })
    .onConflictDoUpdate((row) => ({
      boughtWh: row.boughtWh + energyWh,
      paid: row.paid + payment,
      feesPaid: row.feesPaid + feePaid,
      carbonGrams: row.carbonGrams + carbonGrams,
      trades: row.trades + 1,
    }));
  const { purchases } = await addToDayAccount(context, day, buyer, { ...bought, purchases: 1 });
  const { sales } = await addToDayAccount(context, day, seller, { soldWh: energyWh, earned: payment, sales: 1 });
  const totals = {
    ...nothing,
    volumeWh: energyWh,
    turnover: payment,
    fees: feePaid,
    high: pricePerKwh,
    low: pricePerKwh,
    trades: 1,
    carbonGrams,
  };
  const isFirst = (count: number) => (count === 1 ? 1 : 0);
  // A slot has one lot of each seller.
  await addToSlot(context, slot, { ...totals, buyers: isFirst(inSlot.trades), sellers: isFirstOfLot ? 1 : 0 });
  await addToDay(context, day, { ...totals, buyers: isFirst(purchases), sellers: isFirst(sales) });
}
