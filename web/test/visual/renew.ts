// `npm run pictures`: makes the pictures of the page anew with the browser at hand; `-- --record` asks the real system for their
// figures first.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "@playwright/test";
import { PNG } from "pngjs";
import { browserLaunchOptions } from "../../../scripts/browser.ts";
import { recordAnswers } from "./record.ts";
import { madeWith } from "./support/browser.ts";

const PICTURES = fileURLToPath(new URL("./pictures/", import.meta.url));
const WEB = fileURLToPath(new URL("../../", import.meta.url));

/** The next step of so many levels of a colour looks the same to the comparison, and takes half the room. */
const STEP = 8;
const coarse = Uint8Array.from({ length: 256 }, (_, level) => Math.min(255, Math.round(level / STEP) * STEP));
const pictures = () => readdirSync(PICTURES).filter((name) => name.endsWith(".png"));

function shrink(file: string): number {
  const { width, height, data } = PNG.sync.read(readFileSync(file));
  const picture = new PNG({ width, height });
  picture.data = Buffer.from(data.map((level) => coarse[level] ?? level));
  const packed = PNG.sync.write(picture, { colorType: 2, filterType: 0, deflateLevel: 9, deflateStrategy: 0 });
  writeFileSync(file, packed);
  return packed.length;
}

const { values } = parseArgs({ options: { record: { type: "boolean" } } });
if (values.record) await recordAnswers();

const browser = await chromium.launch(await browserLaunchOptions());
const version = browser.version();
await browser.close();
// Those of states that are no more would stay.
for (const name of pictures()) rmSync(`${PICTURES}${name}`);
const { status } = spawnSync(
  process.execPath,
  ["node_modules/@playwright/test/cli.js", "test", "-c", "playwright.pictures.config.ts", "--update-snapshots=all"],
  { cwd: WEB, stdio: "inherit", env: { ...process.env, GRIDX_RENEW_PICTURES: "1" } },
);
if (status === 0) {
  madeWith(version);
  const bytes = pictures().reduce((sum, name) => sum + shrink(`${PICTURES}${name}`), 0);
  process.stdout.write(`${pictures().length} pictures, ${(bytes / 1e6).toFixed(2)} MB; look at each that changed\n`);
}
process.exitCode = status ?? 1;
