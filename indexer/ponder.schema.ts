// Every table is a projection of the contract's events. Energy in Wh, money in token base units, carbon in grams.
import { index, onchainTable, type PgColumnsBuilders, primaryKey, relations } from "ponder";

// `integer` has 31 bits, and GraphQL's Int too: what can be more is a `bigint`.
// An index without a direction is read backwards for what is newest first. With `desc()` alone it would put nulls last,
// which no `order by … desc` of ours matches.

/** Where on the chain a row comes from. */
const origin = (p: PgColumnsBuilders) => ({
  blockNumber: p.int8({ mode: "number" }).notNull(),
  /** Unix seconds. */
  blockTimestamp: p.bigint().notNull(),
  transactionHash: p.hex().notNull(),
  logIndex: p.integer().notNull(),
});

export const account = onchainTable(
  "account",
  (p) => ({
    address: p.hex().primaryKey(),
    tier: p.integer().notNull(),
    balance: p.bigint().notNull(),
    deposited: p.bigint().notNull(),
    withdrawn: p.bigint().notNull(),
    feesCollected: p.bigint().notNull(),
    boughtWh: p.bigint().notNull(),
    soldWh: p.bigint().notNull(),
    paid: p.bigint().notNull(),
    feesPaid: p.bigint().notNull(),
    earned: p.bigint().notNull(),
    purchases: p.integer().notNull(),
    sales: p.integer().notNull(),
  }),
  (t) => ({ accountBalance: index("account_balance").on(t.balance) }),
);

/** An installation, known by its first meter's key. */
export const house = onchainTable(
  "house",
  (p) => ({
    house: p.hex().primaryKey(),
    meter: p.hex().notNull(),
    owner: p.hex().notNull(),
    capacityWatts: p.bigint().notNull(),
    fromSlot: p.integer().notNull(),
    active: p.boolean().notNull(),
    newestSlot: p.integer(),
    exportedWh: p.bigint().notNull(),
    readings: p.integer().notNull(),
    ...origin(p),
  }),
  (t) => ({
    houseRegistered: index("house_registered").on(t.blockNumber, t.logIndex),
    houseOwner: index("house_owner").on(t.owner, t.blockNumber, t.logIndex),
  }),
);

/** Every meter key that a house ever had. */
export const meter = onchainTable(
  "meter",
  (p) => ({ meter: p.hex().primaryKey(), house: p.hex().notNull(), ...origin(p) }),
  (t) => ({ meterHouse: index("meter_house").on(t.house) }),
);

/** Attested readings. */
export const energyProduction = onchainTable(
  "energy_production",
  (p) => ({
    house: p.hex().notNull(),
    slot: p.integer().notNull(),
    meter: p.hex().notNull(),
    seller: p.hex().notNull(),
    exportWh: p.bigint().notNull(),
    ask: p.bigint().notNull(),
    ...origin(p),
  }),
  // The key, read backwards, is also the order of a house's readings.
  (t) => ({
    key: primaryKey({ columns: [t.house, t.slot] }),
    energyProductionSeller: index("energy_production_seller").on(t.seller, t.slot),
  }),
);

/** Readings that the contract left out. Anybody can cause one, with any slot. */
export const readingRejected = onchainTable(
  "reading_rejected",
  (p) => ({
    meter: p.hex().notNull(),
    slot: p.bigint().notNull(),
    exportWh: p.bigint().notNull(),
    reason: p.text().notNull(),
    ...origin(p),
  }),
  (t) => ({
    key: primaryKey({ columns: [t.blockNumber, t.logIndex] }),
    readingRejectedMeter: index("reading_rejected_meter").on(t.meter),
  }),
);

/** What one seller exported in one slot. The contract's ring forgets; this table does not. */
export const lot = onchainTable(
  "lot",
  (p) => ({
    seller: p.hex().notNull(),
    slot: p.integer().notNull(),
    attestedWh: p.bigint().notNull(),
    soldWh: p.bigint().notNull(),
    ask: p.bigint().notNull(),
  }),
  (t) => ({ key: primaryKey({ columns: [t.seller, t.slot] }), lotSlot: index("lot_slot").on(t.slot) }),
);

/**
 * Standing prices of a participant: `ask` for lots of `askFromSlot` and later, `previousAsk` for earlier ones; `bid` is
 * the most to pay per kWh, fee included, for at most `bidWh` in each slot from `bidFromSlot` on.
 */
export const quote = onchainTable(
  "quote",
  (p) => ({
    address: p.hex().primaryKey(),
    ask: p.bigint().notNull(),
    askFromSlot: p.integer().notNull(),
    previousAsk: p.bigint().notNull(),
    bid: p.bigint().notNull(),
    bidWh: p.bigint().notNull(),
    bidFromSlot: p.integer().notNull(),
    /** Where and when the bid was set, null where none ever was. */
    bidBlockNumber: p.int8({ mode: "number" }),
    bidLogIndex: p.integer(),
    bidTimestamp: p.bigint(),
  }),
  (t) => ({ quoteBid: index("quote_bid").on(t.bid.desc().nullsFirst(), t.address) }),
);

export const energyTrade = onchainTable(
  "energy_trade",
  (p) => ({
    tradeId: p.hex().primaryKey(),
    seller: p.hex().notNull(),
    buyer: p.hex().notNull(),
    slot: p.integer().notNull(),
    energyWh: p.bigint().notNull(),
    pricePerKwh: p.bigint().notNull(),
    payment: p.bigint().notNull(),
    feePaid: p.bigint().notNull(),
    carbonGrams: p.bigint().notNull(),
    /** Matched by a clearing; else bought directly. */
    cleared: p.boolean().notNull(),
    /** Index of its fact in the ledger. */
    fact: p.integer().notNull(),
    /** What was sold of the lot once it was made, its own energy included. */
    lotSoldWh: p.bigint().notNull(),
    ...origin(p),
  }),
  (t) => ({
    energyTradeTime: index("energy_trade_time").on(t.blockNumber, t.logIndex),
    energyTradeSeller: index("energy_trade_seller").on(t.seller, t.blockNumber, t.logIndex),
    energyTradeBuyer: index("energy_trade_buyer").on(t.buyer, t.blockNumber, t.logIndex),
    energyTradeLot: index("energy_trade_lot").on(t.slot, t.blockNumber, t.logIndex),
    energyTradeTransaction: index("energy_trade_transaction").on(t.transactionHash),
  }),
);

export const carbonWallet = onchainTable(
  "carbon_wallet",
  (p) => ({
    address: p.hex().primaryKey(),
    balanceGrams: p.bigint().notNull(),
    earnedGrams: p.bigint().notNull(),
    spentGrams: p.bigint().notNull(),
  }),
  (t) => ({
    carbonWalletBalance: index("carbon_wallet_balance").on(t.balanceGrams),
    carbonWalletEarned: index("carbon_wallet_earned").on(t.earnedGrams.desc().nullsFirst(), t.address),
  }),
);

/** `id` is the trade that earned or the claim that spent. */
export const carbonTransaction = onchainTable(
  "carbon_transaction",
  (p) => ({
    id: p.hex().primaryKey(),
    address: p.hex().notNull(),
    kind: p.text({ enum: ["earned", "spent"] }).notNull(),
    grams: p.bigint().notNull(),
    tradeId: p.hex(),
    beneficiary: p.text(),
    reason: p.text(),
    ...origin(p),
  }),
  (t) => ({
    carbonTransactionTime: index("carbon_transaction_time").on(t.blockNumber, t.logIndex),
    carbonTransactionAddress: index("carbon_transaction_address").on(t.address, t.blockNumber, t.logIndex),
  }),
);

/** Calls of `clearSlot`; a slot can have several, at one price. */
export const slotClearing = onchainTable(
  "slot_clearing",
  (p) => ({
    slot: p.integer().notNull(),
    pricePerKwh: p.bigint().notNull(),
    energyWh: p.bigint().notNull(),
    trades: p.integer().notNull(),
    ...origin(p),
  }),
  (t) => ({
    key: primaryKey({ columns: [t.blockNumber, t.logIndex] }),
    slotClearingSlot: index("slot_clearing_slot").on(t.slot),
  }),
);

/** Lines of a clearing that were passed over, or what was left of them. */
export const fillSkipped = onchainTable(
  "fill_skipped",
  (p) => ({
    slot: p.integer().notNull(),
    participant: p.hex().notNull(),
    reason: p.text().notNull(),
    ...origin(p),
  }),
  (t) => ({
    key: primaryKey({ columns: [t.blockNumber, t.logIndex] }),
    fillSkippedSlot: index("fill_skipped_slot").on(t.slot),
    fillSkippedParticipant: index("fill_skipped_participant").on(t.participant),
  }),
);

/** Totals of trades. The volume-weighted average price is `turnover * 1000 / volumeWh`. */
const totals = (p: PgColumnsBuilders) => ({
  volumeWh: p.bigint().notNull(),
  turnover: p.bigint().notNull(),
  fees: p.bigint().notNull(),
  high: p.bigint().notNull(),
  low: p.bigint().notNull(),
  trades: p.integer().notNull(),
  carbonGrams: p.bigint().notNull(),
  /** Different ones. */
  buyers: p.integer().notNull(),
  sellers: p.integer().notNull(),
  /** The part of volume and turnover that clearings matched. */
  clearedWh: p.bigint().notNull(),
  clearedTurnover: p.bigint().notNull(),
});

/** By the slot that the energy was exported in. A slot that was cleared without a match has zeros. */
export const slotMarket = onchainTable("slot_market", (p) => ({
  slot: p.integer().primaryKey(),
  ...totals(p),
  /** The slot's one clearing price, null where it was not cleared. */
  clearingPrice: p.bigint(),
}));

/** By the UTC day, counted from 1970-01-01, in which the slot of the energy began. */
export const dayMarket = onchainTable("day_market", (p) => ({
  day: p.integer().primaryKey(),
  ...totals(p),
  /** Of the day's newest cleared slot. */
  clearingPrice: p.bigint(),
}));

/** What one participant bought of the energy of one slot. What it sold of it is its lot. */
export const slotPurchase = onchainTable(
  "slot_purchase",
  (p) => ({
    slot: p.integer().notNull(),
    buyer: p.hex().notNull(),
    boughtWh: p.bigint().notNull(),
    /** To sellers, without fees. */
    paid: p.bigint().notNull(),
    feesPaid: p.bigint().notNull(),
    carbonGrams: p.bigint().notNull(),
    trades: p.integer().notNull(),
  }),
  (t) => ({
    key: primaryKey({ columns: [t.slot, t.buyer] }),
    slotPurchaseBuyer: index("slot_purchase_buyer").on(t.buyer, t.slot),
  }),
);

/** What one participant bought and sold of the energy of one day. */
export const dayAccount = onchainTable(
  "day_account",
  (p) => ({
    day: p.integer().notNull(),
    address: p.hex().notNull(),
    boughtWh: p.bigint().notNull(),
    soldWh: p.bigint().notNull(),
    /** To sellers, without fees. */
    paid: p.bigint().notNull(),
    feesPaid: p.bigint().notNull(),
    earned: p.bigint().notNull(),
    carbonGrams: p.bigint().notNull(),
    purchases: p.integer().notNull(),
    sales: p.integer().notNull(),
  }),
  (t) => ({
    key: primaryKey({ columns: [t.day, t.address] }),
    dayAccountAddress: index("day_account_address").on(t.address, t.day),
  }),
);

/** Declared emergencies, by the index of their fact. */
export const emergency = onchainTable("emergency", (p) => ({
  index: p.integer().primaryKey(),
  priceCap: p.bigint().notNull(),
  normalWhPerSlot: p.bigint().notNull(),
  essentialWhPerSlot: p.bigint().notNull(),
  /** Unix seconds. */
  endsAt: p.bigint().notNull(),
  reason: p.text().notNull(),
  ...origin(p),
  /** Where and when it ended before its time: by the grid operator, or because another one took its place. */
  endedBlockNumber: p.int8({ mode: "number" }),
  endedLogIndex: p.integer(),
  endedTimestamp: p.bigint(),
}));

export const parameterChange = onchainTable(
  "parameter_change",
  (p) => ({
    kind: p.text({ enum: ["market", "emission_factor"] }).notNull(),
    fields: p.json().notNull(),
    ...origin(p),
  }),
  (t) => ({ key: primaryKey({ columns: [t.blockNumber, t.logIndex] }) }),
);

// Ledger and market are last: on PGlite Ponder uses no transaction, and writes and reverts one table after another in
// the order of this file. What they say is then already true of the others.

/** The ledger: every state-changing event in log order, with the head that it makes. */
export const ledgerFact = onchainTable(
  "ledger_fact",
  (p) => ({
    index: p.integer().primaryKey(),
    kind: p.text().notNull(),
    fields: p.json().notNull(),
    head: p.hex().notNull(),
    ...origin(p),
  }),
  (t) => ({
    ledgerFactTransaction: index("ledger_fact_transaction").on(t.transactionHash),
    ledgerFactTime: index("ledger_fact_time").on(t.blockTimestamp),
  }),
);

/** The contract itself, one row: its rules in force and how far its ledger is indexed. */
export const market = onchainTable("market", (p) => ({
  contract: p.hex().primaryKey(),
  feeBps: p.integer().notNull(),
  tradingWindow: p.integer().notNull(),
  shelfDelaySlots: p.integer().notNull(),
  membersOnly: p.boolean().notNull(),
  minPrice: p.bigint().notNull(),
  maxPrice: p.bigint().notNull(),
  treasury: p.hex().notNull(),
  gramsPerMwh: p.integer().notNull(),
  emissionSource: p.text().notNull(),
  emissionVintage: p.text().notNull(),
  /** The newest clearing. */
  clearedSlot: p.integer(),
  clearingPrice: p.bigint(),
  /** The emergency declared last, unless it was ended; past its time it is none. */
  emergency: p.integer(),
  facts: p.integer().notNull(),
  head: p.hex().notNull(),
  /** Block of the latest fact. */
  blockNumber: p.int8({ mode: "number" }).notNull(),
}));

// Only to one row, never to many: lists within lists would let one small query ask for millions of rows. The many are
// asked for by filter: `energyTrades(where: { buyer: … })`.
export const accountRelations = relations(account, ({ one }) => ({
  quote: one(quote, { fields: [account.address], references: [quote.address] }),
  carbonWallet: one(carbonWallet, { fields: [account.address], references: [carbonWallet.address] }),
}));

export const quoteRelations = relations(quote, ({ one }) => ({
  account: one(account, { fields: [quote.address], references: [account.address] }),
}));

export const houseRelations = relations(house, ({ one }) => ({
  ownerAccount: one(account, { fields: [house.owner], references: [account.address] }),
}));

export const meterRelations = relations(meter, ({ one }) => ({
  ofHouse: one(house, { fields: [meter.house], references: [house.house] }),
}));

export const energyProductionRelations = relations(energyProduction, ({ one }) => ({
  ofHouse: one(house, { fields: [energyProduction.house], references: [house.house] }),
  lot: one(lot, { fields: [energyProduction.seller, energyProduction.slot], references: [lot.seller, lot.slot] }),
}));

export const lotRelations = relations(lot, ({ one }) => ({
  sellerAccount: one(account, { fields: [lot.seller], references: [account.address] }),
}));

export const energyTradeRelations = relations(energyTrade, ({ one }) => ({
  buyerAccount: one(account, {
    fields: [energyTrade.buyer],
    references: [account.address],
    relationName: "buyer",
  }),
  sellerAccount: one(account, {
    fields: [energyTrade.seller],
    references: [account.address],
    relationName: "seller",
  }),
  lot: one(lot, { fields: [energyTrade.seller, energyTrade.slot], references: [lot.seller, lot.slot] }),
  carbon: one(carbonTransaction, { fields: [energyTrade.tradeId], references: [carbonTransaction.id] }),
}));

export const carbonTransactionRelations = relations(carbonTransaction, ({ one }) => ({
  account: one(account, { fields: [carbonTransaction.address], references: [account.address] }),
  wallet: one(carbonWallet, { fields: [carbonTransaction.address], references: [carbonWallet.address] }),
  trade: one(energyTrade, { fields: [carbonTransaction.tradeId], references: [energyTrade.tradeId] }),
}));
