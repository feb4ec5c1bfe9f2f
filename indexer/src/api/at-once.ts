// So many requests at a time for what one of can keep all connections of the database busy; the others wait, or come back.
import { Semaphore, withTimeout } from "async-mutex";
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
  const places = withTimeout(new Semaphore(most), patienceMs);
  let waiting = 0;
  const take = async () => {
    const mustWait = places.isLocked();
    if (mustWait && waiting >= mostWaiting) return null;
    if (mustWait) waiting += 1;
    try {
      const [, release] = await places.acquire();
      return release;
    } catch {
      return null;
    } finally {
      if (mustWait) waiting -= 1;
    }
  };
  return async (c, next) => {
    const release = await take();
    if (!release) return refuse(c, `${most} queries run already, the most at once; try again in a moment`);
    try {
      await next();
    } finally {
      release();
    }
  };
}
