// Where each page is, its code and the message files that it speaks by.
import type { ComponentType } from "react";
import type { Part } from "../i18n/messages.ts";

interface OnePage {
  parts: readonly Part[];
  load: () => Promise<{ default: ComponentType }>;
}

interface PageOfOne {
  parts: readonly Part[];
  load: () => Promise<{ default: ComponentType<{ id: string }> }>;
}

/** Of each path without what follows its last part. */
export const pages = {
  "/": { parts: ["dashboard", "figures"], load: () => import("./dashboard/DashboardPage.tsx") },
  "/market": { parts: ["market", "figures", "tx"], load: () => import("./market/MarketPage.tsx") },
  "/trades": { parts: ["trades"], load: () => import("./trades/TradesPage.tsx") },
  "/carbon": { parts: ["carbon"], load: () => import("./carbon/CarbonPage.tsx") },
  "/audit": { parts: ["audit"], load: () => import("./audit/AuditPage.tsx") },
  "/analytics": { parts: ["analytics", "figures"], load: () => import("./analytics/AnalyticsPage.tsx") },
  "/emergency": { parts: ["emergency", "figures"], load: () => import("./emergency/EmergencyPage.tsx") },
  "/house": { parts: ["house", "figures"], load: () => import("./house/HousePage.tsx") },
} as const satisfies Record<string, OnePage>;

/** Pages of one thing, named after the path. */
export const pagesOfOne = {
  "/trades": { parts: ["trade", "trades", "tx"], load: () => import("./trades/one/TradePage.tsx") },
  "/carbon/claims": { parts: ["carbon"], load: () => import("./carbon/claim/ClaimPage.tsx") },
} as const satisfies Record<string, PageOfOne>;

export function pageAt(path: string): OnePage | PageOfOne | undefined {
  const whole = path.length > 1 ? path.replace(/\/$/, "") : path;
  if (Object.hasOwn(pages, whole)) return pages[whole as keyof typeof pages];
  const parent = whole.slice(0, whole.lastIndexOf("/"));
  return Object.hasOwn(pagesOfOne, parent) ? pagesOfOne[parent as keyof typeof pagesOfOne] : undefined;
}
