// Who is signed in at the forecast service (EIP-4361). The session is an http-only cookie; where the browser does not
// send it to the service (another site), its token is kept in memory, until the page is left.
import { createHomeClient, ForecastError, type HomeClient } from "@gridx/forecast/client/home";
import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { getAddress } from "viem";
import { createSiweMessage } from "viem/siwe";
import { useSite } from "../config/SiteContext.ts";
import { keys } from "../data/keys.ts";
import { tracedFetch } from "../data/tracedFetch.ts";
import { useSession } from "../wallet/session.ts";

/** How long somebody stays signed in; the service allows a week. */
const SESSION_MS = 24 * 3_600_000;
/** What the wallet shows. EIP-4361 takes ASCII alone, so it is one text in all languages. */
const STATEMENT = "Sign in to GridX to see your own home. This sends no transaction and costs nothing.";

export type Standing =
  | { state: "in"; address: string; expiresAt: number }
  /** It was there, and is not any more. */
  | { state: "expired" }
  | { state: "out" };

const tokens = new Map<string, string>();
const clients = new Map<string, HomeClient>();

export function useHomeClient(): HomeClient {
  const { forecastUrl } = useSite().config;
  const client =
    clients.get(forecastUrl) ??
    createHomeClient(forecastUrl, { fetcher: tracedFetch, token: () => tokens.get(forecastUrl) ?? null });
  clients.set(forecastUrl, client);
  return client;
}

const hasEnded = ({ expiresAt }: { expiresAt: number }): boolean => expiresAt * 1000 <= Date.now();

/** What is known of the session; asked anew now and then, since it ends by itself. */
export function useStanding() {
  const { forecastUrl } = useSite().config;
  const client = useHomeClient();
  const queries = useQueryClient();
  const queryKey = keys.signedIn(forecastUrl);
  return useQuery({
    queryKey,
    refetchInterval: 60_000,
    staleTime: 30_000,
    queryFn: async ({ signal }): Promise<Standing> => {
      const before = queries.getQueryData<Standing>(queryKey);
      const who = await client.who(signal);
      if (who && !hasEnded(who)) return { state: "in", ...who };
      return before === undefined || before.state === "out" ? { state: "out" } : { state: "expired" };
    },
  });
}

/** An owner's question: that the session has ended is known at once, on the whole page. */
export async function asOwner<Answer>(queries: QueryClient, service: string, ask: () => Promise<Answer>) {
  try {
    return await ask();
  } catch (cause) {
    if (cause instanceof ForecastError && cause.status === 401) {
      queries.setQueryData<Standing>(keys.signedIn(service), { state: "expired" });
    }
    throw cause;
  }
}

/** Signing in and out; what was read as an owner is forgotten with either. */
export function useSignIn() {
  const { config, deployment } = useSite();
  const { forecastUrl } = config;
  const client = useHomeClient();
  const queries = useQueryClient();
  const wallet = useSession();
  const settle = (standing: Standing) => {
    queries.removeQueries({ queryKey: keys.homes });
    queries.setQueryData<Standing>(keys.signedIn(forecastUrl), standing);
  };
  return {
    async signIn(address: string): Promise<void> {
      const [engine, { nonce }] = await Promise.all([wallet.engine(), client.nonce()]);
      const message = createSiweMessage({
        address: getAddress(address),
        chainId: deployment.chainId,
        domain: location.host,
        uri: location.origin,
        version: "1",
        statement: STATEMENT,
        nonce,
        issuedAt: new Date(),
        expirationTime: new Date(Date.now() + SESSION_MS),
      });
      const opened = await client.signIn(message, await engine.signMessage(message));
      tokens.delete(forecastUrl);
      const byCookie = await client.who().catch(() => null);
      if (byCookie?.address !== opened.address) tokens.set(forecastUrl, opened.token);
      settle({ state: "in", address: opened.address, expiresAt: opened.expiresAt });
    },
    async signOut(): Promise<void> {
      await client.signOut().catch((cause: unknown) => {
        // It has ended already.
        if (!(cause instanceof ForecastError) || cause.status !== 401) throw cause;
      });
      tokens.delete(forecastUrl);
      settle({ state: "out" });
    },
  };
}
