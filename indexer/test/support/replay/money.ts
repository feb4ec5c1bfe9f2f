// Money, carbon, emergencies and the rules.
import type { Logs } from "./logs.ts";
import type { State } from "./state.ts";

const shown = (text: string) => text.split("\0").join("\uFFFD");

/** False for an event of another kind. */
export function replayMoney(state: State, log: Logs[number]): boolean {
  const { claims, emergencies, changes, earned, rules, user, wallet } = state;
  const { origin } = log;
  switch (log.eventName) {
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
      state.facts -= 1;
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
      state.factor = { ...log.args, transactionHash: origin.transactionHash };
      changes.push("emission_factor");
      break;
    default:
      return false;
  }
  return true;
}
