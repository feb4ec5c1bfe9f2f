// What axe finds against WCAG 2.2 AA: nothing.
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

async function problems(page: Page, axe = new AxeBuilder({ page }).withTags(RULES)): Promise<string[]> {
  const { violations } = await axe.analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
}

/** Changes the theme, until every colour has got there. */
async function paint(page: Page, theme: "dark" | "light"): Promise<void> {
  await page.evaluate(async (name) => {
    document.documentElement.setAttribute("data-theme", name);
    const finite = document.getAnimations().filter(({ effect }) => effect?.getTiming().iterations !== Infinity);
    await Promise.allSettled(finite.map(({ finished }) => finished));
  }, theme);
}

/** All rules in the dark, and those of colour in the light: nothing else differs. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  expect(await problems(page), what).toEqual([]);
  await paint(page, "light");
  const colors = new AxeBuilder({ page }).withRules(["color-contrast", "link-in-text-block"]);
  expect(await problems(page, colors), `${what}, light`).toEqual([]);
  await paint(page, "dark");
}
