import { Link, useLocation } from "wouter";
import { type MessageId, t } from "../i18n/t.ts";

const ICONS = {
  market: "M4 9.5 5.5 4h13L20 9.5M4 9.5h16M4 9.5V20h16V9.5M9 20v-6h6v6",
  trades: "M7 4v16m0 0-3-3m3 3 3-3M17 20V4m0 0-3 3m3-3 3 3",
  carbon: "M5 19c0-9 5-14 15-14 0 10-5 14-11 14a4 4 0 0 1-4-4c3-4 6-5.5 9-6.5",
};

const PAGES = [
  { href: "/market", label: "app.nav.market", icon: ICONS.market },
  { href: "/trades", label: "app.nav.trades", icon: ICONS.trades },
  { href: "/carbon", label: "app.nav.carbon", icon: ICONS.carbon },
] as const satisfies readonly { href: string; label: MessageId; icon: string }[];

/** In the header on wide screens, at the thumb on a phone. */
export function Navigation() {
  const [location] = useLocation();
  return (
    <nav
      aria-label={t("app.pages")}
      className="fixed inset-x-0 bottom-0 z-20 border-t border-line bg-panel/95 pb-[env(safe-area-inset-bottom)] backdrop-blur-md sm:static sm:border-0 sm:bg-transparent sm:pb-0 sm:backdrop-blur-none"
    >
      <ul className="flex sm:gap-1">
        {PAGES.map(({ href, label, icon }) => {
          const active = location.startsWith(href);
          return (
            <li key={href} className="flex-1">
              <Link
                href={href}
                aria-current={active ? "page" : undefined}
                className={`flex min-h-14 flex-col items-center justify-center gap-0.5 rounded-control px-4 text-xs transition-colors sm:min-h-11 sm:flex-row sm:gap-2 sm:text-[0.9375rem] ${active ? "font-medium text-cyan sm:bg-cyan/10" : "text-soft hover:text-text"}`}
              >
                <svg
                  viewBox="0 0 24 24"
                  className="size-5 sm:size-4"
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
