// Plans islands off the request path: a plan takes 20 to 150 ms, during which nothing else would be answered.
import type { Worker } from "node:worker_threads";
import { typescriptThread } from "../typescript-thread.ts";
import type { Island, Plan } from "./island.ts";
import { UnsolvedError } from "./program.ts";
import type { PlanAnswer, PlanQuestion } from "./worker.ts";

/** More than that waiting is refused. */
const MOST_WAITING = 16;
/** Of them, of strangers' own figures: one of the largest takes seconds, and the community's plan must not wait for many. */
const MOST_STRANGERS = 3;
/** A plan that takes longer is given up, with its thread. */
const LONGEST_MS = 10_000;
/** Without a question for so long the thread ends, and gives its memory back. */
const IDLE_MS = 60_000;

/** The thread gave no plan; another attempt may. */
export class PlannerError extends Error {}

/** Too many plans wait already. */
export class PlannerBusyError extends PlannerError {}

interface Waiting {
  isStrangers: boolean;
  resolve: (plan: Plan) => void;
  reject: (error: Error) => void;
}

export interface Planner {
  /** `isStrangers`: an island that somebody made up, of any size. */
  plan(island: Island, isStrangers?: boolean): Promise<Plan>;
  close(): Promise<void>;
}

/** The thread starts with the first question and again after it ended. */
export function createPlanner(): Planner {
  const waiting = new Map<number, Waiting>();
  let thread: Worker | undefined;
  let timer: NodeJS.Timeout | undefined;
  let asked = 0;

  function end(problem: string): Promise<unknown> | undefined {
    const ended = thread;
    thread = undefined;
    clearTimeout(timer);
    for (const { reject } of waiting.values()) reject(new PlannerError(problem));
    waiting.clear();
    return ended?.terminate();
  }

  /** Watches the thread while it works, and its idleness after that. */
  function watch(): void {
    clearTimeout(timer);
    const busy = waiting.size > 0;
    timer = setTimeout(() => end(`no plan after ${LONGEST_MS} ms`), busy ? LONGEST_MS : IDLE_MS);
    // A thread keeps the process alive only while somebody waits for it.
    if (busy) thread?.ref();
    else {
      thread?.unref();
      timer.unref();
    }
  }

  function start(): Worker {
    const started = typescriptThread(new URL("./worker.ts", import.meta.url));
    started.on("message", (answer: PlanAnswer) => {
      const asker = waiting.get(answer.id);
      waiting.delete(answer.id);
      if ("plan" in answer) asker?.resolve(answer.plan);
      else asker?.reject(answer.unsolved ? new UnsolvedError(answer.problem) : new PlannerError(answer.problem));
      watch();
    });
    const failed = (problem: string) => thread === started && end(problem);
    started.on("error", (error) => failed(`the planning thread failed: ${error.message}`));
    started.on("exit", () => failed("the planning thread ended"));
    return started;
  }

  return {
    plan(island, isStrangers = false) {
      const strangers = [...waiting.values()].filter((asker) => asker.isStrangers).length;
      if (waiting.size >= MOST_WAITING || (isStrangers && strangers >= MOST_STRANGERS))
        return Promise.reject(new PlannerBusyError("too many plans wait already"));
      thread ??= start();
      const id = asked++;
      const question: PlanQuestion = { id, island };
      const answer = new Promise<Plan>((resolve, reject) => waiting.set(id, { isStrangers, resolve, reject }));
      thread.postMessage(question);
      // Who comes meanwhile gives the plan that is being made no more time.
      if (waiting.size === 1) watch();
      return answer;
    },
    close: async () => {
      await end("the service stops");
    },
  };
}
