// `npm run icons`: the icons of the installed page, drawn from web/public/icon.svg. Their files are kept in the repository.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { browserLaunchOptions } from "./browser.ts";
import { ROOT } from "./checks.ts";

const PUBLIC = join(ROOT, "web/public");
/** What is left of a maskable icon whatever its mask is a circle of 80 %; the corners have to be filled. */
const SAFE = 0.78;

interface Icon {
  name: string;
  pixels: number;
  /** Fills the square and keeps the sign within the circle that every mask leaves. */
  maskable?: boolean;
}
const ICONS: readonly Icon[] = [
  { name: "180.png", pixels: 180, maskable: true },
  { name: "192.png", pixels: 192 },
  { name: "512.png", pixels: 512 },
  { name: "maskable-512.png", pixels: 512, maskable: true },
];

const svg = readFileSync(join(PUBLIC, "icon.svg"), "utf8");
const background = /<rect[^>]* fill="(#\w+)"/.exec(svg)?.[1];
if (!background) throw new Error("web/public/icon.svg has no <rect> with a fill for its background");

mkdirSync(join(PUBLIC, "icons"), { recursive: true });
const browser = await chromium.launch(await browserLaunchOptions());
try {
  const page = await browser.newPage();
  for (const { name, pixels, maskable = false } of ICONS) {
    await page.setViewportSize({ width: pixels, height: pixels });
    const inner = maskable ? Math.round(pixels * SAFE) : pixels;
    await page.setContent(
      `<style>body{margin:0;height:100vh;display:grid;place-content:center;background:${maskable ? background : "transparent"}}` +
        `svg{display:block;width:${inner}px}</style>${svg}`,
    );
    writeFileSync(join(PUBLIC, "icons", name), await page.screenshot({ omitBackground: !maskable }));
  }
} finally {
  await browser.close();
}
