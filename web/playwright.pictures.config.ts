// Pictures of the page's main states: the built page, recorded answers, no services.
import { defineConfig } from "@playwright/test";
import { browserLaunchOptions } from "../scripts/browser.ts";

const { executablePath, args } = await browserLaunchOptions();
/** Whatever screen and settings the machine has. */
const STEADY = ["--font-render-hinting=none", "--disable-lcd-text", "--force-color-profile=srgb", "--disable-gpu"];

export default defineConfig({
  testDir: "test/visual",
  snapshotPathTemplate: "{testDir}/pictures/{arg}{ext}",
  workers: 2,
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  expect: {
    timeout: 20_000,
    toHaveScreenshot: {
      animations: "disabled",
      stylePath: "test/visual/support/plain.css",
      // A shade lighter or darker is seen; what renewing rounds away (renew.ts) is not.
      threshold: 0.03,
      maxDiffPixelRatio: 0.0005,
    },
  },
  reporter: "list",
  outputDir: "test-results/pictures",
  globalSetup: "./test/visual/support/serve.ts",
  use: {
    browserName: "chromium",
    launchOptions: { executablePath, args: [...args, ...STEADY] },
    serviceWorkers: "block",
    contextOptions: { reducedMotion: "reduce" },
    deviceScaleFactor: 1,
    locale: "en-US",
    timezoneId: "Asia/Kolkata",
  },
});
