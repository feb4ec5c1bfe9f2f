// `npm run bench web`: sizes, vitals and the way from a block to the screen, of the whole system on a local chain.
import { parseArgs } from "node:util";
import { chromium } from "@playwright/test";
import { browserLaunchOptions } from "../../scripts/browser.ts";
import startSystem from "../test/e2e/support/system.ts";
import { theWorld } from "../test/e2e/support/world.ts";
import { measureBundle } from "./bundle.ts";
import { measureLatency } from "./latency.ts";
import { measureVitals, type Vitals } from "./vitals.ts";

const { values } = parseArgs({
  options: { runs: { type: "string", default: "5" }, seconds: { type: "string", default: "40" } },
});
const runs = Number(values.runs);
const seconds = Number(values.seconds);
const say = (text: string) => process.stdout.write(`${text}\n`);

const quantile = (numbers: readonly number[], share: number): number =>
  [...numbers].sort((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))] ?? Number.NaN;
const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;

const sizes = await measureBundle();
say(`JavaScript, gzip: ${kilobytes(sizes.initial)} at the start (goal 130), ${kilobytes(sizes.all)} in all`);
say(`styles, gzip: ${kilobytes(sizes.styles)}`);

const stop = await startSystem();
const browser = await chromium.launch(await browserLaunchOptions());
try {
  const { pageUrl, rpcUrl } = theWorld();
  const vitals: Vitals[] = [];
  for (let run = 0; run < runs; run += 1) vitals.push(await measureVitals(browser, `${pageUrl}/market`));
  const median = (name: keyof Vitals) =>
    quantile(
      vitals.map((one) => one[name]),
      0.5,
    );
  say(`first visit, 4× slower processor, 150 ms, 1.6 Mbit/s, 390 pixels, median of ${runs}:`);
  say(
    `  LCP ${median("lcp").toFixed(0)} ms (goal 2000), CLS ${median("cls").toFixed(3)} (0.02), INP ${median("inp").toFixed(0)} ms (100)`,
  );

  const place = { pageUrl: `${pageUrl}/market`, rpcUrl, seconds };
  const stream = await measureLatency(browser, { ...place, withStream: true });
  const asking = await measureLatency(browser, { ...place, withStream: false });
  const line = (numbers: number[]) =>
    `p50 ${quantile(numbers, 0.5)} ms, p95 ${quantile(numbers, 0.95)} ms, ${numbers.length} blocks`;
  say(`block to screen by the event stream: ${line(stream)} (goal p95 300)`);
  say(
    `                 by asking, baseline: ${line(asking)}; ratio of p50 ${(quantile(stream, 0.5) / quantile(asking, 0.5)).toFixed(2)}`,
  );
} finally {
  await browser.close();
  await stop();
}
