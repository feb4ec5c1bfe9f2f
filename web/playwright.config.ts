import { defineConfig } from "@playwright/test";
import { browserLaunchOptions } from "../scripts/browser.ts";

const launchOptions = await browserLaunchOptions();
const DAYLIGHT = /clearing\.spec\.ts$/;

export default defineConfig({
  testDir: "test/e2e",
  // One system, one chain: tests take turns.
  workers: 1,
  fullyParallel: false,
  forbidOnly: Boolean(process.env.CI),
  timeout: 90_000,
  expect: { timeout: 20_000 },
  reporter: "list",
  outputDir: "test-results",
  globalSetup: "./test/e2e/support/system.ts",
  // The clock of the system is a fast one and begins in the morning; what needs a clearing comes while the sun shines.
  projects: [
    { name: "daylight", testMatch: DAYLIGHT },
    { name: "any time", testIgnore: DAYLIGHT },
  ],
  use: {
    browserName: "chromium",
    launchOptions,
    // Requests of a worker can't be routed by a test; offline.spec.ts lets it in.
    serviceWorkers: "block",
    viewport: { width: 1440, height: 900 },
    locale: "en-US",
    timezoneId: "Asia/Kolkata",
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
  },
});
