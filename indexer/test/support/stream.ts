// A reader of the event stream.
import { z } from "zod";
import { blockEventSchema, standingSchema } from "../../client/index.ts";
import { pause } from "./indexer.ts";

const messageSchema = z.discriminatedUnion("event", [
  z.object({ id: z.string(), event: z.enum(["start", "reset"]), data: standingSchema }),
  z.object({ id: z.string(), event: z.literal("block"), data: blockEventSchema }),
]);
export type StreamMessage = z.output<typeof messageSchema>;

function parse(text: string): StreamMessage | null {
  const fields = text.split("\n").map((line) => line.split(/: (.*)/s).slice(0, 2));
  const { id, event, data } = Object.fromEntries(fields);
  return data === undefined ? null : messageSchema.parse({ id, event, data: JSON.parse(data) });
}

export interface Stream {
  status: number;
  messages: StreamMessage[];
  ended(): boolean;
  next(what: string, holds: (message: StreamMessage) => boolean): Promise<StreamMessage>;
  close(): void;
}

export async function openStream(url: string, lastId?: string, caller?: string): Promise<Stream> {
  const stop = new AbortController();
  const headers: Record<string, string> = lastId === undefined ? {} : { "last-event-id": lastId };
  // As a proxy tells.
  if (caller !== undefined) headers["x-forwarded-for"] = caller;
  const response = await fetch(`${url}/api/events`, { headers, signal: stop.signal });
  const messages: StreamMessage[] = [];
  let ended = false;
  const read = async () => {
    if (!response.body || !response.ok) return;
    let text = "";
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      const parts = (text + chunk).split("\n\n");
      text = parts.pop() ?? "";
      messages.push(...parts.map(parse).filter((message) => message !== null));
    }
  };
  read()
    .catch(() => {})
    .finally(() => {
      ended = true;
    });
  return {
    status: response.status,
    messages,
    ended: () => ended,
    close: () => stop.abort(),
    async next(what, holds) {
      for (let waited = 0; waited < 15_000; waited += 20) {
        const found = messages.find(holds);
        if (found) return found;
        await pause(20);
      }
      throw new Error(`the stream never told ${what}; it told ${JSON.stringify(messages).slice(0, 2000)}`);
    },
  };
}
