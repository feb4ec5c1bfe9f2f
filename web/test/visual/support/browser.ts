// Each browser draws a little differently: pictures are compared in the one that they were made with.
import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";

const FILE = new URL("../pictures/browser.json", import.meta.url);
const schema = z.object({ version: z.string(), platform: z.string() });
const platform = `${process.platform} ${process.arch}`;

/** The pictures are being made anew. */
export const isRenewing = (): boolean => process.env.GRIDX_RENEW_PICTURES === "1";

/** Why pictures can't be compared in this browser; null where they can. */
export function otherBrowser(version: string): string | null {
  const made = schema.parse(JSON.parse(readFileSync(FILE, "utf8")));
  if (made.version === version && made.platform === platform) return null;
  return `made with Chromium ${made.version} on ${made.platform}; here is ${version} on ${platform}`;
}

export function madeWith(version: string): void {
  writeFileSync(FILE, `${JSON.stringify({ version, platform }, null, 2)}\n`);
}
