// What the event stream says, `GET /api/events`.
import { z } from "zod/mini";
import { address, hash } from "./primitives.ts";

/** Where the stream stands. `id` of the message is the same in one text. */
const standing = {
  blockNumber: z.int(),
  /** Unix seconds. */
  blockTimestamp: z.int(),
  /** Ledger head after the block. */
  head: hash,
  /** Facts of the ledger up to it. */
  facts: z.int(),
};

/** `start`: the stream begins here. `reset`: it begins here anew, and what was told before may be undone. */
export const standingSchema = z.object(standing);
export type Standing = z.output<typeof standingSchema>;

/** `block`: what changed since the message before. Lists have no doubles and are empty where nothing changed. */
export const blockEventSchema = z.object({
  ...standing,
  /** Names of the contract's events. */
  kinds: z.array(z.string()),
  /** Tables, as GraphQL names one row of theirs, that have new or changed rows. */
  tables: z.array(z.string()),
  tradeIds: z.array(hash),
  /** Of trades. */
  sellers: z.array(address),
  buyers: z.array(address),
  /** All that something happened to, sellers and buyers too. */
  accounts: z.array(address),
  meters: z.array(address),
  /** Slots whose lots changed. */
  slots: z.array(z.int()),
  clearedSlots: z.array(z.int()),
});
export type BlockEvent = z.output<typeof blockEventSchema>;
