// What every answer comes in.
import { z } from "zod/mini";

/** As of which block an answer is, and how far that is behind the chain. */
export const asOfSchema = z.object({
  /** Everything up to this block is in the answer; what is newer may be. */
  blockNumber: z.int(),
  /** Unix seconds, of the chain's own clock. */
  blockTimestamp: z.int(),
  /** Of the chain as the RPC had it at most a second before the answer; null where the RPC does not say. */
  behind: z.nullable(z.object({ blocks: z.int(), seconds: z.int() })),
});
export type AsOf = z.output<typeof asOfSchema>;

/** Null where nothing is indexed yet. An answer of before there was one has none. */
const asOf = z._default(z.nullable(asOfSchema), null);

/** Every answer: `data` or `error`, when it was given (ISO 8601), and as of which block. */
export const envelopeSchema = z.union([
  z.object({ data: z.unknown(), error: z.null(), timestamp: z.string(), asOf }),
  z.object({
    data: z.null(),
    error: z.object({ code: z.string(), message: z.string() }),
    timestamp: z.string(),
    asOf,
  }),
]);

/** A page of rows; `nextCursor` asks for the next one, null at the end. */
export const pageOf = <T extends z.core.$ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.nullable(z.string()) });
