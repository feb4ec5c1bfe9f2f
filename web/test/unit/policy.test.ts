// Whom the page may talk to.
import { describe, expect, it } from "vitest";
import { contentSecurityPolicy, pageHeaders } from "../../vite/policy.ts";

const hosts = {
  rpcUrl: "https://rpc.example/v1/key",
  indexerUrl: "https://grid.example/indexer",
  forecastUrl: "https://grid.example/forecast",
};
const directives = (policy: string) =>
  new Map(policy.split("; ").map((text) => [text.split(" ")[0], text.split(" ").slice(1)]));

describe("the Content-Security-Policy", () => {
  it("lets the page ask its own configuration's hosts and nobody else", () => {
    const policy = directives(contentSecurityPolicy(hosts));
    expect(policy.get("connect-src")).toEqual(["'self'", "https://rpc.example", "https://grid.example"]);
    expect(policy.get("script-src")).toEqual(["'self'"]);
    expect(policy.get("default-src")).toEqual(["'none'"]);
    expect(policy.get("frame-ancestors")).toEqual(["'none'"]);
    // A path or a key of an RPC is nobody's business.
    expect(Object.values(pageHeaders(hosts)).join()).not.toContain("key");
  });

  it("opens to a place for errors only where one is configured, and shows nothing but its origin", () => {
    const policy = contentSecurityPolicy({ ...hosts, sentryDsn: "https://publickey@errors.example/7" });
    expect(directives(policy).get("connect-src")).toContain("https://errors.example");
    expect(policy).not.toContain("publickey");
  });

  it("opens to WalletConnect only where the build has it", () => {
    expect(contentSecurityPolicy(hosts)).not.toContain("walletconnect");
    expect(contentSecurityPolicy(hosts, { walletConnect: true })).toContain("wss://*.walletconnect.org");
    expect(directives(contentSecurityPolicy(hosts, { walletConnect: true })).get("script-src")).toEqual(["'self'"]);
  });
});
