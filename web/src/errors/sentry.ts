// Reports of what breaks in the page, for a community that has configured where they go. Loaded when something breaks.
import { BrowserClient, defaultStackParser, makeFetchTransport, Scope } from "@sentry/browser";
import type { Reporter } from "./report.ts";
import { type Report, scrubbed } from "./scrub.ts";

/** Nothing but errors: no breadcrumbs, sessions, timings or replays, and nothing of the reader. */
export function startReporting(dsn: string, environment: string, transport = makeFetchTransport): Reporter {
  const client = new BrowserClient({
    dsn,
    environment,
    transport,
    stackParser: defaultStackParser,
    integrations: [],
    maxBreadcrumbs: 0,
    sendClientReports: false,
    dataCollection: { userInfo: false, cookies: false, httpHeaders: false, httpBodies: [], urlQueryParams: false },
    beforeSend: (event) => scrubbed(event as Report, location.pathname) as typeof event,
  });
  client.init();
  // Of its own: the client's global one would listen to the whole page.
  const scope = new Scope();
  scope.setClient(client);
  return (cause) => void client.captureException(cause, undefined, scope);
}
