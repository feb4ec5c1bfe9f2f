import { QueryClient } from "@tanstack/react-query";
import { RestartedError } from "../config/run.ts";

/** How often live figures are read. */
export const LIVE_MS = 2_000;
const RETRIES = 3;
const BACKOFF_MS = 500;

/** Server errors and lost connections are tried again; an answer that says no is not. */
export function shouldRetry(failures: number, cause: unknown): boolean {
  if (failures >= RETRIES || cause instanceof RestartedError) return false;
  const status = statusOf(cause);
  return status === null || status >= 500;
}

/** Of an answer that is an error, the indexer's or the forecast service's; null where nothing answered. */
export function statusOf(cause: unknown): number | null {
  return cause instanceof Error && "status" in cause && typeof cause.status === "number" ? cause.status : null;
}

export const retryDelay = (attempt: number): number => BACKOFF_MS * 2 ** attempt;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // Asked without a network, too: on one machine all answers, and elsewhere silence is what tells.
        networkMode: "always",
        refetchOnReconnect: true,
        retry: shouldRetry,
        retryDelay,
        staleTime: LIVE_MS / 2,
        refetchOnWindowFocus: true,
      },
    },
  });
}
