import { type AbiEvent, type Address, type Hex, parseEventLogs, toEventSelector } from "viem";
import { gridxAbi } from "./generated/abi.ts";

type GridxEvent = Extract<(typeof gridxAbi)[number], { type: "event" }>;

/** Our own events that change nothing (`ReadingRejected`, `FillSkipped`) or only repeat another (`CarbonEarned`). */
export const nonFacts = ["ReadingRejected", "FillSkipped", "CarbonEarned"] as const;
/** `SkipReason` of the contract, by its number. */
export const skipReasons = [
  "None",
  "NoLot",
  "NotForSale",
  "AskAbovePrice",
  "NothingLeft",
  "NoBid",
  "BidBelowPrice",
  "CannotPay",
  "OwnEnergy",
  "NotAMember",
  "NoAllowance",
] as const;
/** Events of the libraries that we build on: roles, pause, EIP-712. */
export const libraryEvents = [
  "DefaultAdminDelayChangeCanceled",
  "DefaultAdminDelayChangeScheduled",
  "DefaultAdminTransferCanceled",
  "DefaultAdminTransferScheduled",
  "EIP712DomainChanged",
  "Paused",
  "RoleAdminChanged",
  "RoleGranted",
  "RoleRevoked",
  "Unpaused",
] as const;

/** Name of an event that is folded into the ledger head. */
export type FactName = Exclude<GridxEvent["name"], (typeof nonFacts)[number] | (typeof libraryEvents)[number]>;

/** The field that is the head that its own fact makes, and so no part of its hash. */
const ID_FIELDS: Partial<Record<FactName, string>> = { EnergyTradeLogged: "tradeId", CarbonSpent: "claimId" };

export interface FactEvent {
  name: FactName;
  topic0: Hex;
  /** Fields in the order of the event. */
  inputs: readonly (AbiEvent["inputs"][number] & { name: string })[];
  /** The same without its own id: what the head commits to. */
  fields: FactEvent["inputs"];
  /** Name of the field that holds the head that the fact makes, if it has one. */
  idField: string | undefined;
}

function isFactName(name: string): name is FactName {
  return ![...nonFacts, ...libraryEvents].includes(name as never);
}

/** Every fact by its event name. */
export const factEvents: ReadonlyMap<string, FactEvent> = new Map(
  gridxAbi
    .filter((item) => item.type === "event")
    .flatMap((event) => {
      const { name } = event;
      if (!isFactName(name)) return [];
      const idField = ID_FIELDS[name];
      const inputs = event.inputs as unknown as FactEvent["inputs"];
      const fields = inputs.filter((input) => input.name !== idField);
      return [[name, { name, topic0: toEventSelector(event as AbiEvent), inputs, fields, idField }] as const];
    }),
);

/** A log of the contract as an RPC returns it. */
export interface RawLog {
  address: Address;
  topics: readonly Hex[];
  data: Hex;
  logIndex: number | null;
  blockNumber: bigint | null;
  transactionHash: Hex | null;
}

/** Decodes all logs of the contract for reading; logs of unknown events are left out. To fold them, use `factOf`. */
export function parseGridxLogs<log extends RawLog>(logs: readonly log[]) {
  return parseEventLogs({ abi: gridxAbi, logs: logs as never });
}
