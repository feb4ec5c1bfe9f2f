import type { SiteConfig } from "@gridx/contracts";
import type { StartOptions } from "./options.ts";

interface SummaryInput {
  site: SiteConfig;
  pageUrl: string | null;
  options: StartOptions;
  notes: string[];
  seconds: number;
  directory: string;
}

/** What a person needs once everything is up. */
export function summaryOf({ site, pageUrl, options, notes, seconds, directory }: SummaryInput): string {
  const { deployment } = site;
  const rows: [string, string][] = [
    ["Page", pageUrl ?? "none (--headless)"],
    ["Contract", `${deployment.address} on chain ${deployment.chainId}, ${site.rpcUrl}`],
    ["Indexer", `${site.indexerUrl}/api, and /graphql`],
    ["Forecast", `${site.forecastUrl}/api`],
    [
      "Simulating",
      `${site.demo?.description}; ${options.days} days of history, then live at ${options.speed}× the world's clock`,
    ],
    ["Logs", `${directory}/logs`],
    ["Stop", options.slots === undefined ? "Ctrl-C" : `by itself after ${options.slots} slots, or Ctrl-C`],
  ];
  const owner = site.demo?.homeWallet;
  if (owner !== undefined && pageUrl)
    rows.splice(1, 0, ["Your home", `demo wallet ${owner} of the page owns one: see My house`]);
  if (notes.length > 0)
    rows.splice(-2, 0, ["Data notes", `${notes.length}, in the operator's log; the first: ${notes[0]}`]);
  const lines = rows.map(([name, text]) => `  ${name.padEnd(11)} ${text}`);
  return ["", `GridX is up (${seconds.toFixed(1)} s)`, ...lines, ""].join("\n");
}
