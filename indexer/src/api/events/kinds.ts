// Which tables each event of the contract writes.
import type { FactName } from "@gridx/contracts";

const trade = [
  "energyTrade",
  "lot",
  "account",
  "quote",
  "carbonWallet",
  "carbonTransaction",
  "slotMarket",
  "dayMarket",
  "slotPurchase",
  "dayAccount",
] as const;

/** Beside `ledgerFact` and `market`, which every fact writes. */
export const tablesOf = {
  HouseRegistered: ["house", "meter", "account"],
  HouseUpdated: ["house", "account"],
  MeterReplaced: ["house", "meter"],
  HouseRetired: ["house"],
  TierSet: ["account"],
  EnergyAttested: ["energyProduction", "house", "lot", "account"],
  AskSet: ["quote", "account"],
  LotAskSet: ["lot"],
  BidSet: ["quote", "account"],
  EnergyTradeLogged: trade,
  SlotCleared: ["slotClearing", "fillSkipped", "energyTrade", "slotMarket", "dayMarket"],
  EmergencyDeclared: ["emergency"],
  EmergencyEnded: ["emergency"],
  CarbonSpent: ["carbonWallet", "carbonTransaction"],
  Deposited: ["account"],
  Withdrawn: ["account"],
  FeesCollected: ["account"],
  EmissionFactorSet: ["parameterChange"],
  MarketParametersSet: ["parameterChange"],
} as const satisfies Record<FactName, readonly string[]>;

export const isFactKind = (kind: string): kind is FactName => Object.hasOwn(tablesOf, kind);
