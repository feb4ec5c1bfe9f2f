import { type AbiEvent, type AbiParameter, type Address, type Hex, parseEventLogs, toEventSelector } from "viem";
import { gridxAbi } from "./generated/abi.ts";

type GridxEvent = Extract<(typeof gridxAbi)[number], { type: "event" }>;

/** Our own events that change nothing (`ReadingRejected`) or only repeat another (`CarbonEarned`). */
const NO_FACTS = ["ReadingRejected", "CarbonEarned"] as const;
/** Events of the libraries that we build on: roles, pause, EIP-712. */
const LIBRARY_EVENTS = [
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
export type FactName = Exclude<GridxEvent["name"], (typeof NO_FACTS)[number] | (typeof LIBRARY_EVENTS)[number]>;

/** The field that is the head that its own fact makes, and so no part of its hash. */
const ID_FIELDS: Partial<Record<FactName, string>> = { EnergyTradeLogged: "tradeId", CarbonSpent: "claimId" };

export interface FactEvent {
  name: FactName;
  topic0: Hex;
  /** Fields in the order of the event, without its own id. */
  fields: readonly (AbiParameter & { name: string })[];
  /** Name of the field that holds the head that the fact makes, if it has one. */
  idField: string | undefined;
}

function isFactName(name: string): name is FactName {
  return ![...NO_FACTS, ...LIBRARY_EVENTS].includes(name as never);
}

/** Every fact by its event name. */
export const factEvents: ReadonlyMap<string, FactEvent> = new Map(
  gridxAbi
    .filter((item) => item.type === "event")
    .flatMap((event) => {
      const { name } = event;
      if (!isFactName(name)) return [];
      const idField = ID_FIELDS[name];
      const inputs = event.inputs as unknown as FactEvent["fields"];
      const fields = inputs.filter((input) => input.name !== idField);
      return [[name, { name, topic0: toEventSelector(event as AbiEvent), fields, idField }] as const];
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

/** Decodes all logs of the contract; logs of unknown events are left out. */
export function parseGridxLogs<log extends RawLog>(logs: readonly log[]) {
  return parseEventLogs({ abi: gridxAbi, logs: logs as never });
}
