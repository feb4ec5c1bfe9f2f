// So many requests at a time for what one of can keep all connections of the database busy; the others wait, or come back.
import type { Context, MiddlewareHandler } from "hono";

export interface AtOnce {
  most: number;
  /** How long, and how many, wait for their turn. */
  patienceMs: number;
  mostWaiting: number;
}

export function createAtOnce(
  { most, patienceMs, mostWaiting }: AtOnce,
  refuse: (c: Context, message: string) => Response | Promise<Response>,
): MiddlewareHandler {
  let running = 0;
  /** Each takes over the place of one that has ended. */
  const waiting = new Set<() => void>();
  const turn = () =>
    new Promise<boolean>((resolve) => {
      const take = () => {
        clearTimeout(timer);
        resolve(true);
      };
      const timer = setTimeout(() => {
        waiting.delete(take);
        resolve(false);
      }, patienceMs);
      waiting.add(take);
    });
  return async (c, next) => {
    if (running < most) running += 1;
    else if (waiting.size >= mostWaiting || !(await turn())) {
      return refuse(c, `${most} queries run already, the most at once; try again in a moment`);
    }
    try {
      await next();
    } finally {
      const [first] = waiting;
      if (first) {
        waiting.delete(first);
        first();
      } else running -= 1;
    }
  };
}
