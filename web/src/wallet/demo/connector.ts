import { type Address, getAddress } from "viem";
import { type CreateConnectorFn, createConnector } from "wagmi";
import { t } from "../../i18n/t.ts";
import { demoAccount } from "./accounts.ts";
import { demoProvider } from "./provider.ts";
import { connectorIdOf, DEMO_WALLETS, type DemoWallet } from "./wallets.ts";

type Provider = ReturnType<typeof demoProvider>;
type Properties = {
  connect<withCapabilities extends boolean = false>(parameters?: {
    chainId?: number;
    isReconnecting?: boolean;
    withCapabilities?: withCapabilities | boolean;
  }): Promise<{
    accounts: withCapabilities extends true
      ? readonly { address: Address; capabilities: Record<string, unknown> }[]
      : readonly Address[];
    chainId: number;
  }>;
};

/** A wagmi connector of one demo wallet. Remembers in the browser's storage that it is connected. */
function demoConnector(wallet: DemoWallet): CreateConnectorFn<Provider, Properties> {
  const { addressIndex } = wallet;
  const id = connectorIdOf(wallet);
  const flag = `${id}.connected`;
  return createConnector<Provider, Properties>((config) => {
    const chain = config.chains[0];
    return {
      id,
      name: t("demo.wallet", { number: wallet.number }),
      type: "demo",
      async connect({ withCapabilities } = {}) {
        await config.storage?.setItem(flag as never, true as never);
        const address = getAddress(demoAccount(addressIndex).address);
        const accounts = withCapabilities ? [{ address, capabilities: {} }] : [address];
        return { accounts: accounts as never, chainId: chain.id };
      },
      async disconnect() {
        await config.storage?.removeItem(flag as never);
      },
      getAccounts: async () => [getAddress(demoAccount(addressIndex).address)],
      getChainId: async () => chain.id,
      getProvider: async () => demoProvider(chain, demoAccount(addressIndex)),
      isAuthorized: async () => Boolean(await config.storage?.getItem(flag as never)),
      onAccountsChanged() {},
      onChainChanged() {},
      onDisconnect() {
        config.emitter.emit("disconnect");
      },
    };
  });
}

export const demoConnectors = (): CreateConnectorFn[] => DEMO_WALLETS.map(demoConnector);
