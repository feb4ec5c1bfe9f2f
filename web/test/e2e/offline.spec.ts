// The page without a network: it opens, says so, and shows no figure as if it were read now.
import { expect, test } from "@playwright/test";
import { openMarket } from "./support/page.ts";
import { theWorld } from "./support/world.ts";

test.use({ serviceWorkers: "allow" });

test("the page opens without a network, says so, and goes on by itself", async ({ page, context }) => {
  const { pageUrl } = theWorld();
  await openMarket(page, pageUrl);
  const lots = page.getByRole("table", { name: "Live lots, cheapest first" });
  await expect(lots).toBeVisible();
  // Kept when everything that is wanted first has been loaded.
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  const kept = await page.evaluate(async () => {
    const caches = await window.caches.keys();
    const all = await Promise.all(
      caches.map(async (name) =>
        (await (await window.caches.open(name)).keys()).map(({ url }) => new URL(url).pathname),
      ),
    );
    return all.flat();
  });
  expect(kept.length).toBeGreaterThan(10);
  expect(kept.filter((path) => path !== "/" && !path.startsWith("/assets/"))).toEqual([]);

  await context.setOffline(true);
  const alert = page.getByRole("banner").getByRole("alert");
  await expect(alert).toContainText(/^You are offline\. What you see was read at \d+:\d\d/);
  // A page that was never opened is there, too.
  await page.getByRole("link", { name: "Carbon", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Carbon", exact: true })).toBeVisible();
  await expect(alert).toContainText("You are offline");

  await page.goto(`${pageUrl}/market`);
  await expect(page.getByRole("heading", { name: "You are offline" })).toBeVisible();
  await expect(page.getByRole("alert")).toContainText("Your money, your energy and your quotes are on the chain");
  await expect(lots).toHaveCount(0);

  await context.setOffline(false);
  await expect(lots).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);
});
