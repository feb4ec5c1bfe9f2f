// From a block to the screen: when the page shows its number, after the node has told of it.
import type { Browser } from "@playwright/test";
import { createPublicClient, webSocket } from "viem";
import { NAMES } from "./page-scripts.ts";

/** When each block was told of by the node, by this machine's clock. */
function followBlocks(rpcUrl: string) {
  const mined = new Map<number, number>();
  const transport = webSocket(rpcUrl.replace(/^http/, "ws"), { reconnect: false });
  const client = createPublicClient({ transport });
  const unwatch = client.watchBlockNumber({ onBlockNumber: (number) => mined.set(Number(number), Date.now()) });
  const stop = async () => {
    unwatch();
    (await client.transport.getRpcClient()).close();
  };
  return { mined, stop };
}

/** Runs in the page: notes when each number is on the screen. */
function noteBlocks() {
  const seen: [number, number][] = [];
  Object.assign(window, { gridxBlocks: seen });
  let last = 0;
  const look = () => {
    const text = document.querySelector('[data-testid="freshness"]')?.textContent ?? "";
    const number = Number(text.match(/[\d,]+/)?.[0].replaceAll(",", ""));
    if (number > last) {
      last = number;
      // Painted with the next frame.
      requestAnimationFrame(() => seen.push([number, Date.now()]));
    }
  };
  addEventListener("DOMContentLoaded", () =>
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true }),
  );
}

export interface LatencyOptions {
  pageUrl: string;
  rpcUrl: string;
  seconds: number;
  /** Without the event stream the page asks by itself. */
  withStream: boolean;
}

/** Milliseconds of each block that came while the page was open; one that was passed over counts with the next. */
export async function measureLatency(browser: Browser, options: LatencyOptions): Promise<number[]> {
  const { mined, stop } = followBlocks(options.rpcUrl);
  const context = await browser.newContext({ locale: "en-US" });
  try {
    const page = await context.newPage();
    await page.addInitScript({ content: NAMES });
    await page.addInitScript(noteBlocks);
    if (!options.withStream) await page.route("**/api/events*", (route) => route.abort());
    await page.goto(options.pageUrl);
    await page.waitForTimeout(3_000);
    const from = Date.now();
    await page.waitForTimeout(options.seconds * 1_000);
    const seen = await page.evaluate(() => (window as unknown as { gridxBlocks: [number, number][] }).gridxBlocks);
    const shownAt = (number: number) => seen.find(([shown]) => shown >= number)?.[1];
    return [...mined]
      .filter(([, at]) => at >= from && at < from + (options.seconds - 3) * 1_000)
      .map(([number, at]) => (shownAt(number) ?? Number.POSITIVE_INFINITY) - at);
  } finally {
    await stop();
    await context.close();
  }
}
