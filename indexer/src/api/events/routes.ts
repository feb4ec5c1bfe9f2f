import { Hono } from "hono";
import { z } from "zod";
import { maxEventStreams, maxEventStreamsPerCaller, rateLimit } from "../limits.ts";
import { callerOf } from "../rate-limit.ts";
import { tooMany, unavailable } from "../rest/errors.ts";
import type { Standing } from "./changes.ts";
import { follow, type Message } from "./feed.ts";
import { changesBetween } from "./ledger.ts";

const HEARTBEAT_MS = 15_000;
/** A caller who leaves so much unread is cut off; it can come back and go on where it was. */
const MOST_UNREAD_BYTES = 1024 * 1024;

const idOf = ({ blockNumber, blockTimestamp, facts, head }: Standing) =>
  `${blockNumber}-${blockTimestamp}-${facts}-${head}`;

const idSchema = z
  .string()
  .regex(/^\d{1,15}-\d{1,15}-\d{1,9}-0x[0-9a-f]{64}$/)
  .transform((text): Standing => {
    const [blockNumber, blockTimestamp, facts, head] = text.split("-");
    return {
      blockNumber: Number(blockNumber),
      blockTimestamp: Number(blockTimestamp),
      facts: Number(facts),
      head: head as Standing["head"],
    };
  });

const textOf = ({ event, data }: Message) => `id: ${idOf(data)}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

/** What comes first: where the stream begins, or what the caller missed since it was here last. */
async function opening(lastId: string | undefined, from: Standing): Promise<Message[]> {
  if (lastId === undefined) return [{ event: "start", data: from }];
  const last = idSchema.safeParse(lastId);
  const missed = last.success ? await changesBetween(last.data, from) : null;
  return missed?.map((data) => ({ event: "block", data })) ?? [{ event: "reset", data: from }];
}

/** Ends of the streams that have a place, and whose they are. */
const open = new Map<() => void, string>();

/** Ends all streams; nothing else of the process waits for them then. */
export function endStreams() {
  for (const end of [...open.keys()]) end();
}

/** One caller: from the first look on it has a place, until it goes or is cut off. */
async function streamTo(caller: string, lastId: string | undefined): Promise<ReadableStream<Uint8Array>> {
  const encoder = new TextEncoder();
  const waiting: string[] = [];
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let leave = () => {};
  /** What was missed does not fit: once the caller has read what does, it comes back for the rest. */
  let partial = false;
  const room = () => controller?.desiredSize ?? 0;
  const send = (text: string) => {
    if (!controller) waiting.push(text);
    else if (partial) return;
    else if (room() > 0) controller.enqueue(encoder.encode(text));
    else cutOff();
  };
  const heartbeat = setInterval(() => (partial ? cutOff() : send(":\n\n")), HEARTBEAT_MS);
  const forget = () => {
    clearInterval(heartbeat);
    leave();
    return open.delete(end);
  };
  const end = () => {
    if (forget()) controller?.close();
  };
  /** What is unread goes too, which an end would keep for a caller who never reads it. */
  const cutOff = () => {
    if (forget()) controller?.error(new Error("a reader of the event stream left too much unread"));
  };
  open.set(end, caller);
  try {
    const followed = await follow((message) => send(textOf(message)));
    leave = followed.leave;
    waiting.unshift(...(await opening(lastId, followed.from)).map(textOf));
  } catch (error) {
    forget();
    throw error;
  }
  return new ReadableStream<Uint8Array>(
    {
      start(mine) {
        controller = mine;
        if (!open.has(end)) {
          // All were ended while this one was opening.
          leave();
          return mine.close();
        }
        const texts = waiting.splice(0);
        for (const text of texts) {
          if (room() <= 0) partial = true;
          else mine.enqueue(encoder.encode(text));
        }
      },
      pull() {
        if (partial && room() === MOST_UNREAD_BYTES) end();
      },
      cancel: () => void forget(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: MOST_UNREAD_BYTES }),
  );
}

const HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
};

export const eventRoutes = new Hono().get("/events", async (c) => {
  // Hono would take a stream and drop it.
  if (c.req.method === "HEAD") return c.body(null, 200, HEADERS);
  const caller = callerOf(c, rateLimit.trustedProxies);
  const ofCaller = [...open.values()].filter((other) => other === caller).length;
  if (open.size >= maxEventStreams || ofCaller >= maxEventStreamsPerCaller) c.header("Retry-After", "10");
  if (ofCaller >= maxEventStreamsPerCaller) {
    throw tooMany(`one address has at most ${maxEventStreamsPerCaller} streams open`);
  }
  if (open.size >= maxEventStreams) {
    throw unavailable("too_many_streams", `${maxEventStreams} streams are open, the most that there can be`);
  }
  const body = await streamTo(caller, c.req.header("last-event-id") ?? c.req.query("lastEventId"));
  return c.body(body, 200, HEADERS);
});
