// Answers that serve for a while: computed once for everybody who asks at the same time, kept as text.
import { createHash } from "node:crypto";
import type { Context } from "hono";

/** Of each kind of answer: who asks for thousands of one kind pushes none of another out. */
const MOST_ENTRIES = 2_000;

interface Kept {
  /** The data as JSON. */
  data: string;
  etag: string;
  until: number;
}

export type CacheOutcome = "hit" | "joined" | "miss";

export interface Cached extends Kept {
  outcome: CacheOutcome;
}

export class AnswerCache {
  readonly #kept = new Map<string, Map<string, Kept>>();
  readonly #computing = new Map<string, Promise<Kept>>();
  readonly #onOutcome: (name: string, outcome: CacheOutcome) => void;

  constructor(onOutcome: (name: string, outcome: CacheOutcome) => void = () => {}) {
    this.#onOutcome = onOutcome;
  }

  /** `name` is the kind of answer, `key` which one of them. What fails is not kept. */
  async get(name: string, key: string, milliseconds: number, compute: () => Promise<unknown>): Promise<Cached> {
    const kept = this.#kept.get(name)?.get(key);
    if (kept && kept.until > performance.now()) return this.#told(name, "hit", kept);
    const full = `${name}\n${key}`;
    const running = this.#computing.get(full);
    if (running) return this.#told(name, "joined", await running);
    const computing = compute()
      .then((data) => this.#keep(name, key, data, milliseconds))
      .finally(() => this.#computing.delete(full));
    this.#computing.set(full, computing);
    return this.#told(name, "miss", await computing);
  }

  #keep(name: string, key: string, value: unknown, milliseconds: number): Kept {
    const data = JSON.stringify(value);
    const etag = `"${createHash("sha256").update(data).digest("base64url").slice(0, 27)}"`;
    const kept = { data, etag, until: performance.now() + milliseconds };
    const others = this.#kept.get(name) ?? new Map<string, Kept>();
    this.#kept.set(name, others);
    others.delete(key);
    for (const [other, { until }] of others) {
      if (until > performance.now() && others.size < MOST_ENTRIES) break;
      others.delete(other);
    }
    others.set(key, kept);
    return kept;
  }

  #told(name: string, outcome: CacheOutcome, kept: Kept): Cached {
    this.#onOutcome(name, outcome);
    return { ...kept, outcome };
  }
}

/**
 * Answers with what is kept. A home's answer may be kept by the browser that asked, but is asked for again each time, so
 * that none is shown after signing out.
 */
export function answerCached(c: Context, cached: Cached, scope: "public" | "private"): Response {
  const seconds = Math.max(0, Math.floor((cached.until - performance.now()) / 1000));
  c.header("etag", cached.etag);
  c.header("cache-control", scope === "public" ? `public, max-age=${seconds}` : "private, no-cache");
  if (scope === "private") c.header("vary", "authorization, cookie", { append: true });
  if (c.req.method === "GET" && matches(c.req.header("if-none-match"), cached.etag)) return c.body(null, 304);
  c.header("content-type", "application/json");
  return c.body(`{"data":${cached.data},"error":null,"timestamp":"${new Date().toISOString()}"}`);
}

function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(",").some((part) => part.trim().replace(/^W\//, "") === etag || part.trim() === "*");
}
