// What each event does to the books, and what must have been so before it: money, carbon, tiers, rules.
import type { EventOf } from "./event.ts";
import type { Step } from "./rooms.ts";
import { accountOf, emergencyAt, participantOf } from "./state.ts";

const LONGEST_EMERGENCY = 7 * 86_400;

export function deposited({ books, problem }: Step, { account: key, amount }: EventOf<"Deposited">): void {
  if (amount === 0n) problem("a deposit of nothing");
  const account = accountOf(books, key);
  account.balance += amount;
  account.deposited += amount;
}

export function withdrawn({ books, problem }: Step, { account: key, amount }: EventOf<"Withdrawn">): void {
  const account = accountOf(books, key);
  if (amount === 0n) problem("a withdrawal of nothing");
  if (amount > account.balance) problem(`${key} had ${account.balance} and withdrew ${amount}`);
  account.balance -= amount;
  account.withdrawn += amount;
}

export function feesCollected({ books, problem }: Step, { treasury, amount }: EventOf<"FeesCollected">): void {
  if (treasury !== books.rules.treasury) problem(`the treasury is ${books.rules.treasury}, not ${treasury}`);
  if (amount !== books.fees || amount === 0n) problem(`the fees were ${books.fees}, not ${amount}`);
  books.fees -= amount;
  accountOf(books, treasury).balance += amount;
}

export function carbonSpent({ books, problem }: Step, { account: key, grams }: EventOf<"CarbonSpent">): void {
  const account = accountOf(books, key);
  if (grams === 0n) problem("a claim of nothing");
  if (grams > account.carbonGrams) problem(`${key} had ${account.carbonGrams} g and retired ${grams}`);
  account.carbonGrams -= grams;
  account.carbonSpentGrams += grams;
}

export function tierSet({ books, problem }: Step, { participant, tier }: EventOf<"TierSet">): void {
  if (tier > 3) problem(`there is no tier ${tier}`);
  accountOf(books, participant);
  participantOf(books, participant).tier = tier;
}

export function emergencyDeclared({ books, log, problem }: Step, event: EventOf<"EmergencyDeclared">): void {
  const { name: _, ...emergency } = event;
  const lasts = emergency.endsAt - log.timestamp;
  if (lasts <= 0 || lasts > LONGEST_EMERGENCY) problem(`the emergency lasts ${lasts} seconds`);
  books.emergency = emergency;
}

export function emergencyEnded({ books, log, problem }: Step): void {
  if (!emergencyAt(books, log.timestamp)) problem("there was no emergency to end");
  books.emergency = null;
}

export function marketParametersSet({ books, problem }: Step, event: EventOf<"MarketParametersSet">): void {
  const { name: _, ...rules } = event;
  const { feeBps, tradingWindow, shelfDelaySlots, minPrice, maxPrice } = rules;
  const window = tradingWindow >= 1 && tradingWindow <= books.deployment.ringLength;
  if (feeBps > 1000n || !window || shelfDelaySlots >= tradingWindow || minPrice > maxPrice)
    problem("market parameters outside their limits");
  books.rules = rules;
}

export function emissionFactorSet({ books, problem }: Step, event: EventOf<"EmissionFactorSet">): void {
  const { name: _, ...factor } = event;
  if (factor.gramsPerMwh > 2_000_000) problem(`a factor of ${factor.gramsPerMwh} g/MWh`);
  books.factor = factor;
}
