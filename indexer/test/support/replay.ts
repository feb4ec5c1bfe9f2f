// What the rows must be, out of the decoded logs. Plain arithmetic of its own: nothing of the handlers is used here.
import { gridxAbi } from "@gridx/contracts";
import { type Address, type GetLogsReturnType, type Hex, type PublicClient, parseEventLogs } from "viem";

interface Origin {
  blockNumber: number;
  blockTimestamp: number;
  transactionHash: Hex;
  logIndex: number;
}

export async function readLogs(client: Pick<PublicClient, "getLogs" | "getBlock">, address: Address, toBlock: bigint) {
  const logs = parseEventLogs({
    abi: gridxAbi,
    logs: (await client.getLogs({ address, fromBlock: 0n, toBlock })) as GetLogsReturnType,
  });
  const times = new Map<bigint, number>();
  for (const { blockNumber } of logs) {
    if (!times.has(blockNumber)) times.set(blockNumber, Number((await client.getBlock({ blockNumber })).timestamp));
  }
  return logs.map((log) => ({
    ...log,
    origin: {
      blockNumber: Number(log.blockNumber),
      blockTimestamp: times.get(log.blockNumber) ?? 0,
      transactionHash: log.transactionHash,
      logIndex: log.logIndex,
    } satisfies Origin,
  }));
}
export type Logs = Awaited<ReturnType<typeof readLogs>>;

const userOf = (address: Address) => ({
  address,
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
  carbonEarnedGrams: 0n,
  carbonRetiredGrams: 0n,
  ask: 0n,
  askFromSlot: 0,
  bid: 0n,
  bidWh: 0n,
  bidFromSlot: 0,
});
const walletOf = (address: Address) => ({ address, balanceGrams: 0n, earnedGrams: 0n, spentGrams: 0n });
const totalsOf = () => ({
  volumeWh: 0n,
  turnover: 0n,
  fees: 0n,
  high: 0n,
  low: 2n ** 96n,
  trades: 0,
  carbonGrams: 0n,
  buyers: 0,
  sellers: 0,
  clearedWh: 0n,
  clearedTurnover: 0n,
  clearingPrice: null as bigint | null,
});

interface EmergencyRow extends Origin {
  priceCap: bigint;
  normalWhPerSlot: bigint;
  essentialWhPerSlot: bigint;
  endsAt: number;
  reason: string;
  endedBlockNumber: number | null;
  endedLogIndex: number | null;
  endedTimestamp: number | null;
}

interface TradeRow extends Origin {
  tradeId: Hex;
  seller: Address;
  buyer: Address;
  slot: number;
  energyWh: bigint;
  pricePerKwh: bigint;
  payment: bigint;
  feePaid: bigint;
  carbonGrams: bigint;
  cleared: boolean;
}

interface EmissionFactor {
  gramsPerMwh: number;
  source: string;
  vintage: string;
  transactionHash: Hex;
}

/** What is behind a trade's energy, and where it stands in the ledger. */
interface Behind {
  fact: number;
  headBefore: Hex;
  headAfter: Hex;
  emissionFactor: EmissionFactor;
  provenance: {
    slotStart: number;
    attestedWh: bigint;
    soldBeforeWh: bigint;
    soldAfterWh: bigint;
    readings: object[];
  };
}

const partOf = () => ({ boughtWh: 0n, soldWh: 0n, paid: 0n, feesPaid: 0n, earned: 0n, carbonGrams: 0n });

/** What each took part in of one slot or day, from all its trades. */
function parts(trades: readonly TradeRow[], periodOf: (trade: TradeRow) => number) {
  const all = new Map<string, ReturnType<typeof partOf> & { period: number; address: Address; trades: TradeRow[] }>();
  for (const trade of trades) {
    const period = periodOf(trade);
    for (const address of [trade.buyer, trade.seller]) {
      const part = fetch(all, `${period} ${address}`, () => ({ period, address, ...partOf(), trades: [] }));
      part.trades.push(trade);
      if (address === trade.seller) {
        part.soldWh += trade.energyWh;
        part.earned += trade.payment;
        continue;
      }
      part.boughtWh += trade.energyWh;
      part.paid += trade.payment;
      part.feesPaid += trade.feePaid;
      part.carbonGrams += trade.carbonGrams;
    }
  }
  return [...all.values()].map(({ trades, ...part }) => ({
    ...part,
    purchases: trades.filter(({ buyer }) => buyer === part.address).length,
    sales: trades.filter(({ seller }) => seller === part.address).length,
  }));
}

const shown = (text: string) => text.split("\0").join("\uFFFD");

function fetch<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

interface HouseRow {
  house: Address;
  meter: Address;
  owner: Address;
  capacityWatts: number;
  fromSlot: number;
  active: boolean;
  newestSlot: number | null;
  exportedWh: bigint;
  readings: number;
}

export function replay(logs: Logs, slotDuration: number) {
  const users = new Map<Address, ReturnType<typeof userOf>>();
  const wallets = new Map<Address, ReturnType<typeof walletOf>>();
  const houses = new Map<Address, HouseRow>();
  const houseByMeter = new Map<Address, Address>();
  const production: ({
    house: Address;
    meter: Address;
    seller: Address;
    slot: number;
    exportWh: bigint;
    ask: bigint;
  } & Origin)[] = [];
  const lots = new Map<string, { seller: Address; slot: number; attestedWh: bigint; soldWh: bigint; ask: bigint }>();
  const trades: TradeRow[] = [];
  const behind = new Map<Hex, Omit<Behind, "headBefore">>();
  const claims: (Record<string, unknown> & Origin & { address: Address })[] = [];
  const slots = new Map<number, ReturnType<typeof totalsOf>>();
  const days = new Map<number, ReturnType<typeof totalsOf>>();
  const rejected: { meter: Address; slot: number; exportWh: bigint; reason: number }[] = [];
  const clearings: ({ slot: number; pricePerKwh: bigint; energyWh: bigint; trades: number } & Origin)[] = [];
  const skipped: ({ slot: number; participant: Address; reason: number } & Origin)[] = [];
  const emergencies: EmergencyRow[] = [];
  const bidOrigins = new Map<Address, Origin>();
  const changes: string[] = [];
  const earned = new Map<Address, bigint>();
  const previousAsk = new Map<Address, bigint>();
  const rules: Record<string, unknown> = { lastClearing: null };
  let facts = 0;
  let factor: EmissionFactor | undefined;
  const given = (set: EmissionFactor | undefined) => {
    if (!set) throw new Error("a trade before any emission factor");
    return set;
  };

  const user = (address: Address) => fetch(users, address, () => userOf(address));
  const wallet = (address: Address) => fetch(wallets, address, () => walletOf(address));
  const house = (meter: Address) => {
    const row = houses.get(houseByMeter.get(meter) ?? meter);
    if (!row) throw new Error(`no house ${meter}`);
    return row;
  };

  for (const log of logs) {
    const { origin } = log;
    facts += 1;
    switch (log.eventName) {
      case "HouseRegistered": {
        const { meter, owner, capacityWatts, fromSlot } = log.args;
        const fresh = { active: true, newestSlot: null, exportedWh: 0n, readings: 0 };
        houses.set(meter, { house: meter, meter, owner, capacityWatts, fromSlot, ...fresh });
        houseByMeter.set(meter, meter);
        user(owner);
        break;
      }
      case "HouseUpdated":
        Object.assign(house(log.args.meter), { owner: log.args.owner, capacityWatts: log.args.capacityWatts });
        user(log.args.owner);
        break;
      case "MeterReplaced": {
        const row = house(log.args.oldMeter);
        row.meter = log.args.newMeter;
        houseByMeter.set(log.args.newMeter, row.house);
        break;
      }
      case "HouseRetired":
        house(log.args.meter).active = false;
        break;
      case "TierSet":
        user(log.args.participant).tier = log.args.tier;
        break;
      case "EnergyAttested": {
        const { meter, seller, slot, exportWh, ask } = log.args;
        const row = house(meter);
        row.newestSlot = row.newestSlot === null || slot > row.newestSlot ? slot : row.newestSlot;
        row.exportedWh += exportWh;
        row.readings += 1;
        production.push({ house: row.house, meter, seller, slot, exportWh, ask, ...origin });
        user(seller);
        if (exportWh > 0n) {
          const lot = fetch(lots, `${seller} ${slot}`, () => ({ seller, slot, attestedWh: 0n, soldWh: 0n, ask }));
          lot.attestedWh += exportWh;
        }
        break;
      }
      case "ReadingRejected":
        facts -= 1;
        rejected.push({ ...log.args });
        break;
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
          fact: facts - 1,
          headAfter: tradeId,
          emissionFactor: given(factor),
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
        for (const totals of [fetch(slots, slot, totalsOf), fetch(days, day, totalsOf)]) {
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
        for (const totals of [fetch(slots, slot, totalsOf), fetch(days, day, totalsOf)]) {
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
        facts -= 1;
        skipped.push({ ...log.args, ...origin });
        break;
      case "EmergencyDeclared":
      case "EmergencyEnded": {
        const last = emergencies.at(-1);
        if (last && last.endedTimestamp === null && origin.blockTimestamp < last.endsAt) {
          last.endedBlockNumber = origin.blockNumber;
          last.endedLogIndex = origin.logIndex;
          last.endedTimestamp = origin.blockTimestamp;
        }
        if (log.eventName === "EmergencyEnded") break;
        const never = { endedBlockNumber: null, endedLogIndex: null, endedTimestamp: null };
        emergencies.push({ ...log.args, reason: shown(log.args.reason), ...origin, ...never });
        break;
      }
      case "CarbonEarned":
        facts -= 1;
        earned.set(log.args.account, (earned.get(log.args.account) ?? 0n) + log.args.grams);
        break;
      case "CarbonSpent": {
        const { claimId, account, grams, beneficiary, reason } = log.args;
        user(account).carbonRetiredGrams += grams;
        wallet(account).balanceGrams -= grams;
        wallet(account).spentGrams += grams;
        claims.push({
          id: claimId,
          address: account,
          kind: "spent",
          grams,
          tradeId: null,
          beneficiary: shown(beneficiary),
          reason: shown(reason),
          ...origin,
        });
        break;
      }
      case "Deposited":
        user(log.args.account).balance += log.args.amount;
        user(log.args.account).deposited += log.args.amount;
        break;
      case "Withdrawn":
        user(log.args.account).balance -= log.args.amount;
        user(log.args.account).withdrawn += log.args.amount;
        break;
      case "FeesCollected":
        user(log.args.treasury).balance += log.args.amount;
        user(log.args.treasury).feesCollected += log.args.amount;
        break;
      case "MarketParametersSet":
        Object.assign(rules, log.args.parameters);
        changes.push("market");
        break;
      case "EmissionFactorSet":
        rules.gramsPerMwh = log.args.gramsPerMwh;
        rules.emissionSource = log.args.source;
        rules.emissionVintage = log.args.vintage;
        factor = { ...log.args, transactionHash: origin.transactionHash };
        changes.push("emission_factor");
        break;
      default:
        facts -= 1;
    }
  }
  // Nothing was traded where a clearing matched nothing.
  for (const totals of [...slots.values(), ...days.values()]) if (totals.trades === 0) totals.low = 0n;
  const dayOf = ({ slot }: { slot: number }) => Math.floor((slot * slotDuration) / 86400);
  const bySlot = parts(trades, ({ slot }) => slot);
  const byDay = parts(trades, dayOf);
  const count = (totals: ReadonlyMap<number, ReturnType<typeof totalsOf>>, rows: typeof byDay) => {
    for (const [period, total] of totals) {
      const present = rows.filter((row) => row.period === period);
      total.buyers = present.filter(({ purchases }) => purchases > 0).length;
      total.sellers = present.filter(({ sales }) => sales > 0).length;
    }
  };
  count(slots, bySlot);
  count(days, byDay);
  return {
    users,
    wallets,
    houses,
    houseByMeter,
    production,
    lots,
    trades,
    behind,
    claims,
    slots,
    days,
    bySlot,
    byDay,
    rejected,
    clearings,
    skipped,
    emergencies,
    bidOrigins,
    changes,
    earned,
    previousAsk,
    rules,
    facts,
  };
}
export type Replayed = ReturnType<typeof replay>;
