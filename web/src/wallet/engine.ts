// What speaks to wallets: wagmi's configuration, and its account told to the page.
import type { Hex } from "viem";
import type { Config } from "wagmi";
import { connect, disconnect, getAccount, reconnect, signMessage, switchChain, watchAccount } from "wagmi/actions";
import type { Site } from "../config/loadSite.ts";
import type { WalletState } from "./session.ts";
import { createWagmiConfig } from "./wagmiConfig.ts";

export interface Engine {
  config: Config;
  /** Connects a wallet by its connector's id. */
  connectTo(connectorId: string): Promise<void>;
  disconnect(): Promise<void>;
  /** Asks the wallet to go to the community's chain. */
  switchChain(): Promise<void>;
  /** Asks the wallet to sign a text (EIP-191). */
  signMessage(message: string): Promise<Hex>;
}

function stateOf(config: Config): WalletState {
  const { address, chainId, status, connector } = getAccount(config);
  if (address) return { status: "connected", address, chainId, walletName: connector?.name };
  return { status: status === "reconnecting" ? "loading" : "none" };
}

export async function startEngine(site: Site, publish: (state: WalletState) => void): Promise<Engine> {
  const config = await createWagmiConfig(site);
  watchAccount(config, { onChange: () => publish(stateOf(config)) });
  await reconnect(config);
  publish(stateOf(config));
  return {
    config,
    async connectTo(connectorId) {
      const connector = config.connectors.find(({ id }) => id === connectorId);
      if (!connector) throw new Error(`there is no wallet ${connectorId}`);
      await connect(config, { connector });
    },
    async disconnect() {
      await disconnect(config);
    },
    async switchChain() {
      await switchChain(config, { chainId: site.chain.id });
    },
    signMessage: (message) => signMessage(config, { message }),
  };
}
