// Where a DSN is configured, what nobody caught is reported there; else it is in the browser's console alone.
import type { SiteConfig } from "@gridx/contracts";

export type Reporter = (cause: unknown) => void;

/** A page that breaks over and over tells nothing new. */
const MOST = 20;

const loadSentry = async (dsn: string, environment: string) =>
  (await import("./sentry.ts")).startReporting(dsn, environment);

export function reportErrors(
  { sentryDsn, deployment }: SiteConfig,
  load: (dsn: string, environment: string) => Promise<Reporter> = loadSentry,
): void {
  if (!sentryDsn) return;
  let reporter: Promise<Reporter> | null = null;
  let count = 0;
  const report = (cause: unknown) => {
    count += 1;
    if (count > MOST) return;
    reporter ??= load(sentryDsn, `chain-${deployment.chainId}`);
    reporter.then((tell) => tell(cause)).catch(console.warn);
  };
  addEventListener("error", ({ error, message }: ErrorEvent) => report(error ?? message));
  addEventListener("unhandledrejection", ({ reason }: PromiseRejectionEvent) => report(reason));
}
