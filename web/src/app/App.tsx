import { QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { type Config, WagmiProvider } from "wagmi";
import { Redirect, Route, Switch } from "wouter";
import type { Site } from "../config/loadSite.ts";
import { SiteContext } from "../config/SiteContext.ts";
import { createQueryClient } from "../data/queryClient.ts";
import { CarbonPage } from "../pages/carbon/CarbonPage.tsx";
import { MarketPage } from "../pages/market/MarketPage.tsx";
import { NotFoundPage } from "../pages/NotFoundPage.tsx";
import { TradesPage } from "../pages/trades/TradesPage.tsx";
import { TransactionProvider } from "../tx/TransactionProvider.tsx";
import { ConnectProvider } from "../wallet/ConnectContext.tsx";
import { Layout } from "./Layout.tsx";
import { RunGuard } from "./RunGuard.tsx";

export function App({ site, wagmi }: { site: Site; wagmi: Config }) {
  const [queries] = useState(createQueryClient);
  return (
    <SiteContext value={site}>
      <WagmiProvider config={wagmi}>
        <QueryClientProvider client={queries}>
          <RunGuard>
            <ConnectProvider>
              <TransactionProvider>
                <Layout>
                  <Switch>
                    <Route path="/">
                      <Redirect to="/market" replace />
                    </Route>
                    <Route path="/market" component={MarketPage} />
                    <Route path="/trades" component={TradesPage} />
                    <Route path="/carbon" component={CarbonPage} />
                    <Route component={NotFoundPage} />
                  </Switch>
                </Layout>
              </TransactionProvider>
            </ConnectProvider>
          </RunGuard>
        </QueryClientProvider>
      </WagmiProvider>
    </SiteContext>
  );
}
