// So many requests a minute from one address for what is expensive.
import type { Context, MiddlewareHandler } from "hono";
import { z } from "zod";

const WINDOW_MS = 60_000;
/** Addresses that are kept in mind at once; beyond it those seen first are forgotten. */
const MOST_ADDRESSES = 20_000;

export interface RateLimit {
  /** 0 is no limit. */
  perMinute: number;
  /** Proxies of ours before us, each of which appends the address it was called from to `X-Forwarded-For`. */
  trustedProxies: number;
}

const nodeSchema = z.object({ incoming: z.object({ socket: z.object({ remoteAddress: z.string() }) }) });

/** Whoever has one IPv6 address usually has all that share its first half. */
function firstHalf(address: string): string {
  const [left = "", right] = address.split("::");
  const groups = left === "" ? [] : left.split(":");
  const after = right ? right.split(":") : [];
  if (right !== undefined)
    groups.push(...Array<string>(Math.max(0, 8 - groups.length - after.length)).fill("0"), ...after);
  return groups.slice(0, 4).join(":");
}

/** Some proxies write the port too, and brackets around an IPv6 address. */
const withoutPort = (text: string) => text.replace(/^\[([^\]]*)\](:\d+)?$/, "$1").replace(/^([\d.]+):\d+$/, "$1");

/** The caller's own claim counts for nothing: only what our proxies wrote, from the right. */
export function callerOf(c: Context, trustedProxies: number): string {
  const node = nodeSchema.safeParse(c.env);
  const peer = node.success ? node.data.incoming.socket.remoteAddress : "unknown";
  const forwarded = (c.req.header("x-forwarded-for") ?? "").split(",").map((text) => text.trim());
  const claimed = trustedProxies === 0 ? undefined : forwarded.at(-trustedProxies);
  const address = withoutPort(claimed || peer)
    .toLowerCase()
    .replace(/^::ffff:/, "");
  return address.includes(":") ? firstHalf(address) : address;
}

export function createRateLimit(
  { perMinute, trustedProxies }: RateLimit,
  refuse: (c: Context, message: string) => Response | Promise<Response>,
): MiddlewareHandler {
  const windows = new Map<string, { ends: number; left: number }>();
  return async (c, next) => {
    if (perMinute === 0) return next();
    const [caller, now] = [callerOf(c, trustedProxies), Date.now()];
    let window = windows.get(caller);
    if (!window || window.ends <= now) {
      windows.delete(caller);
      for (const [other, { ends }] of windows) {
        if (ends > now && windows.size < MOST_ADDRESSES) break;
        windows.delete(other);
      }
      window = { ends: now + WINDOW_MS, left: perMinute };
      windows.set(caller, window);
    }
    if (window.left === 0) {
      c.header("Retry-After", String(Math.ceil((window.ends - now) / 1000)));
      return refuse(c, `at most ${perMinute} requests a minute from one address for what is expensive`);
    }
    window.left -= 1;
    return next();
  };
}
