import { defineConfig } from "@playwright/test";
import { browserLaunchOptions } from "../scripts/browser.ts";

const launchOptions = await browserLaunchOptions();

export default defineConfig({
  testDir: "test/e2e",
  testMatch: "*.spec.ts",
  // One system, one chain: tests take turns.
  workers: 1,
  fullyParallel: false,
  forbidOnly: Boolean(process.env.CI),
  timeout: 90_000,
  expect: { timeout: 20_000 },
  reporter: "list",
  outputDir: "test-results",
  globalSetup: "./test/e2e/support/system.ts",
  use: {
    browserName: "chromium",
    launchOptions,
    viewport: { width: 1440, height: 900 },
    locale: "en-US",
    timezoneId: "Asia/Kolkata",
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
  },
});
