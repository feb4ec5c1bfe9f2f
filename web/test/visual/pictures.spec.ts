// The page as it is seen, state by state. Figures are recorded ones, the clock stands still, and the typefaces come along, so
// that only a change of the page changes a picture. `npm run pictures` makes them anew.
import { expect, test } from "@playwright/test";
import { readRecording, replay } from "./support/answers.ts";
import { isRenewing, otherBrowser } from "./support/browser.ts";
import { bringFonts } from "./support/fonts.ts";
import { STATES, settled, VIEWPORTS } from "./support/states.ts";

const { site, places, moments } = readRecording();

test.beforeEach(({ browser }) => {
  const reason = isRenewing() ? null : otherBrowser(browser.version());
  test.skip(reason !== null, reason ?? "");
});

for (const state of STATES) {
  const { name, path, viewport, theme = "dark", moment = "calm", disturbances = [], act, hidden } = state;
  test(name, async ({ page, context }) => {
    const { now, answers } = moments[moment];
    await page.setViewportSize(VIEWPORTS[viewport]);
    await bringFonts(context);
    await page.addInitScript((chosen) => localStorage.setItem("gridx.theme", chosen), theme);
    await page.clock.setFixedTime(now * 1_000);
    const unknown = await replay(page, site, answers, disturbances);
    await page.goto(`${process.env.GRIDX_PICTURES_URL}${typeof path === "string" ? path : path(places)}`);
    await act?.(page);
    await settled(page, state);
    await page.mouse.move(0, 0);
    await page.evaluate("scrollTo(0, 0)");
    await expect(page).toHaveScreenshot(`${name}.png`, { mask: hidden ? [hidden(page)] : [], maskColor: "gray" });
    expect(unknown, "asked for what was not recorded: npm run pictures -- --record").toEqual([]);
  });
}
