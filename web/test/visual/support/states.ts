// What there is a picture of, and how the page gets there.
import { expect, type Locator, type Page } from "@playwright/test";
import type { Disturbance, Moment, Places } from "./answers.ts";

export const VIEWPORTS = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;

export interface State {
  name: string;
  path: string | ((places: Places) => string);
  viewport: keyof typeof VIEWPORTS;
  theme?: "light";
  /** When the figures were recorded; before the emergency unless said otherwise. */
  moment?: Moment;
  disturbances?: readonly Disturbance[];
  /** What a visitor does, and until when the picture has to wait. */
  act?: (page: Page) => Promise<void>;
  /** What differs from run to run on the best of machines. */
  hidden?: (page: Page) => Locator;
  /** What is done ends the connection: only when pictures are taken. */
  isCutOff?: true;
  /** Rows that never come are what is to be seen. */
  isLoading?: true;
}

export async function takeDemoWallet(page: Page): Promise<void> {
  await page.getByRole("banner").getByRole("button", { name: "Try a demo wallet" }).click();
  await page.getByRole("button", { name: /^Demo wallet \d owns a home$/ }).click();
  await expect(page.getByRole("button", { name: /^Wallet 0x/ })).toBeVisible();
}

async function verify(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Verify this trade" }).click();
  await expect(page.getByText("✓ Blockchain Verified")).toBeVisible();
}

async function audit(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Start the audit" }).click();
  await expect(page.getByText(/^✓ Everything that was compared agrees/)).toBeVisible({ timeout: 60_000 });
}

const seconds = (page: Page) => page.locator("dl > div").filter({ hasText: "Seconds" }).locator("dd");

const proved = async (page: Page) => {
  await expect(page.getByText("✓ Verified from the blockchain")).toBeVisible();
};
const planned = async (page: Page) => {
  await expect(page.getByRole("region", { name: "The next 24 hours" }).getByText("Served").first()).toBeVisible();
};
const loseNetwork = async (page: Page) => {
  await expect(page.getByRole("table").getByRole("row").nth(1)).toBeVisible();
  await page.context().setOffline(true);
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await expect(page.getByRole("alert")).toContainText("You are offline");
};

export const STATES: readonly State[] = [
  { name: "dashboard", path: "/", viewport: "wide" },
  { name: "dashboard-wallet", path: "/", viewport: "wide", act: takeDemoWallet },
  { name: "dashboard-phone", path: "/", viewport: "phone", theme: "light" },
  { name: "market", path: "/market", viewport: "wide" },
  { name: "market-phone", path: "/market", viewport: "phone" },
  {
    name: "market-loading",
    path: "/market",
    viewport: "wide",
    disturbances: [{ service: "indexer", how: "silent" }],
    isLoading: true,
  },
  {
    name: "market-error-phone",
    path: "/market",
    viewport: "phone",
    disturbances: [{ service: "indexer", how: "down" }],
    act: async (page) => {
      await expect(page.getByRole("main").getByRole("alert").first()).toBeVisible();
    },
  },
  { name: "trades", path: "/trades", viewport: "wide" },
  { name: "trades-empty", path: "/trades?slot=1", viewport: "wide" },
  { name: "trades-offline-phone", path: "/trades", viewport: "phone", act: loseNetwork, isCutOff: true },
  { name: "trade", path: ({ trade }) => trade, viewport: "wide", act: verify },
  { name: "carbon", path: "/carbon", viewport: "wide" },
  { name: "carbon-phone", path: "/carbon", viewport: "phone" },
  { name: "certificate", path: ({ claim }) => claim, viewport: "wide", act: proved },
  { name: "analytics", path: "/analytics", viewport: "wide", theme: "light" },
  { name: "disaster-calm", path: "/emergency", viewport: "wide" },
  { name: "disaster", path: "/emergency", viewport: "wide", moment: "declared", act: planned },
  { name: "disaster-phone", path: "/emergency", viewport: "phone", moment: "declared", act: planned },
  { name: "audit", path: "/audit", viewport: "wide", act: audit, hidden: seconds },
  { name: "house-phone", path: "/house", viewport: "phone" },
];

/** Until what is read is there. */
export async function settled(page: Page, { isLoading }: State): Promise<void> {
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  if (!isLoading) await expect(page.getByRole("status", { name: /^Loading/ })).toHaveCount(0);
  await page.evaluate(() => document.fonts.ready);
}
