// One connection to the indexer's event stream. Where it can't be had the page goes on by asking.
import { type BlockEvent, blockEventSchema, type Standing, standingSchema } from "@gridx/indexer/client";

export interface StreamHandlers {
  /** Whether messages come at present. */
  live(isLive: boolean): void;
  /** The stream begins here, or anew: what was told before may be undone, and something may have been missed. */
  began(standing: Standing): void;
  changed(block: BlockEvent): void;
}

/** The part of the browser's `EventSource` that is used. */
export type EventSourceLike = Pick<EventSource, "addEventListener" | "close" | "readyState">;

const CLOSED = 2;
const AGAIN_MS = 5_000;
const LONGEST_AGAIN_MS = 60_000;

/** Follows until the returned function is called. */
export function followStream(
  url: string,
  { live, began, changed }: StreamHandlers,
  open: (url: string) => EventSourceLike = (target) => new EventSource(target),
): () => void {
  let source: EventSourceLike;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = AGAIN_MS;
  const start = () => {
    source = open(url);
    const on = (name: string, take: (json: unknown) => void) =>
      source.addEventListener(name, (event) => {
        wait = AGAIN_MS;
        live(true);
        take(JSON.parse((event as MessageEvent<string>).data));
      });
    on("start", (json) => began(standingSchema.parse(json)));
    on("reset", (json) => began(standingSchema.parse(json)));
    on("block", (json) => changed(blockEventSchema.parse(json)));
    source.addEventListener("error", () => {
      live(false);
      // A lost connection is taken up again by the browser; one that was refused is not.
      if (source.readyState !== CLOSED) return;
      source.close();
      timer = setTimeout(start, wait);
      wait = Math.min(wait * 2, LONGEST_AGAIN_MS);
    });
  };
  start();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
