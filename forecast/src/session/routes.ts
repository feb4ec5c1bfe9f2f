import { createRoute, z } from "@hono/zod-openapi";
import { success } from "../envelope.ts";
import { ApiError } from "../http/api-error.ts";
import { answers, hexSchema, jsonContent, newRouter } from "../http/router.ts";
import type { Guard } from "./guard.ts";
import { type SignInContext, SignInError, signIn } from "./sign-in.ts";

const address = z.string().openapi({ description: "The wallet, lower case" });
const expiresAt = z.iso.datetime();

const nonceRoute = createRoute({
  method: "post",
  path: "/session/nonce",
  summary: "A nonce to sign in with, good once and for ten minutes",
  responses: answers(z.object({ nonce: z.string(), chainId: z.number(), expiresAt }), "The nonce", 400, 429),
});

const signInRoute = createRoute({
  method: "post",
  path: "/session",
  summary: "Sign in with Ethereum (EIP-4361)",
  description:
    "Domain and uri are the page's, the chain the contract's; issued-at is of the last ten minutes and an expiration time is " +
    "needed (the session lasts until then, at most 7 days). Wallets that are smart contracts sign by ERC-1271 or ERC-6492. The " +
    "session is set as an http-only cookie and answered as a bearer token.",
  request: {
    body: {
      ...jsonContent(
        z.object({ message: z.string().max(4_000), signature: hexSchema("a signature") }).openapi("SignIn"),
        "The message and its signature",
      ),
      required: true,
    },
  },
  responses: answers(z.object({ address, token: z.string(), expiresAt }), "The session", 400, 401, 429),
});

const whoRoute = createRoute({
  method: "get",
  path: "/session",
  summary: "Who is signed in",
  responses: answers(z.object({ address, expiresAt }), "The session", 401, 429),
});

const signOutRoute = createRoute({
  method: "delete",
  path: "/session",
  summary: "Sign out; the token is void at once, on other replicas within a second",
  responses: answers(z.object({ signedOut: z.literal(true) }), "Done", 401, 429),
});

export function sessionRoutes(context: SignInContext, guard: Guard) {
  return newRouter()
    .openapi(nonceRoute, async (c) => {
      const { nonce, expiresAt } = await context.sessions.issueNonce();
      c.header("cache-control", "no-store");
      return c.json(success({ nonce, chainId: context.chainId, expiresAt: expiresAt.toISOString() }), 200);
    })
    .openapi(signInRoute, async (c) => {
      c.header("cache-control", "no-store");
      try {
        const { token, address, expiresAt } = await signIn(context, c.req.valid("json"));
        guard.keep(c, token, expiresAt);
        return c.json(success({ address, token, expiresAt: expiresAt.toISOString() }), 200);
      } catch (error) {
        if (!(error instanceof SignInError)) throw error;
        throw new ApiError(401, "sign_in_failed", `${error.field}: ${error.message}`, error.field);
      }
    })
    .openapi(whoRoute, async (c) => {
      const { address, expiresAt } = await guard.session(c);
      c.header("cache-control", "no-store");
      return c.json(success({ address, expiresAt: expiresAt.toISOString() }), 200);
    })
    .openapi(signOutRoute, async (c) => {
      const { token } = await guard.session(c);
      await context.sessions.close(token);
      guard.drop(c);
      return c.json(success({ signedOut: true as const }), 200);
    });
}
