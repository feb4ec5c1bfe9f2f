import { Link, useLocation } from "wouter";
import { type MessageId, t } from "../i18n/t.ts";

const ICONS = {
  dashboard: "M4 5h7v8H4zM13 5h7v5h-7zM13 12h7v7h-7zM4 15h7v4H4z",
  market: "M4 9.5 5.5 4h13L20 9.5M4 9.5h16M4 9.5V20h16V9.5M9 20v-6h6v6",
  trades: "M7 4v16m0 0-3-3m3 3 3-3M17 20V4m0 0-3 3m3-3 3 3",
  analytics: "M4 20h16M7 20v-6M12 20V9M17 20V5",
  house: "M4 11.5 12 5l8 6.5M6.5 10v9.5h11V10M9.5 19.5a2.5 2.5 0 0 1 5 0M12 10v3",
  carbon: "M5 19c0-9 5-14 15-14 0 10-5 14-11 14a4 4 0 0 1-4-4c3-4 6-5.5 9-6.5",
};

const PAGES = [
  { href: "/", label: "app.nav.dashboard", icon: ICONS.dashboard },
  { href: "/market", label: "app.nav.market", icon: ICONS.market },
  { href: "/trades", label: "app.nav.trades", icon: ICONS.trades },
  { href: "/carbon", label: "app.nav.carbon", icon: ICONS.carbon },
  { href: "/house", label: "app.nav.house", icon: ICONS.house },
  { href: "/analytics", label: "app.nav.analytics", icon: ICONS.analytics },
] as const satisfies readonly { href: string; label: MessageId; icon: string }[];

/** In the header on wide screens, at the thumb on a phone. */
export function Navigation() {
  const [location] = useLocation();
  return (
    <nav
      aria-label={t("app.pages")}
      className="fixed inset-x-0 bottom-0 z-20 border-t border-line bg-panel/95 pb-[env(safe-area-inset-bottom)] backdrop-blur-md lg:static lg:border-0 lg:bg-transparent lg:pb-0 lg:backdrop-blur-none"
    >
      <ul className="flex lg:gap-1">
        {PAGES.map(({ href, label, icon }) => {
          const active = href === "/" ? location === href : location.startsWith(href);
          return (
            <li key={href} className="min-w-0 flex-1 lg:flex-none">
              <Link
                href={href}
                aria-current={active ? "page" : undefined}
                className={`flex min-h-14 flex-col items-center justify-center gap-0.5 rounded-control px-0.5 text-[0.6875rem] transition-colors sm:text-xs lg:min-h-11 lg:flex-row lg:gap-2 lg:px-2 lg:text-[0.9375rem] xl:px-3 ${active ? "font-medium text-cyan lg:bg-cyan/10" : "text-soft hover:text-text"}`}
              >
                <svg
                  viewBox="0 0 24 24"
                  className="size-5 shrink-0 lg:hidden lg:size-4 xl:block"
                  fill="none"
                  stroke="currentColor"
                  strokeWidth="1.8"
                  strokeLinecap="round"
                  strokeLinejoin="round"
                  aria-hidden="true"
                >
                  <path d={icon} />
                </svg>
                {t(label)}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
