// What was sent under which nonce, on disk before it is sent: after a crash the operator knows its own transactions again,
// by hash and price. Money never depends on it: what has settled is read from the chain.
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Address, Hex } from "viem";
import { z } from "zod";
import { lockFolder } from "../relay/lock.ts";
import type { Fees } from "./fees.ts";

export interface Attempt extends Fees {
  hash: Hex;
  /** Signed, to be sent again as it is. */
  raw: Hex;
  /** Hash of the call's data: tells whether it is the same call. */
  call: Hex;
  /** Unix milliseconds at which it was signed. */
  at: number;
}

/** Nonces that are remembered: a reorganisation may bring back those of a few blocks. */
const REMEMBERED = 32;

const hexText = z.string().regex(/^0x[0-9a-f]*$/i);
const hexData = hexText.transform((text) => text as Hex);
const fee = z.string().regex(/^\d+$/).transform(BigInt);
const attemptSchema = z.object({
  hash: hexData,
  raw: hexData,
  call: hexData,
  at: z.number(),
  maxFeePerGas: fee,
  maxPriorityFeePerGas: fee,
});
const journalSchema = z.object({
  address: z.string(),
  sent: z.array(z.object({ nonce: z.int().nonnegative(), attempts: z.array(attemptSchema) })),
});

export class Journal {
  readonly path: string;
  readonly #address: Address;
  readonly #unlock: () => void;
  readonly #sent = new Map<number, Attempt[]>();
  /** Hashes that were here when it was opened. */
  readonly #earlier = new Set<Hex>();

  /** Opens the journal of an account, which one process at a time may hold: two would take each other's nonces. */
  constructor(folder: string, address: Address) {
    mkdirSync(folder, { recursive: true });
    const name = `transactions-${address.toLowerCase()}`;
    this.path = join(folder, `${name}.json`);
    this.#address = address;
    this.#unlock = lockFolder(folder, name);
    try {
      if (existsSync(this.path)) this.#load();
    } catch (error) {
      this.#unlock();
      throw error;
    }
  }

  /** What was sent under a nonce, in order. */
  at(nonce: number): readonly Attempt[] {
    return this.#sent.get(nonce) ?? [];
  }

  isEarlier(hash: Hex): boolean {
    return this.#earlier.has(hash);
  }

  /** On the disk when it returns. */
  add(nonce: number, attempt: Attempt): void {
    this.#sent.set(nonce, [...this.at(nonce), attempt]);
    const oldest = [...this.#sent.keys()].sort((a, b) => a - b).slice(0, -REMEMBERED);
    for (const gone of oldest) this.#sent.delete(gone);
    this.#save();
  }

  /** Forgets what the node refused, so that it was never sent. */
  drop(nonce: number, hash: Hex): void {
    const kept = this.at(nonce).filter((attempt) => attempt.hash !== hash);
    if (kept.length === 0) this.#sent.delete(nonce);
    else this.#sent.set(nonce, kept);
    this.#save();
  }

  close(): void {
    this.#unlock();
  }

  #load(): void {
    let json: unknown;
    try {
      json = JSON.parse(readFileSync(this.path, "utf8"));
    } catch (cause) {
      throw new Error(`${this.path} is damaged, and not by a crash; move it away once nothing of it is pending`, {
        cause,
      });
    }
    const parsed = journalSchema.safeParse(json);
    if (!parsed.success) throw new Error(`${this.path} is no journal of transactions: ${parsed.error.message}`);
    for (const { nonce, attempts } of parsed.data.sent) {
      this.#sent.set(nonce, attempts);
      for (const { hash } of attempts) this.#earlier.add(hash);
    }
  }

  /** A new file takes the place of the old one at once, so that a crash leaves one of the two. */
  #save(): void {
    const sent = [...this.#sent].map(([nonce, attempts]) => ({ nonce, attempts }));
    const text = JSON.stringify({ address: this.#address, sent }, (_, value: unknown) =>
      typeof value === "bigint" ? value.toString() : value,
    );
    const temporary = `${this.path}.new`;
    const file = openSync(temporary, "w", 0o600);
    writeFileSync(file, `${text}\n`);
    fsyncSync(file);
    closeSync(file);
    renameSync(temporary, this.path);
    if (process.platform === "win32") return;
    const folder = openSync(dirname(this.path), "r");
    fsyncSync(folder);
    closeSync(folder);
  }
}
