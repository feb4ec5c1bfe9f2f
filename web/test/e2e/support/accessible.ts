// What axe finds against WCAG 2.2 AA: nothing.
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

async function problems(page: Page, axe = new AxeBuilder({ page }).withTags(RULES)): Promise<string[]> {
  const { violations } = await axe.analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
}

/** All rules in the dark, and those of colour in the light: nothing else differs. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  expect(await problems(page), what).toEqual([]);
  await page.evaluate(() => document.documentElement.setAttribute("data-theme", "light"));
  const colors = new AxeBuilder({ page }).withRules(["color-contrast", "link-in-text-block"]);
  expect(await problems(page, colors), `${what}, light`).toEqual([]);
  await page.evaluate(() => document.documentElement.setAttribute("data-theme", "dark"));
}
