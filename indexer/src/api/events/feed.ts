// One look at the rows for all streams together.
import { forNobody } from "../watch/requests.ts";
import type { BlockChange, Standing } from "./changes.ts";
import { changesBetween, standing } from "./ledger.ts";

export type Message = { event: "start" | "reset"; data: Standing } | { event: "block"; data: BlockChange };

const POLL_MS = 200;
/** While the database fails the pause doubles up to here. */
const MOST_POLL_MS = 10_000;

type Listener = (message: Message) => void;
const listeners = new Set<Listener>();
let told: Standing | undefined;
let looking: Promise<Standing> | undefined;
let timer: NodeJS.Timeout | undefined;
let pauseMs = POLL_MS;

async function look(): Promise<Standing> {
  const now = await standing();
  const changes = told === undefined ? [] : await changesBetween(told, now);
  told = now;
  const messages: Message[] = changes?.map((data) => ({ event: "block", data })) ?? [{ event: "reset", data: now }];
  for (const message of messages) for (const listener of listeners) listener(message);
  return now;
}

/** One look at a time, which whoever asks shares. */
function lookOnce(): Promise<Standing> {
  looking ??= forNobody(look).finally(() => {
    looking = undefined;
  });
  return looking;
}

function keepLooking() {
  if (listeners.size === 0) {
    // Whoever comes next begins where the rows are then.
    told = undefined;
    timer = undefined;
    pauseMs = POLL_MS;
    return;
  }
  timer = setTimeout(() => {
    lookOnce()
      .then(() => {
        pauseMs = POLL_MS;
      })
      .catch((error: unknown) => {
        pauseMs = Math.min(2 * pauseMs, MOST_POLL_MS);
        console.warn("the event stream could not read:", error);
      })
      .finally(keepLooking);
  }, pauseMs);
}

/** Hears every message after the standing that it gives. */
export async function follow(listener: Listener): Promise<{ from: Standing; leave: () => void }> {
  const from = await lookOnce();
  listeners.add(listener);
  // The last one may have left meanwhile.
  told ??= from;
  if (timer === undefined) keepLooking();
  return { from, leave: () => listeners.delete(listener) };
}
