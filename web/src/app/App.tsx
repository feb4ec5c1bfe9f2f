import { useLingui } from "@lingui/react";
import { QueryClientProvider } from "@tanstack/react-query";
import { createContext, lazy, memo, Suspense, startTransition, useContext, useEffect, useRef, useState } from "react";
import { type BaseLocationHook, Route, Router, Switch, useLocation } from "wouter";
import { navigate } from "wouter/use-browser-location";
import type { Site } from "../config/loadSite.ts";
import { SiteContext } from "../config/SiteContext.ts";
import { LiveProvider } from "../data/live/LiveContext.tsx";
import { createQueryClient } from "../data/queryClient.ts";
import { withMessages } from "../i18n/messages.ts";
import { t } from "../i18n/t.ts";
import { NotFoundPage } from "../pages/NotFoundPage.tsx";
import { pages, pagesOfOne } from "../pages/routes.ts";
import { TransactionProvider } from "../tx/TransactionProvider.tsx";
import { LoadingRows } from "../ui/states.tsx";
import { ConnectProvider } from "../wallet/ConnectContext.tsx";
import { type Session, SessionContext } from "../wallet/session.ts";
import { Layout } from "./Layout.tsx";
import { PageBoundary } from "./PageBoundary.tsx";
import { RunGuard } from "./RunGuard.tsx";

const whole = Object.entries(pages).map(([path, { parts, load }]) => ({ path, Page: lazy(withMessages(parts, load)) }));
const ofOne = Object.entries(pagesOfOne).map(([path, { parts, load }]) => ({
  path: `${path}/:id` as const,
  Page: lazy(withMessages(parts, load)),
}));

/** A page begins at its top; one that is gone back to, where it was left: the browser knows where. */
function useTopOfNewPage(path: string): void {
  const before = useRef(path);
  const wentBack = useRef(false);
  useEffect(() => {
    const back = () => {
      wentBack.current = true;
    };
    addEventListener("popstate", back);
    return () => removeEventListener("popstate", back);
  }, []);
  useEffect(() => {
    if (before.current !== path && !wentBack.current) scrollTo({ top: 0, behavior: "instant" });
    before.current = path;
    wentBack.current = false;
  }, [path]);
}

/** When what has just changed is on the screen; soon, where nothing is painted because nobody looks. */
const painted = () =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, 100);
    requestAnimationFrame(() => setTimeout(resolve));
  });

/** A press of a link shows at once; the page that it leads to is made after that, and takes the other's place when it is whole. */
function useShownPath(path: string): string {
  const [shown, show] = useState(path);
  useEffect(() => {
    let isLatest = true;
    void painted().then(() => isLatest && startTransition(() => show(path)));
    return () => {
      isLatest = false;
    };
  }, [path]);
  return shown;
}

const ShownPath = createContext("/");
/** Where the shown page is: its links, dozens in a list, don't hear of a press that leads away from them until they go. */
const useShownLocation: BaseLocationHook = () => [useContext(ShownPath), navigate];

function Pages() {
  const [path] = useLocation();
  const shown = useShownPath(path);
  useTopOfNewPage(shown);
  return (
    <ShownPath value={shown}>
      <Router hook={useShownLocation}>
        <PageBoundary path={shown}>
          <Suspense fallback={<LoadingRows label={t("app.loadingPage")} />}>
            <div aria-busy={shown !== path} className="transition-opacity delay-200 aria-busy:opacity-50">
              <ShownPage />
            </div>
          </Suspense>
        </PageBoundary>
      </Router>
    </ShownPath>
  );
}

const ShownPage = memo(() => {
  // A change of language writes all of the page anew.
  useLingui();
  return (
    <Switch>
      {whole.map(({ path, Page }) => (
        <Route key={path} path={path} component={Page} />
      ))}
      {ofOne.map(({ path, Page }) => (
        <Route key={path} path={path}>
          {({ id }) => <Page key={id} id={id} />}
        </Route>
      ))}
      <Route component={NotFoundPage} />
    </Switch>
  );
});

export function App({ site, session }: { site: Site; session: Session }) {
  // A change of language writes all of the page anew.
  useLingui();
  const [queries] = useState(createQueryClient);
  return (
    <SiteContext value={site}>
      <SessionContext value={session}>
        <QueryClientProvider client={queries}>
          <RunGuard>
            <LiveProvider>
              <ConnectProvider>
                <TransactionProvider>
                  <Layout>
                    <Pages />
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
