import { setImmediate as nextTurn } from "node:timers/promises";

/**
 * Reads for all who ask the same at the same moment: asked once, answered to each, kept for nobody who comes later. A moment lasts
 * until all requests that have come are looked at, for PGlite answers in the thread that takes them: without that wait fifty
 * callers would have fifty queries one after the other.
 */
export class Together {
  readonly #running = new Map<string, Promise<unknown>>();

  /** `key` names the read and all that it depends on. */
  read<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const running = this.#running.get(key);
    // Whoever uses a key asks for one type of answer.
    if (running) return running as Promise<T>;
    const asked = nextTurn()
      .then(ask)
      .finally(() => this.#running.delete(key));
    this.#running.set(key, asked);
    return asked;
  }
}
