import { type Address, decodeAbiParameters, encodeAbiParameters, type Hex, keccak256 } from "viem";
import { type FactEvent, factEvents } from "./events.ts";
import { type Text, textAsBytes, textFromBytes, textToBytes } from "./text.ts";

/** A fact: one state-changing event with the time of its block. */
export interface Fact {
  eventName: string;
  /** Fields by name: from `factOf` or `factFieldsFromJson`. */
  args: Readonly<Record<string, unknown>>;
  /** Unix seconds of the block. */
  timestamp: bigint;
}

/**
 * The head that a contract starts with:
 * `keccak256(abi.encode(chainId, contract, token, slotDuration, ringLength))`.
 */
export function initialHead(deployment: {
  chainId: number;
  address: Address;
  token: Address;
  slotDuration: number;
  ringLength: number;
}): Hex {
  const { chainId, address, token, slotDuration, ringLength } = deployment;
  return keccak256(
    encodeAbiParameters(
      [{ type: "uint256" }, { type: "address" }, { type: "address" }, { type: "uint32" }, { type: "uint16" }],
      [BigInt(chainId), address, token, slotDuration, ringLength],
    ),
  );
}

const PREFIX = [{ type: "bytes32" }, { type: "bytes32" }, { type: "uint256" }] as const;

function factEventOf(eventName: string): FactEvent {
  const event = factEvents.get(eventName);
  if (!event) throw new Error(`${eventName} is no fact of the ledger`);
  return event;
}

const factsByTopic: ReadonlyMap<string, FactEvent> = new Map(
  [...factEvents.values()].map((event) => [event.topic0, event]),
);

/**
 * The fact of a log, null if its event is none. Texts come exactly as emitted, which ordinary decoding does not
 * promise: it mends broken UTF-8, and so would fold to another head.
 */
export function factOf(log: { topics: readonly Hex[]; data: Hex }, timestamp: bigint): Fact | null {
  const event = factsByTopic.get(log.topics[0] ?? "");
  if (!event) return null;
  const topics = log.topics.slice(1);
  const data = [...decodeAbiParameters(event.inputs.filter((input) => !input.indexed).map(textAsBytes), log.data)];
  const args = event.inputs.map((input) => {
    const value = input.indexed ? decodeAbiParameters([input], topics.shift() ?? "0x")[0] : data.shift();
    return [input.name, input.type === "string" ? textFromBytes(value as Hex) : value] as const;
  });
  return { eventName: event.name, args: Object.fromEntries(args), timestamp };
}

function fieldOf(fact: Fact, name: string): unknown {
  const value = fact.args[name];
  if (value === undefined) throw new Error(`${fact.eventName} lacks its field ${name}`);
  return value;
}

/**
 * The head after a fact: `keccak256(abi.encode(head, topic0, block.timestamp, ...fields))`.
 * For a trade this is its `tradeId`, for a carbon claim its `claimId`.
 */
export function foldFact(head: Hex, fact: Fact): Hex {
  const event = factEventOf(fact.eventName);
  const values = event.fields.map((field) => {
    const value = fieldOf(fact, field.name);
    return field.type === "string" ? textToBytes(value as Text) : value;
  });
  const types = [...PREFIX, ...event.fields.map(textAsBytes)];
  return keccak256(encodeAbiParameters(types, [head, event.topic0, fact.timestamp, ...values]));
}

/** Why a sequence of facts is not what it says it is. */
export interface LedgerMismatch {
  index: number;
  eventName: string;
  /** The id that the event carries. */
  claimed: Hex;
  /** The id that the facts up to it make. */
  computed: Hex;
}

/**
 * Folds facts in log order and checks the id of each trade and claim on the way.
 * Events that are no facts are passed over.
 */
export function foldFacts(head: Hex, facts: Iterable<Fact>): { head: Hex; mismatch: LedgerMismatch | null } {
  let mismatch: LedgerMismatch | null = null;
  let current = head;
  let index = 0;
  for (const fact of facts) {
    const event = factEvents.get(fact.eventName);
    if (event) {
      current = foldFact(current, fact);
      const claimed = event.idField === undefined ? current : (fieldOf(fact, event.idField) as Hex);
      if (claimed !== current) mismatch ??= { index, eventName: fact.eventName, claimed, computed: current };
    }
    index += 1;
  }
  return { head: current, mismatch };
}

type Json = string | boolean | { [key: string]: Json };

/** Fields of a fact for storage: integers as decimal strings, in the order of the event, without its own id. */
export function factFieldsToJson(eventName: string, args: Fact["args"]): Record<string, Json> {
  const toJson = (value: unknown): Json => {
    if (typeof value === "bigint" || typeof value === "number") return value.toString();
    if (typeof value === "string" || typeof value === "boolean") return value;
    if (typeof value === "object" && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toJson(inner)]));
    }
    throw new Error(`${eventName}: a field of type ${typeof value} cannot be stored`);
  };
  const fact = { eventName, args, timestamp: 0n };
  return Object.fromEntries(factEventOf(eventName).fields.map(({ name }) => [name, toJson(fieldOf(fact, name))]));
}

/** The reverse of `factFieldsToJson`, every integer as a bigint. */
export function factFieldsFromJson(eventName: string, json: Readonly<Record<string, unknown>>): Fact["args"] {
  const fromJson = (parameter: { type: string; name?: string; components?: unknown }, value: unknown): unknown => {
    if (/^u?int/.test(parameter.type)) {
      if (typeof value !== "string" || !/^-?\d+$/.test(value)) {
        throw new Error(`${eventName}.${parameter.name}: expected a decimal string, got ${JSON.stringify(value)}`);
      }
      return BigInt(value);
    }
    if (parameter.type === "tuple") {
      const components = parameter.components as { type: string; name: string }[];
      const inner = value as Record<string, unknown>;
      return Object.fromEntries(
        components.map((component) => [component.name, fromJson(component, inner[component.name])]),
      );
    }
    return value;
  };
  return Object.fromEntries(
    factEventOf(eventName).fields.map((field) => [field.name, fromJson(field, json[field.name])]),
  );
}
