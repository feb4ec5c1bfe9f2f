// Who asks, and whether a home is theirs.
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { ChainRegistry, House } from "../chain/registry.ts";
import { forbidden, notFound, unauthorized } from "../http/api-error.ts";
import type { Session, Sessions } from "./sessions.ts";

const BEARER = /^Bearer ([\w-]{43})$/i;

export interface Guard {
  /** The session of the caller; throws 401 without one. */
  session(c: Context): Promise<Session & { token: string }>;
  /** A home of the caller; 401 without a session, 403 with another wallet's, 404 where there is no such house. */
  ownHome(c: Context, house: string): Promise<House>;
  keep(c: Context, token: string, expiresAt: Date): void;
  drop(c: Context): void;
}

export interface GuardOptions {
  sessions: Sessions;
  registry: Pick<ChainRegistry, "read">;
  /** Whether browsers reach the service by https. */
  secure: boolean;
}

export function createGuard({ sessions, registry, secure }: GuardOptions): Guard {
  const name = secure ? "__Host-gridx_session" : "gridx_session";
  const cookie = { httpOnly: true, sameSite: "Strict", path: "/", secure } as const;
  const session = async (c: Context) => {
    const token = BEARER.exec(c.req.header("authorization") ?? "")?.[1] ?? getCookie(c, name);
    const found = token ? await sessions.find(token) : null;
    if (!token || !found) throw unauthorized();
    return { ...found, token };
  };
  return {
    session,
    async ownHome(c, house) {
      const { address } = await session(c);
      const home = (await registry.read()).byId(house);
      if (!home) throw notFound(`no house ${house} is registered; a house is known by its first meter`);
      if (home.owner !== address) throw forbidden("this home is another wallet's");
      return home;
    },
    keep: (c, token, expires) => setCookie(c, name, token, { ...cookie, expires }),
    drop: (c) => void deleteCookie(c, name, cookie),
  };
}
