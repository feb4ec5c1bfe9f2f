// Logs as words: what the fold needs of a million of them, without decoding what it does not.
import { type Address, concatHex, type Hex, keccak256 } from "viem";
import { factEvents } from "../events.ts";
import { factOf, foldFact } from "../ledger.ts";
import { type Text, textFromBytes } from "../text.ts";

/** A log of the contract with the time of its block. */
export interface BookLog {
  topics: readonly Hex[];
  data: Hex;
  blockNumber: number;
  /** Unix seconds of the block. */
  timestamp: number;
  transactionHash: Hex;
  logIndex: number;
}

/** The fields of a log, in the order of the event: indexed ones come first in all of ours. */
export class Words {
  readonly #topics: readonly Hex[];
  readonly #data: Hex;

  constructor({ topics, data }: Pick<BookLog, "topics" | "data">) {
    this.#topics = topics;
    this.#data = data;
  }

  /** 64 hex digits. */
  word(index: number): string {
    const topic = this.#topics[index + 1];
    if (topic !== undefined) return topic.slice(2);
    return this.dataWord(index + 1 - this.#topics.length);
  }

  dataWord(index: number): string {
    const start = 2 + 64 * index;
    if (start + 64 > this.#data.length) throw new Error("the log is too short");
    return this.#data.slice(start, start + 64);
  }

  text(index: number): Text {
    const start = 2 + 2 * Number(`0x${this.word(index)}`);
    const length = 2 * Number(`0x${this.#data.slice(start, start + 64)}`);
    if (!(start + 64 + length <= this.#data.length)) throw new Error("the log is too short");
    return textFromBytes(`0x${this.#data.slice(start + 64, start + 64 + length)}`);
  }
}

/** In lower case, which costs nothing; the contract's own spelling has no case. */
export const address = (words: Words, index: number): Address => `0x${words.word(index).slice(24)}`;
export const integer = (words: Words, index: number): bigint => BigInt(`0x${words.word(index)}`);
export const small = (words: Words, index: number): number => Number(`0x${words.word(index)}`);
export const flag = (words: Words, index: number): boolean => small(words, index) !== 0;
export const hash = (words: Words, index: number): Hex => `0x${words.word(index)}`;
export const text = (words: Words, index: number): Text => words.text(index);

interface Shape {
  topics: number;
  /** Length of the data's text; null where there is text of any length. */
  length: number | null;
  /** Topics that are no part of the fact: `topic0` is written apart, an own id is left out. */
  skip: number;
}

const wordsOf = (input: { type: string; components?: readonly unknown[] }): number =>
  input.type === "tuple" ? (input.components?.length ?? 0) : 1;

const shapes: ReadonlyMap<string, Shape> = new Map(
  [...factEvents.values()].map(({ topic0, inputs, idField }) => {
    const plain = inputs.filter(({ indexed }) => !indexed);
    const dynamic = plain.some(({ type }) => type === "string");
    const words = plain.reduce((sum, input) => sum + wordsOf(input), 0);
    const topics = 1 + inputs.length - plain.length;
    return [topic0, { topics, length: dynamic ? null : 2 + 64 * words, skip: idField === undefined ? 1 : 2 }] as const;
  }),
);

const uint256 = (value: number): Hex => `0x${value.toString(16).padStart(64, "0")}`;

/**
 * The head after a log; null if its event is no fact. The same as `foldFact` of `factOf`, but where all fields are words the
 * log's own words are what is hashed, as they are.
 */
export function foldLog(head: Hex, log: BookLog): Hex | null {
  const [topic0] = log.topics;
  const shape = topic0 && shapes.get(topic0);
  if (!topic0 || !shape) return null;
  if (log.topics.length !== shape.topics || (shape.length !== null && log.data.length !== shape.length)) {
    throw new Error("the log has not the words of its event");
  }
  if (shape.length !== null) {
    return keccak256(concatHex([head, topic0, uint256(log.timestamp), ...log.topics.slice(shape.skip), log.data]));
  }
  const fact = factOf(log, BigInt(log.timestamp));
  return fact && foldFact(head, fact);
}
