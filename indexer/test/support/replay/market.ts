// Asks, bids, trades and clearings.
import type { Logs } from "./logs.ts";
import { rowOf } from "./parts.ts";
import { type EmissionFactor, totalsOf } from "./rows.ts";
import type { State } from "./state.ts";

const given = (set: EmissionFactor | undefined) => {
  if (!set) throw new Error("a trade before any emission factor");
  return set;
};

/** False for an event of another kind. */
export function replayMarket(state: State, log: Logs[number]): boolean {
  const {
    production,
    lots,
    trades,
    behind,
    claims,
    slots,
    days,
    clearings,
    skipped,
    bidOrigins,
    previousAsk,
    rules,
    user,
    wallet,
    slotDuration,
  } = state;
  const { origin } = log;
  switch (log.eventName) {
    case "AskSet": {
      const { seller, pricePerKwh, fromSlot } = log.args;
      const row = user(seller);
      if (row.askFromSlot !== fromSlot) previousAsk.set(seller, row.ask);
      row.ask = pricePerKwh;
      row.askFromSlot = fromSlot;
      break;
    }
    case "LotAskSet": {
      const lot = lots.get(`${log.args.seller} ${log.args.slot}`);
      if (!lot) throw new Error("ask of no lot");
      lot.ask = log.args.pricePerKwh;
      break;
    }
    case "EnergyTradeLogged": {
      const { tradeId, seller, buyer, slot, energyWh, pricePerKwh, feePaid, carbonGrams } = log.args;
      const whole = energyWh * pricePerKwh;
      const payment = whole / 1000n + (whole % 1000n === 0n ? 0n : 1n);
      const amounts = { energyWh, pricePerKwh, payment, feePaid, carbonGrams };
      trades.push({ tradeId, seller, buyer, slot, ...amounts, cleared: false, ...origin });
      const from = user(buyer);
      from.balance -= payment + feePaid;
      from.boughtWh += energyWh;
      from.paid += payment;
      from.feesPaid += feePaid;
      from.purchases += 1;
      const to = user(seller);
      to.balance += payment;
      to.soldWh += energyWh;
      to.earned += payment;
      to.sales += 1;
      const lot = lots.get(`${seller} ${slot}`);
      if (!lot) throw new Error("trade of no lot");
      behind.set(tradeId, {
        fact: state.facts - 1,
        headAfter: tradeId,
        emissionFactor: given(state.factor),
        provenance: {
          slotStart: slot * slotDuration,
          attestedWh: lot.attestedWh,
          soldBeforeWh: lot.soldWh,
          soldAfterWh: lot.soldWh + energyWh,
          readings: production.filter((row) => row.seller === seller && row.slot === slot),
        },
      });
      lot.soldWh += energyWh;
      from.carbonEarnedGrams += carbonGrams;
      const carbon = wallet(buyer);
      carbon.balanceGrams += carbonGrams;
      carbon.earnedGrams += carbonGrams;
      claims.push({
        id: tradeId,
        address: buyer,
        kind: "earned",
        grams: carbonGrams,
        tradeId,
        beneficiary: null,
        reason: null,
        ...origin,
      });
      const day = Math.floor((slot * slotDuration) / 86400);
      for (const totals of [rowOf(slots, slot, totalsOf), rowOf(days, day, totalsOf)]) {
        totals.volumeWh += energyWh;
        totals.turnover += payment;
        totals.fees += feePaid;
        totals.trades += 1;
        totals.carbonGrams += carbonGrams;
        if (pricePerKwh > totals.high) totals.high = pricePerKwh;
        if (pricePerKwh < totals.low) totals.low = pricePerKwh;
      }
      break;
    }
    case "BidSet": {
      const { buyer, fromSlot, pricePerKwh, maxWhPerSlot } = log.args;
      Object.assign(user(buyer), { bid: pricePerKwh, bidWh: maxWhPerSlot, bidFromSlot: fromSlot });
      bidOrigins.set(buyer, origin);
      break;
    }
    case "SlotCleared": {
      const { slot, pricePerKwh, energyWh } = log.args;
      clearings.push({ slot, pricePerKwh, energyWh, trades: log.args.trades, ...origin });
      const matched = log.args.trades === 0 ? [] : trades.slice(-log.args.trades);
      let sum = 0n;
      for (const trade of matched) {
        // What a clearing is: its own transaction's trades, of this slot, at this price, that add up.
        const { transactionHash } = trade;
        if (transactionHash !== origin.transactionHash || trade.slot !== slot || trade.pricePerKwh !== pricePerKwh) {
          throw new Error("cleared a trade of another kind");
        }
        trade.cleared = true;
        sum += trade.energyWh;
      }
      if (sum !== energyWh) throw new Error("cleared another amount");
      const day = Math.floor((slot * slotDuration) / 86400);
      for (const totals of [rowOf(slots, slot, totalsOf), rowOf(days, day, totalsOf)]) {
        totals.clearedWh += sum;
        for (const trade of matched) totals.clearedTurnover += trade.payment;
        totals.clearingPrice = pricePerKwh;
      }
      const before = rules.lastClearing as { slot: number; energyWh: bigint; trades: number } | null;
      const earlier = before?.slot === slot ? before : { energyWh: 0n, trades: 0 };
      rules.lastClearing = {
        slot,
        pricePerKwh,
        energyWh: earlier.energyWh + energyWh,
        trades: earlier.trades + matched.length,
      };
      break;
    }
    case "FillSkipped":
      state.facts -= 1;
      skipped.push({ ...log.args, ...origin });
      break;
    default:
      return false;
  }
  return true;
}
