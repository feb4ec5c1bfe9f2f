// The page's first choice of typefaces, brought along: what a machine has installed does not change a picture. Letters that
// they lack (ticks, arrows, Devanagari) still come from the machine, and are few.
import { readFileSync } from "node:fs";
import type { BrowserContext } from "@playwright/test";

const LATIN_EXTENDED = "U+0100-02BA, U+1E00-1E9F, U+20A0-20AB, U+20AD-20C0";
const FONTS = [
  { family: "Inter", file: "inter/files/inter-latin-ext-wght-normal", range: LATIN_EXTENDED },
  { family: "Inter", file: "inter/files/inter-latin-wght-normal" },
  { family: "SF Mono", file: "jetbrains-mono/files/jetbrains-mono-latin-wght-normal" },
].map(({ file, range = "U+0000-00FF, U+2000-206F, U+20AC, U+2122, U+2190-2193, U+2212", ...rest }) => ({
  ...rest,
  range,
  base64: readFileSync(new URL(`../../../node_modules/@fontsource-variable/${file}.woff2`, import.meta.url)).toString(
    "base64",
  ),
}));

/** Handed over as bytes, so that they are there before anything is drawn and the page's policy stays as it is. */
export async function bringFonts(context: BrowserContext): Promise<void> {
  await context.addInitScript((fonts) => {
    for (const { family, base64, range } of fonts) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const font = new FontFace(family, bytes, { weight: "100 900", unicodeRange: range });
      document.fonts.add(font);
      void font.load();
    }
  }, FONTS);
}
