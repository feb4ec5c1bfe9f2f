// Shows what the operator's process tells on its standard output, one JSON object a line.
import { z } from "zod";

const eventSchema = z.looseObject({ event: z.string(), message: z.string().optional() });

export class OperatorView {
  readonly notes: string[] = [];
  /** Resolves when the history is on the chain and the live part begins. */
  readonly live: Promise<void>;
  #setLive: () => void = () => {};
  #lastProgress = 0;
  readonly #say: (text: string) => void;

  constructor(say: (text: string) => void) {
    this.#say = say;
    this.live = new Promise((resolve) => {
      this.#setLive = resolve;
    });
  }

  onLine = (line: string): void => {
    let json: unknown;
    try {
      json = JSON.parse(line);
    } catch {
      return;
    }
    const parsed = eventSchema.safeParse(json);
    if (!parsed.success) return;
    const { event, message } = parsed.data;
    if (event === "live") this.#setLive();
    if (event === "note" && message) this.notes.push(message);
    else if (event === "history" || event === "slot") this.#progress(message);
    else if (message) this.#say(message);
  };

  /** At most one line every two seconds. */
  #progress(message: string | undefined): void {
    if (!message || Date.now() - this.#lastProgress < 2000) return;
    this.#lastProgress = Date.now();
    this.#say(message);
  }
}
