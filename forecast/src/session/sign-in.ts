// Sign-In with Ethereum (EIP-4361): which messages are taken, and from whom.
import type { Hex, PublicClient } from "viem";
import { verifyMessage } from "viem";
import { createSiweMessage, parseSiweMessage, type SiweMessage } from "viem/siwe";
import type { Session, Sessions } from "./sessions.ts";

/** Seconds that a message may be old, and that a clock may run ahead. */
const MAX_AGE_SECONDS = 600;
const CLOCK_TOLERANCE_SECONDS = 60;

export interface SignInContext {
  sessions: Sessions;
  client: PublicClient;
  chainId: number;
  /** Pages that may sign their visitors in, such as `https://gridx.example`. */
  origins: readonly string[];
}

/** Why a sign-in failed; `field` is of the message, or `signature`. */
export class SignInError extends Error {
  readonly field: string;

  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

/** Opens a session for whoever signed; throws `SignInError`. A nonce is spent by the attempt, good or bad. */
export async function signIn(
  context: SignInContext,
  { message, signature }: { message: string; signature: Hex },
): Promise<{ token: string } & Session> {
  const fields = checkMessage(message, context);
  if (!(await context.sessions.useNonce(fields.nonce))) {
    throw new SignInError("nonce", "was not issued here, has been used, or is too old; ask for a new one");
  }
  const { address } = fields;
  const signed =
    // A wallet with a key needs no chain; a smart contract's answer is ERC-1271's or, before it is deployed, ERC-6492's.
    (await verifyMessage({ address, message, signature }).catch(() => false)) ||
    (await context.client.verifySiweMessage({ message, signature, address, nonce: fields.nonce }));
  if (!signed) throw new SignInError("signature", `is not that of ${address} over this message`);
  return context.sessions.open(address, fields.expirationTime);
}

type Checked = SiweMessage & { expirationTime: Date };

function checkMessage(message: string, { chainId, origins }: SignInContext): Checked {
  const fields = parse(message);
  const now = Date.now();
  const page = origins.find((origin) => new URL(origin).host === fields.domain);
  const refuse = (field: keyof SiweMessage, why: string): never => {
    throw new SignInError(field, why);
  };
  if (!page) return refuse("domain", `expected one of ${origins.map((origin) => new URL(origin).host).join(", ")}`);
  if (!URL.canParse(fields.uri) || new URL(fields.uri).origin !== page) return refuse("uri", `expected one of ${page}`);
  if (fields.scheme !== undefined && `${fields.scheme}:` !== new URL(page).protocol) {
    return refuse("scheme", `expected that of ${page}`);
  }
  if (fields.chainId !== chainId) return refuse("chainId", `expected ${chainId}, got ${fields.chainId}`);
  const { issuedAt, notBefore, expirationTime } = fields;
  if (!issuedAt || issuedAt.getTime() < now - MAX_AGE_SECONDS * 1000) {
    return refuse("issuedAt", `expected a time of the last ${MAX_AGE_SECONDS} s`);
  }
  const latest = now + CLOCK_TOLERANCE_SECONDS * 1000;
  if (issuedAt.getTime() > latest) return refuse("issuedAt", "is in the future");
  if (notBefore && notBefore.getTime() > latest) return refuse("notBefore", "is in the future");
  if (!expirationTime) return refuse("expirationTime", "is missing; say until when the session may last");
  if (expirationTime.getTime() <= now) return refuse("expirationTime", "has passed");
  return { ...fields, expirationTime };
}

/** Only a message in the very form of EIP-4361: what the wallet showed is then what is read here. */
function parse(message: string): SiweMessage {
  try {
    const fields = parseSiweMessage(message) as SiweMessage;
    if (createSiweMessage(fields) === message) return fields;
  } catch {}
  throw new SignInError("message", "is not in the form of EIP-4361");
}
