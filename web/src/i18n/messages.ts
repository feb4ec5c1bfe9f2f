// The message files and when each is loaded. What the first screen needs is in the page's own code in English;
// every other file, and all Hindi, is loaded when it is wanted.
import { i18n, type Messages } from "@lingui/core";
import type analytics from "../messages/en/analytics.json";
import app from "../messages/en/app.json";
import type audit from "../messages/en/audit.json";
import type carbon from "../messages/en/carbon.json";
import type dashboard from "../messages/en/dashboard.json";
import demo from "../messages/en/demo.json";
import type emergency from "../messages/en/emergency.json";
import type figures from "../messages/en/figures.json";
import type house from "../messages/en/house.json";
import type market from "../messages/en/market.json";
import type operator from "../messages/en/operator.json";
import type trade from "../messages/en/trade.json";
import type trades from "../messages/en/trades.json";
import type tx from "../messages/en/tx.json";
import { messageFile } from "../messages/files.ts";
import type { Language, Speech } from "./languages.ts";

type Shown = typeof dashboard & typeof analytics & typeof figures;
type English = Shown &
  typeof app &
  typeof market &
  typeof demo &
  typeof audit &
  typeof carbon &
  typeof emergency &
  typeof house &
  typeof operator &
  typeof trade &
  typeof trades &
  typeof tx;

/** Names a text in each language. */
export type MessageId = keyof English;

type StartPart = "app" | "demo";
/** Files that are loaded with the code that speaks by them. */
export type Part =
  | "analytics"
  | "audit"
  | "carbon"
  | "dashboard"
  | "emergency"
  | "figures"
  | "house"
  | "market"
  | "operator"
  | "trade"
  | "trades"
  | "tx";

type Load = () => Promise<Messages>;

/** In no build for another chain. */
const hindiDemo: Load | null =
  __CHAIN_ID__ === 31337 ? async () => (await import("../messages/hi/demo.json")).default : null;

const START: readonly StartPart[] = hindiDemo ? ["app", "demo"] : ["app"];
const english: Messages = __CHAIN_ID__ === 31337 ? { ...app, ...demo } : app;

const wanted = new Set<StartPart | Part>(START);
const loaded = new Set(START.map((part) => `en/${part}`));

i18n.load({ en: english, hi: {} });
i18n.activate("en");

function read(language: Language, part: StartPart | Part): Promise<Messages> {
  const load = part === "demo" ? hindiDemo : messageFile(language, part);
  if (!load) throw new Error(`there is no message file ${language}/${part}`);
  return load();
}

/** Until all that is wanted, also meanwhile, is there in that language. */
async function complete(language: Language): Promise<void> {
  for (;;) {
    const missing = [...wanted].filter((part) => !loaded.has(`${language}/${part}`));
    if (missing.length === 0) return;
    const texts = await Promise.all(missing.map((part) => read(language, part)));
    i18n.load(language, Object.assign({}, ...texts));
    for (const part of missing) loaded.add(`${language}/${part}`);
  }
}

/** Loads a file in the present language; later ones bring it along. */
export async function loadMessages(part: Part): Promise<void> {
  wanted.add(part);
  await complete(i18n.locale as Language);
}

/** Code together with the messages that it speaks by. */
export function withMessages<Module>(
  parts: Part | readonly Part[],
  load: () => Promise<Module>,
): () => Promise<Module> {
  return async () => {
    const [module] = await Promise.all([load(), ...[parts].flat().map((part) => loadMessages(part))]);
    return module;
  };
}

/** From now on the page speaks that language. */
export async function speak({ language, locale }: Speech): Promise<void> {
  await complete(language);
  i18n.activate(language, locale);
  if (typeof document !== "undefined") document.documentElement.lang = language;
}
