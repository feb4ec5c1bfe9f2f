import { IndexerError } from "@gridx/indexer/client";
import { QueryClient } from "@tanstack/react-query";
import { RestartedError } from "../config/run.ts";

/** How often live figures are read. */
export const LIVE_MS = 2_000;
const RETRIES = 3;
const BACKOFF_MS = 500;

/** Server errors and lost connections are tried again; an answer that says no is not. */
export function shouldRetry(failures: number, cause: unknown): boolean {
  if (failures >= RETRIES || cause instanceof RestartedError) return false;
  return !(cause instanceof IndexerError) || cause.status >= 500;
}

export const retryDelay = (attempt: number): number => BACKOFF_MS * 2 ** attempt;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { retry: shouldRetry, retryDelay, staleTime: LIVE_MS / 2, refetchOnWindowFocus: true },
    },
  });
}
