// What the page consists of for who can't see it: landmarks, headings, cards, charts with their tables, in order. Pictures
// are compared by test/visual. Figures are left out: other tests are about them.
import { expect, test } from "@playwright/test";
import { theWorld } from "./support/world.ts";

const chart = (name: string) => `
      - figure "${name}":
        - heading "${name}" [level=3]
        - group: "Show as a table: ${name}"`;
/** Keys of YAML: an apostrophe is written twice within them. */
const quoted = (text: string) => text.replaceAll("'", "''");
const card = (name: string, inside = "") => `
    - 'region "${quoted(name)}"':
      - 'heading "${quoted(name)}" [level=2]'${inside}`;
const main = (title: string, ...cards: string[]) => `
  - main:
    - heading "${title}" [level=1]${cards.join("")}`;
const table = (name: string) => `
      - table "${name}":
        - rowgroup
        - rowgroup`;

const NAVIGATION = ["Dashboard", "Market", "Trades", "Carbon", "My house", "Analytics"];

const PAGES: Readonly<Record<string, string>> = {
  "/": main(
    "Dashboard",
    card("The market today", chart("Price by slot, dINR/kWh") + chart("Energy traded by slot, kWh")),
    card("The neighbourhood today and tomorrow", chart("Demand, kWh an hour") + chart("Solar generation, kWh an hour")),
    card("Self-sufficiency and savings, last 7 days"),
  ),
  "/market": main(
    "Market",
    card("Last clearing"),
    card("Buy cheapest first"),
    card("Live lots", table("Live lots, cheapest first")),
    card("Asks and bids by price", chart("Energy by price, kWh at dINR/kWh with fee")),
    card("My account"),
    card("My standing quotes"),
  ),
  "/trades": main("Trades", card("All trades", table("Trades, newest first"))),
  "/carbon": main(
    "Carbon",
    card("The neighbourhood's estimated avoided emissions"),
    card("Leaderboard", table("Leaderboard, most avoided emissions first")),
    card("My history"),
  ),
  "/analytics": main(
    "Analytics",
    card("Market", chart("Price, dINR/kWh") + chart("Energy traded, kWh")),
    card("Self-sufficiency and savings"),
    card("Neighbourhood", chart("Self-sufficiency by day") + chart("Savings over time")),
  ),
  "/audit": main(
    "Audit",
    card("Recompute the ledger"),
    card("Check without us"),
    card("What this page does not check"),
  ),
  "/house": main("My house", card("Sign in"), card("Before you join: what becomes public")),
  "/emergency": main("Disaster mode", card("The island"), card("My allowance")),
};

test("each page has its landmarks, headings, cards and charts, in order", async ({ page }) => {
  const { pageUrl } = theWorld();
  for (const [path, expected] of Object.entries(PAGES)) {
    await page.goto(`${pageUrl}${path}`);
    await expect(page.locator("body"), path).toMatchAriaSnapshot(`
  - banner:
    - link "GridX, home"
    - navigation "Pages":
      - list:${NAVIGATION.map(
        (name) => `
        - listitem:
          - link "${name}"`,
      ).join("")}
    - button "Connect wallet"${expected}
  - contentinfo:
    - 'link "Audit: check it yourself"'
    - link "Disaster mode"
    - group "Language"
`);
  }
});
