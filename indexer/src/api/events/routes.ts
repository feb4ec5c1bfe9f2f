import { Hono } from "hono";
import { z } from "zod";
import { maxEventStreams } from "../limits.ts";
import { unavailable } from "../rest/errors.ts";
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

const open = new Set<() => void>();

/** Ends all streams; nothing else of the process waits for them then. */
export function endStreams() {
  for (const end of open) end();
}

/** One caller: from the first look on it has a place, until it goes or is cut off. */
async function streamTo(lastId: string | undefined): Promise<ReadableStream<Uint8Array>> {
  const encoder = new TextEncoder();
  const waiting: string[] = [];
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let leave = () => {};
  const send = (text: string) => {
    if (!controller) waiting.push(text);
    else if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(text));
    else end();
  };
  const heartbeat = setInterval(() => send(":\n\n"), HEARTBEAT_MS);
  const forget = () => {
    clearInterval(heartbeat);
    leave();
    return open.delete(end);
  };
  const end = () => {
    if (forget()) controller?.close();
  };
  open.add(end);
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
        // Whatever does not fit is asked for again, with the id of the last one that did.
        for (const text of waiting) if (open.has(end)) send(text);
        if (!open.has(end)) forget();
      },
      cancel: () => void forget(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: MOST_UNREAD_BYTES }),
  );
}

export const eventRoutes = new Hono().get("/events", async (c) => {
  if (open.size >= maxEventStreams) {
    c.header("Retry-After", "10");
    throw unavailable("too_many_streams", `${maxEventStreams} streams are open, the most that there can be`);
  }
  const body = await streamTo(c.req.header("last-event-id") ?? c.req.query("lastEventId"));
  return c.body(body, 200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache, no-transform",
    "x-accel-buffering": "no",
  });
});
