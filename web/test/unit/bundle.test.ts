// Builds the page for each chain and looks at what is in it.
import { fileURLToPath } from "node:url";
import { build, type Rolldown } from "vite";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { measureBundle } from "../../bench/bundle.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Words that only the demo wallets bring. */
const DEMO = [/test test test/i, /\bjunk\b/, /demo wallet/i, /play money/i, /demo-\$\{/];

async function codeOf(chainId: number): Promise<string> {
  process.env.VITE_CHAIN_ID = String(chainId);
  const built = await build({
    root: ROOT,
    configFile: `${ROOT}vite.config.ts`,
    mode: "production",
    logLevel: "error",
    build: { write: false, minify: false, reportCompressedSize: false },
  });
  const outputs = (Array.isArray(built) ? built : [built]) as Rolldown.RolldownOutput[];
  return outputs
    .flatMap(({ output }) => output)
    .map((file) => (file.type === "chunk" ? file.code : typeof file.source === "string" ? file.source : ""))
    .join("\n");
}

const before = { chain: process.env.VITE_CHAIN_ID, project: process.env.VITE_WALLETCONNECT_PROJECT_ID };
beforeAll(() => {
  delete process.env.VITE_WALLETCONNECT_PROJECT_ID;
});
afterAll(() => {
  vi.unstubAllEnvs();
  for (const [name, value] of [
    ["VITE_CHAIN_ID", before.chain],
    ["VITE_WALLETCONNECT_PROJECT_ID", before.project],
  ] as const) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

describe("the built page", () => {
  it.each([137, 80002])("for chain %i holds nothing of the demo wallets", async (chainId) => {
    const code = await codeOf(chainId);
    expect(code.length).toBeGreaterThan(100_000);
    expect(DEMO.filter((word) => word.test(code))).toEqual([]);
    // Installed with a library, under a licence that does not go with ours (scripts/licences/judge.ts).
    expect(code).not.toMatch(/MetaMaskSDK|@metamask\/sdk/);
  });

  it("for the local chain holds them", async () => {
    const code = await codeOf(31337);
    expect(DEMO.filter((word) => !word.test(code))).toEqual([]);
  });

  it("starts with at most 130 kB of JavaScript, as it travels", async () => {
    process.env.VITE_CHAIN_ID = "137";
    // React's own choice between its two builds.
    vi.stubEnv("NODE_ENV", "production");
    const { initial, all, named } = await measureBundle();
    expect(initial).toBeLessThanOrEqual(130_000);
    // What the page names and is not there would keep it from being kept for offline.
    expect(named.missing).toEqual([]);
    expect(named.all.length).toBeGreaterThan(4);
    // The wallet is not part of it.
    expect(all).toBeGreaterThan(2 * initial);
  });
});
