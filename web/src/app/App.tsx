import { useLingui } from "@lingui/react";
import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { Route, Switch, useLocation } from "wouter";
import type { Site } from "../config/loadSite.ts";
import { SiteContext } from "../config/SiteContext.ts";
import { LiveProvider } from "../data/live/LiveContext.tsx";
import { createQueryClient } from "../data/queryClient.ts";
import { withMessages } from "../i18n/messages.ts";
import { t } from "../i18n/t.ts";
import { NotFoundPage } from "../pages/NotFoundPage.tsx";
import { TransactionProvider } from "../tx/TransactionProvider.tsx";
import { LoadingRows } from "../ui/states.tsx";
import { ConnectProvider } from "../wallet/ConnectContext.tsx";
import { type Session, SessionContext } from "../wallet/session.ts";
import { Layout } from "./Layout.tsx";
import { PageBoundary } from "./PageBoundary.tsx";
import { RunGuard } from "./RunGuard.tsx";

const AuditPage = lazy(withMessages("audit", () => import("../pages/audit/AuditPage.tsx")));
const AnalyticsPage = lazy(
  withMessages(["analytics", "figures"], () => import("../pages/analytics/AnalyticsPage.tsx")),
);
const DashboardPage = lazy(
  withMessages(["dashboard", "figures"], () => import("../pages/dashboard/DashboardPage.tsx")),
);
const CarbonPage = lazy(withMessages("carbon", () => import("../pages/carbon/CarbonPage.tsx")));
const ClaimPage = lazy(withMessages("carbon", () => import("../pages/carbon/claim/ClaimPage.tsx")));
const EmergencyPage = lazy(
  withMessages(["emergency", "figures"], () => import("../pages/emergency/EmergencyPage.tsx")),
);
const HousePage = lazy(withMessages(["house", "figures"], () => import("../pages/house/HousePage.tsx")));
const MarketPage = lazy(withMessages(["market", "figures", "tx"], () => import("../pages/market/MarketPage.tsx")));
const TradePage = lazy(withMessages(["trade", "trades", "tx"], () => import("../pages/trades/one/TradePage.tsx")));
const TradesPage = lazy(withMessages("trades", () => import("../pages/trades/TradesPage.tsx")));

export function App({ site, session }: { site: Site; session: Session }) {
  // A change of language writes all of the page anew.
  useLingui();
  const [queries] = useState(createQueryClient);
  const [path] = useLocation();
  return (
    <SiteContext value={site}>
      <SessionContext value={session}>
        <QueryClientProvider client={queries}>
          <RunGuard>
            <LiveProvider>
              <ConnectProvider>
                <TransactionProvider>
                  <Layout>
                    <PageBoundary path={path}>
                      <Suspense fallback={<LoadingRows label={t("app.loadingPage")} />}>
                        <Switch>
                          <Route path="/" component={DashboardPage} />
                          <Route path="/market" component={MarketPage} />
                          <Route path="/trades" component={TradesPage} />
                          <Route path="/trades/:id">{({ id }) => <TradePage key={id} id={id} />}</Route>
                          <Route path="/carbon" component={CarbonPage} />
                          <Route path="/carbon/claims/:id">{({ id }) => <ClaimPage key={id} id={id} />}</Route>
                          <Route path="/audit" component={AuditPage} />
                          <Route path="/analytics" component={AnalyticsPage} />
                          <Route path="/emergency" component={EmergencyPage} />
                          <Route path="/house" component={HousePage} />
                          <Route component={NotFoundPage} />
                        </Switch>
                      </Suspense>
                    </PageBoundary>
                  </Layout>
                </TransactionProvider>
              </ConnectProvider>
            </LiveProvider>
          </RunGuard>
        </QueryClientProvider>
      </SessionContext>
    </SiteContext>
  );
}
