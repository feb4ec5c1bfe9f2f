import { type Config, type CreateConnectorFn, createConfig, http } from "wagmi";
import { POLLING } from "../chain/reader.ts";
import type { Site } from "../config/loadSite.ts";

/** Installed wallets announce themselves (EIP-6963); the rest is asked for only where configured. */
export async function createWagmiConfig(site: Site): Promise<Config> {
  const connectors: CreateConnectorFn[] = [];
  if (__CHAIN_ID__ === 31337) {
    const { demoConnectors } = await import("./demo/connector.ts");
    connectors.push(...demoConnectors());
  }
  if (import.meta.env.VITE_WALLETCONNECT_PROJECT_ID) {
    const { walletConnectConnectors } = await import("./walletConnect.ts");
    connectors.push(...walletConnectConnectors(import.meta.env.VITE_WALLETCONNECT_PROJECT_ID));
  }
  return createConfig({
    chains: [site.chain],
    connectors,
    transports: { [site.chain.id]: http(site.config.rpcUrl, { retryCount: 3 }) },
    pollingInterval: POLLING,
  }) as unknown as Config;
}
