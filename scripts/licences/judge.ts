// What goes with Apache-2.0.
import type { Package } from "../licences.ts";

const FREE = new Set([
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "CC0-1.0",
  "ISC",
  "MIT",
  "Unlicense",
  "Zlib",
]);

/** Packages whose licence is none of these or not said in their manifest, each with why it may come along all the same. */
const EXCEPTIONS: Record<string, string> = {
  "@axe-core/playwright": "MPL-2.0: tests alone, unchanged",
  "axe-core": "MPL-2.0: tests alone, unchanged",
  "@fontsource-variable/inter": "OFL-1.1: tests alone, unchanged",
  "@fontsource-variable/jetbrains-mono": "OFL-1.1: tests alone, unchanged",
  lightningcss: "MPL-2.0: builds the page, is not in it, unchanged",
  "@ethereumjs/rlp": "MPL-2.0: of a wallet connector that is not in the page",
  "@ethereumjs/tx": "MPL-2.0: of a wallet connector that is not in the page",
  "@ethereumjs/util": "MPL-2.0: of a wallet connector that is not in the page",
  "webextension-polyfill": "MPL-2.0: of a wallet connector that is not in the page",
  "@metamask/eth-json-rpc-provider": "of @wagmi/connectors' MetaMask connector, which is not in the page",
  "@metamask/sdk": "of @wagmi/connectors' MetaMask connector, which is not in the page",
  "@metamask/sdk-communication-layer": "of @wagmi/connectors' MetaMask connector, which is not in the page",
  "@metamask/sdk-install-modal-web": "of @wagmi/connectors' MetaMask connector, which is not in the page",
  suncalc: "BSD-2-Clause, in its LICENSE file",
};

/** `(MIT OR CC0-1.0)`: one of them is enough; `(MIT AND Zlib)`: all of them hold. */
export function isFree(expression: string): boolean {
  const text = expression.replace(/^\(|\)$/g, "");
  if (text.includes(" OR ")) return text.split(" OR ").some(isFree);
  return text.split(" AND ").every((licence) => FREE.has(licence));
}

export function judge(packages: readonly Package[]): { counts: [licence: string, count: number][]; refused: string[] } {
  const counts = new Map<string, number>();
  const refused: string[] = [];
  for (const { name, versions, license } of packages) {
    counts.set(license, (counts.get(license) ?? 0) + versions.length);
    // Of one platform each.
    const excepted = EXCEPTIONS[name] ?? EXCEPTIONS[name.replace(/-(linux|darwin|win32|freebsd|android)-.*/, "")];
    if (!isFree(license) && excepted === undefined) {
      refused.push(
        `${name} ${versions.join(", ")}: ${license}; do without it, or say in judge.ts why it may come along`,
      );
    }
  }
  return { counts: [...counts].sort(([, a], [, b]) => b - a), refused };
}
