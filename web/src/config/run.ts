// One run of the chain: what was loaded is only true of this one.
import type { Deployment } from "@gridx/contracts";
import type { IndexerClient, Market } from "@gridx/indexer/client";
import { t } from "../i18n/t.ts";

/** The chain was started anew, or another contract is served: nothing that the page knows is right any more. */
export class RestartedError extends Error {
  override name = "RestartedError";

  constructor() {
    super(t("app.restarted.short"));
  }
}

type Served = Pick<Market, "chainId" | "contract" | "runId">;

export function isSameRun(deployment: Deployment, { chainId, contract, runId }: Served): boolean {
  return chainId === deployment.chainId && contract === deployment.address && runId === (deployment.runId ?? null);
}

/** Whether `/gridx.json` still describes the same deployment, in all of it. */
export function isSameDeployment(loaded: Deployment, served: Deployment): boolean {
  const names = new Set([...Object.keys(loaded), ...Object.keys(served)]) as Set<keyof Deployment>;
  return [...names].every((name) => loaded[name] === served[name]);
}

export interface Run {
  /** It does not come back: a page that saw another run must be loaded again. */
  ended(): boolean;
  subscribe(listener: () => void): () => void;
  /** Ends the run where the indexer serves another one. */
  seen(served: Served): void;
  /** Asks indexer and page server; one that does not answer says nothing. */
  stillOn(): Promise<boolean>;
}

export interface RunSources {
  market(signal: AbortSignal): Promise<Served>;
  /** What `/gridx.json` says now; null where it can't be read. */
  deployment(signal: AbortSignal): Promise<Deployment | null>;
}

const ASK_MS = 3_000;

export function createRun(loaded: Deployment, sources: RunSources): Run {
  const listeners = new Set<() => void>();
  let ended = false;
  const end = () => {
    if (ended) return;
    ended = true;
    for (const listener of listeners) listener();
  };
  const seen = (served: Served) => {
    if (!isSameRun(loaded, served)) end();
  };
  return {
    ended: () => ended,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    seen,
    async stillOn() {
      if (ended) return false;
      const signal = AbortSignal.timeout(ASK_MS);
      const ignore = () => null;
      const [market, deployment] = await Promise.all([
        sources.market(signal).catch(ignore),
        sources.deployment(signal).catch(ignore),
      ]);
      if (market) seen(market);
      if (deployment && !isSameDeployment(loaded, deployment)) end();
      return !ended;
    },
  };
}

/** Each answer of the indexer comes with a look at which run it serves: rows of another run are never shown. */
export function guardIndexer(indexer: IndexerClient, run: Run): IndexerClient {
  let looking: Promise<void> | null = null;
  const look = () => {
    looking ??= indexer
      .market()
      .then(run.seen)
      .finally(() => {
        looking = null;
      });
    return looking;
  };
  type Read = (...args: unknown[]) => Promise<unknown>;
  const guard = (read: Read): Read => {
    return async (...args) => {
      if (run.ended()) throw new RestartedError();
      const [answer] = await Promise.all([read(...args), look()]);
      if (run.ended()) throw new RestartedError();
      return answer;
    };
  };
  const market: IndexerClient["market"] = async (signal) => {
    const answer = await indexer.market(signal);
    run.seen(answer);
    if (run.ended()) throw new RestartedError();
    return answer;
  };
  const guarded = Object.entries(indexer).map(([name, read]) => [name, guard(read as Read)]);
  return { ...(Object.fromEntries(guarded) as IndexerClient), market };
}
