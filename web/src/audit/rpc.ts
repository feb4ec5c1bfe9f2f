// Questions to a public RPC: batches where it takes them, patience where it counts requests. No viem client, so that
// the worker stays small and knows what was refused and what only failed.
import type { Hex } from "viem";
import { z } from "zod/mini";

export interface RpcCall {
  method: string;
  params: readonly unknown[];
}

/** The node answered, and said no. */
export class Refused extends Error {
  override name = "Refused";
}

/** No answer after many attempts: nothing is known, nothing is wrong. */
export class Unreachable extends Error {
  override name = "Unreachable";
}

export interface Rpc {
  call(method: string, ...params: unknown[]): Promise<unknown>;
  /** All answers in the order of the calls. Throws the first refusal. */
  all(calls: readonly RpcCall[]): Promise<unknown[]>;
}

export interface RpcOptions {
  signal: AbortSignal;
  /** First pause before asking again, in milliseconds; doubled each time. */
  pause?: number;
}

const ATTEMPTS = 8;
const LONGEST_PAUSE = 15_000;
const TIMEOUT = 60_000;
const MOST_IN_BATCH = 50;
const BUSY = /\brate\b|too many requests|throttl|per second|capacity|busy|try again|overloaded/i;

const answerSchema = z.object({
  id: z.nullish(z.number()),
  result: z.optional(z.unknown()),
  error: z.nullish(z.object({ message: z.string() })),
});
const answersSchema = z.union([z.array(answerSchema), answerSchema]);

export const hex = (value: number): Hex => `0x${value.toString(16)}`;
export const quantity = z.pipe(z.string().check(z.regex(/^0x[0-9a-f]{1,13}$/i)), z.transform(Number));
export const hexText = z.pipe(
  z.string().check(z.regex(/^0x[0-9a-f]*$/i)),
  z.transform((text) => text.toLowerCase() as Hex),
);

export function createRpc(url: string, { signal, pause = 400 }: RpcOptions): Rpc {
  let most = MOST_IN_BATCH;

  async function post(calls: readonly RpcCall[]): Promise<unknown[]> {
    const body = calls.map(({ method, params }, id) => ({ jsonrpc: "2.0", id, method, params }));
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body.length === 1 ? body[0] : body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]),
    });
    const text = await response.text();
    if (!response.ok) {
      const said = `HTTP ${response.status} ${text.slice(0, 120)}`;
      if (response.status === 429 || response.status >= 500) throw new Error(said);
      throw new Refused(said);
    }
    const answers = [answersSchema.parse(JSON.parse(text))].flat();
    return calls.map((_, index) => {
      const answer = answers.find(({ id }) => id === index) ?? answers[0];
      if (answer?.error)
        throw BUSY.test(answer.error.message) ? new Error(answer.error.message) : new Refused(answer.error.message);
      if (answer?.id !== index) throw new Refused("the RPC left a question unanswered");
      return answer.result;
    });
  }

  async function patiently(calls: readonly RpcCall[]): Promise<unknown[]> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await post(calls);
      } catch (cause) {
        signal.throwIfAborted();
        if (cause instanceof Refused) throw cause;
        // So much was asked for that it takes too long: less may be answered.
        if (cause instanceof Error && cause.name === "TimeoutError") throw new Refused("timed out");
        const why = cause instanceof Error ? cause.message : String(cause);
        if (attempt + 1 >= ATTEMPTS) throw new Unreachable(why);
        await wait(Math.min(LONGEST_PAUSE, pause * 2 ** attempt), signal);
      }
    }
  }

  return {
    call: async (method, ...params) => (await patiently([{ method, params }]))[0],
    async all(calls) {
      const answers: unknown[] = [];
      while (answers.length < calls.length) {
        const part = calls.slice(answers.length, answers.length + most);
        try {
          answers.push(...(await patiently(part)));
        } catch (cause) {
          // Many nodes take small batches only, some none.
          if (!(cause instanceof Refused) || part.length === 1) throw cause;
          most = Math.ceil(part.length / 2);
        }
      }
      return answers;
    },
  };
}

function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
