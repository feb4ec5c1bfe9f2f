// Nonces and sessions, in the database so that every replica knows them. Of a token only its hash is kept.
import { createHash, randomBytes } from "node:crypto";
import { and, eq, gt, lt } from "drizzle-orm";
import { generateSiweNonce } from "viem/siwe";
import type { Database } from "../database/database.ts";
import { nonce as nonceTable, session } from "../database/schema.ts";

export const NONCE_SECONDS = 600;
export const SESSION_SECONDS = 7 * 86_400;

export interface Session {
  /** Lower case. */
  address: string;
  expiresAt: Date;
}

const hashOf = (token: string): string => createHash("sha256").update(token).digest("hex");
const inSeconds = (seconds: number): Date => new Date(Date.now() + seconds * 1000);

/** Milliseconds for which a session is taken as found: signing out elsewhere is known here so much later. */
const FRESH_MS = 1_000;
const MOST_FOUND = 10_000;

export class Sessions {
  readonly #db: Database;
  readonly #found = new Map<string, { session: Promise<Session | null>; until: number }>();

  constructor(db: Database) {
    this.#db = db;
  }

  async issueNonce(): Promise<{ nonce: string; expiresAt: Date }> {
    const row = { nonce: generateSiweNonce(), expiresAt: inSeconds(NONCE_SECONDS) };
    await this.#db.insert(nonceTable).values(row);
    return row;
  }

  /** True once for a nonce that was issued and is still good. */
  async useNonce(nonce: string): Promise<boolean> {
    const used = await this.#db
      .delete(nonceTable)
      .where(and(eq(nonceTable.nonce, nonce), gt(nonceTable.expiresAt, new Date())))
      .returning({ nonce: nonceTable.nonce });
    return used.length === 1;
  }

  async open(address: string, until: Date): Promise<{ token: string } & Session> {
    const token = randomBytes(32).toString("base64url");
    const limit = inSeconds(SESSION_SECONDS);
    const row = { address: address.toLowerCase(), expiresAt: until < limit ? until : limit };
    await this.#db.insert(session).values({ tokenHash: hashOf(token), ...row });
    return { token, ...row };
  }

  async find(token: string): Promise<Session | null> {
    const hash = hashOf(token);
    const known = this.#found.get(hash);
    const now = performance.now();
    const session = known && known.until > now ? await known.session : await this.#read(hash, now);
    return session && session.expiresAt > new Date() ? session : null;
  }

  #read(hash: string, now: number): Promise<Session | null> {
    const reading = this.#db
      .select({ address: session.address, expiresAt: session.expiresAt })
      .from(session)
      .where(eq(session.tokenHash, hash))
      .then(([row]) => row ?? null);
    this.#found.delete(hash);
    for (const [other, { until }] of this.#found) {
      if (until > now && this.#found.size < MOST_FOUND) break;
      this.#found.delete(other);
    }
    this.#found.set(hash, { session: reading, until: now + FRESH_MS });
    reading.catch(() => this.#found.delete(hash));
    return reading;
  }

  async close(token: string): Promise<void> {
    await this.#db.delete(session).where(eq(session.tokenHash, hashOf(token)));
    this.#found.delete(hashOf(token));
  }

  /** Forgets what has expired. */
  async purge(): Promise<void> {
    await this.#db.delete(nonceTable).where(lt(nonceTable.expiresAt, new Date()));
    await this.#db.delete(session).where(lt(session.expiresAt, new Date()));
  }
}
