// Errors go to the console alone unless a community says otherwise, and never with anybody's data.
import type { SiteConfig } from "@gridx/contracts";
import { afterEach, describe, expect, it, vi } from "vitest";
import { reportErrors } from "../../src/errors/report.ts";
import { routeOf, scrubText } from "../../src/errors/scrub.ts";
import { startReporting } from "../../src/errors/sentry.ts";

const DSN = "https://publickey@errors.example/7";
const WALLET = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const config = (sentryDsn?: string) => ({ sentryDsn, deployment: { chainId: 137 } }) as unknown as SiteConfig;

/** The page's listeners, and a way to break it. */
function thePage() {
  const page = new EventTarget();
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
  return (error: unknown) => page.dispatchEvent(Object.assign(new Event("error"), { error }));
}

afterEach(() => vi.unstubAllGlobals());

describe("errors of the page", () => {
  it("are reported nowhere without a DSN: nothing is loaded or asked", () => {
    const fetcher = vi.fn();
    vi.stubGlobal("fetch", fetcher);
    const load = vi.fn();
    const breakIt = thePage();
    reportErrors(config(), load);
    breakIt(new Error("broken"));
    expect(load).not.toHaveBeenCalled();
    expect(fetcher).not.toHaveBeenCalled();
  });

  it("load the reporter with the first of them, once, and tell at most twenty", async () => {
    const tell = vi.fn();
    const load = vi.fn(async () => tell);
    const breakIt = thePage();
    reportErrors(config(DSN), load);
    expect(load).not.toHaveBeenCalled();
    for (let index = 0; index < 25; index += 1) breakIt(new Error(`broken ${index}`));
    await vi.waitFor(() => expect(tell).toHaveBeenCalledTimes(20));
    expect(load).toHaveBeenCalledTimes(1);
    expect(load).toHaveBeenCalledWith(DSN, "chain-137");
  });

  it("travel without addresses, ids, keys of URLs, texts and anything of the reader", async () => {
    vi.stubGlobal("location", new URL(`https://grid.example/trades/${WALLET}?wallet=${WALLET}`));
    const sent: { url: string; body: string }[] = [];
    const report = startReporting(DSN, "chain-137", ({ url }) => ({
      send: async ([headers, items]) => {
        sent.push({ url, body: JSON.stringify([headers, items]) });
        return {};
      },
      flush: async () => true,
    }));
    const cause = new TypeError(`GET https://rpc.example/v2/secretkey?q=1 for ${WALLET} said "Asha's house"`);
    report(cause);
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    const [{ url, body }] = sent as [(typeof sent)[0]];
    expect(new URL(url).origin).toBe("https://errors.example");
    expect(body).toContain("TypeError");
    expect(body).toContain("GET https://rpc.example/… for 0x… said");
    expect(body).toContain('"request":{"url":"/trades/:id"}');
    expect(body).toContain('"infer_ip":"never"');
    for (const secret of [WALLET.slice(2), "secretkey", "Asha", "breadcrumb", "User-Agent"]) {
      expect(body).not.toContain(secret);
    }
  });

  it("name routes and hosts, not ids and paths", () => {
    expect(routeOf("/carbon/claims/0x12")).toBe("/carbon/claims/:id");
    expect(routeOf("/market")).toBe("/market");
    expect(scrubText("wss://user:pass@relay.example:9/path 0xabcd")).toBe("wss://relay.example:9/… 0x…");
  });
});
