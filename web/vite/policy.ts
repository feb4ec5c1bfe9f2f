// Which hosts the page may talk to: those of its configuration, and none else.
import type { SiteConfig } from "@gridx/contracts";

type Hosts = Pick<SiteConfig, "rpcUrl" | "indexerUrl" | "forecastUrl" | "sentryDsn">;

/** Only where a build has WalletConnect: its relay and its list of wallets. */
const WALLETCONNECT = ["https://*.walletconnect.com", "https://*.walletconnect.org", "https://api.web3modal.org"];
const WALLETCONNECT_RELAY = ["wss://*.walletconnect.com", "wss://*.walletconnect.org"];

const originOf = (url: string) => new URL(url).origin;

/**
 * The Content-Security-Policy for the page and a configuration. Scripts are the page's own files alone. Styles may be
 * inline, since the list of wallets sets its theme that way. Pictures may be data, since installed wallets announce
 * their icons so (EIP-6963).
 */
export function contentSecurityPolicy(hosts: Hosts, { walletConnect = false } = {}): string {
  const errors = hosts.sentryDsn ? [hosts.sentryDsn] : [];
  const own = [hosts.rpcUrl, hosts.indexerUrl, hosts.forecastUrl, ...errors].map(originOf);
  const connect = ["'self'", ...new Set(own), ...(walletConnect ? [...WALLETCONNECT, ...WALLETCONNECT_RELAY] : [])];
  return Object.entries({
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": ["'self'", "data:", ...(walletConnect ? WALLETCONNECT : [])],
    "font-src": ["'self'"],
    "connect-src": connect,
    "worker-src": ["'self'"],
    "manifest-src": ["'self'"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "frame-ancestors": ["'none'"],
  })
    .map(([directive, sources]) => `${directive} ${sources.join(" ")}`)
    .join("; ");
}

/** All headers that the page is to be served with. */
export function pageHeaders(hosts: Hosts, options?: { walletConnect?: boolean }): Record<string, string> {
  return {
    "content-security-policy": contentSecurityPolicy(hosts, options),
    "cross-origin-opener-policy": "same-origin-allow-popups",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  };
}
