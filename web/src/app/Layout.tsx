import type { ReactNode } from "react";
import { Link } from "wouter";
import { t } from "../i18n/t.ts";
import { WalletButton } from "../wallet/WalletButton.tsx";
import { Brand } from "./Brand.tsx";
import { CarbonChip } from "./CarbonChip.tsx";
import { EmergencyBanner } from "./EmergencyBanner.tsx";
import { LanguageSwitch } from "./LanguageSwitch.tsx";
import { Navigation } from "./Navigation.tsx";
import { StatusBar } from "./StatusBar.tsx";
import { ThemeSwitch } from "./ThemeSwitch.tsx";

export function Layout({ children }: { children: ReactNode }) {
  return (
    <>
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:start-4 focus:top-4 focus:z-50 focus:rounded-control focus:bg-cyan focus:px-4 focus:py-3 focus:text-ink"
      >
        {t("app.skip")}
      </a>
      <header className="print:hidden sticky top-0 z-20 border-b border-line before:absolute before:inset-0 before:-z-10 before:bg-night/85 before:backdrop-blur-md">
        <div className="mx-auto flex h-16 max-w-7xl items-center justify-between gap-2 px-4 sm:gap-4 sm:px-6">
          <Link href="/" aria-label={t("app.home")} className="rounded-control">
            <Brand />
          </Link>
          <Navigation />
          <div className="flex items-center gap-2">
            <CarbonChip />
            <WalletButton />
          </div>
        </div>
        <StatusBar />
      </header>
      <EmergencyBanner />
      {/* As high as the window, so that the footer is not pushed about while a page is loaded. */}
      <main id="content" tabIndex={-1} className="mx-auto min-h-dvh max-w-7xl px-4 pt-6 pb-8 outline-none sm:px-6">
        {children}
      </main>
      {/* Room at the end for the navigation of a phone. */}
      <footer className="print:hidden mx-auto flex max-w-7xl flex-wrap items-center justify-center gap-x-8 gap-y-2 px-4 pb-24 sm:px-6 lg:pb-6">
        <Link
          href="/audit"
          className="inline-flex min-h-11 items-center text-sm text-soft underline underline-offset-2 hover:text-text"
        >
          {t("app.nav.audit")}
        </Link>
        <Link
          href="/emergency"
          className="inline-flex min-h-11 items-center text-sm text-soft underline underline-offset-2 hover:text-text"
        >
          {t("app.nav.emergency")}
        </Link>
        <LanguageSwitch />
        <ThemeSwitch />
      </footer>
    </>
  );
}
