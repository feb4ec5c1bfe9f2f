// Questions to an RPC that refuses ranges, counts requests and fails now and then.
import { setTimeout } from "node:timers/promises";
import type { Abi } from "viem";
import { decodeFunctionResult, encodeFunctionData, type Hex } from "viem";
import { z } from "zod";
import { createRpc, hex, type Rpc, type RpcCall, RpcError, type View, view } from "../chain/rpc.ts";

export interface PatientOptions {
  signal?: AbortSignal;
  /** First pause before asking again; doubled each time. */
  pause?: number;
  attempts?: number;
}

const LONGEST_PAUSE = 30_000;
const RATE = /\brate\b|too many requests|throttl|per second|capacity|busy|try again|overloaded/i;

/** That less would have been answered. */
const SIZE = /batch|too (large|many|big|long)|\bsize\b|limit|exceed|more than|timed out|timeout|no answer/i;

/** Worth asking again as it was: no answer, HTTP 429 or 5xx, or a node that says that it is busy. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof RpcError)) return true;
  if (error.answered) return RATE.test(error.message);
  const [, status] = /HTTP (\d+)/.exec(error.message) ?? [];
  return status === undefined || status === "429" || status.startsWith("5");
}

/** The RPC could not be asked: nothing is known, nothing is wrong. */
export class CannotCheck extends Error {}

export interface PatientRpc {
  /** All answers in the order of the calls; in smaller batches where a batch is refused. */
  all(calls: readonly RpcCall[]): Promise<unknown[]>;
  call(method: string, ...params: unknown[]): Promise<unknown>;
  /** Requests that were repeated. */
  repeated: number;
}

const MOST_IN_BATCH = 100;
/** Batches answered in a row, after which larger ones are tried again: one refusal may have been a bad moment. */
const RUN = 20;

export function patientRpc(url: string, { signal, pause = 500, attempts = 10 }: PatientOptions = {}): PatientRpc {
  const rpc: Rpc = createRpc(url, { timeout: 60_000, ...(signal && { signal }) });
  let most = MOST_IN_BATCH;
  let sinceRefusal = 0;

  async function once(calls: readonly RpcCall[]): Promise<unknown[]> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await rpc.batch(calls);
      } catch (error) {
        signal?.throwIfAborted();
        // Too much was asked for at once, most likely; asked again it would take as long again.
        if (error instanceof Error && error.name === "TimeoutError")
          throw new RpcError(calls[0]?.method ?? "batch", "timed out", { answered: true });
        if (!isPassing(error)) throw error;
        if (attempt >= attempts) {
          const why = error instanceof Error ? error.message : String(error);
          throw new CannotCheck(`the RPC did not answer ${attempt} times: ${why}`);
        }
        patient.repeated += 1;
        const wait = Math.min(LONGEST_PAUSE, pause * 2 ** (attempt - 1));
        await setTimeout(wait, undefined, { signal });
      }
    }
  }

  const patient: PatientRpc = {
    repeated: 0,
    async all(calls) {
      const answers: unknown[] = [];
      while (answers.length < calls.length) {
        const part = calls.slice(answers.length, answers.length + most);
        try {
          answers.push(...(await once(part)));
          sinceRefusal += 1;
          if (sinceRefusal % RUN === 0) most = Math.min(MOST_IN_BATCH, most * 2);
        } catch (error) {
          // Some allow small batches only, some none, and say it of the first call instead of the batch.
          if (part.length === 1 || !(error instanceof RpcError && SIZE.test(error.message))) throw error;
          most = Math.ceil(part.length / 2);
          sinceRefusal = 0;
        }
      }
      return answers;
    },
    call: async (method, ...params) => (await once([{ method, params }]))[0],
  };
  return patient;
}

const hexText = z
  .string()
  .regex(/^0x[0-9a-f]*$/i)
  .transform((text) => text as Hex);

/** A view of one contract. */
export type Question = Omit<View, "to" | "abi">;

/** One view at a block. */
export async function readOne(rpc: PatientRpc, target: { to: Hex; abi: Abi }, question: Question, block: number) {
  const [answer] = await view({ batch: rpc.all }, [{ ...target, ...question }], block);
  return answer;
}

const IN_ONE_CALL = 300;

/** Many views of the contract at one block, hundreds in each `eth_call` through its own `multicall`. */
export async function readMany(
  rpc: PatientRpc,
  { to, abi }: { to: Hex; abi: Abi },
  questions: readonly Question[],
  block: number,
): Promise<unknown[]> {
  const calls: RpcCall[] = [];
  for (let from = 0; from < questions.length; from += IN_ONE_CALL) {
    const part = questions.slice(from, from + IN_ONE_CALL);
    const args = [part.map((question) => encodeFunctionData({ abi, ...question }))];
    const data = encodeFunctionData({ abi, functionName: "multicall", args });
    calls.push({ method: "eth_call", params: [{ to, data }, hex(block)] });
  }
  const results = (await rpc.all(calls)).flatMap((answer) => {
    const list = decodeFunctionResult({ abi, functionName: "multicall", data: hexText.parse(answer) });
    return z.array(hexText).parse(list);
  });
  return questions.map(({ functionName }, index) =>
    decodeFunctionResult({ abi, functionName, data: results[index] ?? "0x" }),
  );
}
