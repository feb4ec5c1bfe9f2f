// The message files against each other, and the page's sources against them.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type CompiledMessage, compileMessageOrThrow } from "@lingui/message-utils/compileMessage";
import { describe, expect, it } from "vitest";
import { LANGUAGES, type Language } from "../../src/i18n/languages.ts";
import { messageUses, parseSource, shownTexts, sources } from "./support/sources.ts";

const FOLDER = fileURLToPath(new URL("../../src/messages/", import.meta.url));
/** Names and units that are written alike in every language. */
const ALIKE = /GridX|\bGrid\b|\bX\b|CO₂e|\bkWh\b|\bkW\b|\bkg\b|\bg\b|\bEnglish\b|हिन्दी/g;

type File = Record<string, string>;
const filesOf = (language: Language): Record<string, File> =>
  Object.fromEntries(
    readdirSync(`${FOLDER}${language}`).map((name) => [
      name.replace(".json", ""),
      JSON.parse(readFileSync(`${FOLDER}${language}/${name}`, "utf8")) as File,
    ]),
  );
const files = { en: filesOf("en"), hi: filesOf("hi") } satisfies Record<Language, Record<string, File>>;
const messagesOf = (language: Language): File => Object.assign({}, ...Object.values(files[language]));
const english = messagesOf("en");

interface Parts {
  placeholders: string[];
  plurals: string[][];
}

function partsOf(compiled: CompiledMessage): Parts {
  const parts: Parts = { placeholders: [], plurals: [] };
  const read = (tokens: unknown) => {
    if (!Array.isArray(tokens)) return;
    for (const token of tokens) {
      if (!Array.isArray(token)) continue;
      const [name, type, format] = token as [string, string?, Record<string, unknown>?];
      parts.placeholders.push(name);
      if (type === "plural") parts.plurals.push(Object.keys(format ?? {}).filter((form) => /^[a-z]/.test(form)));
      for (const form of Object.values(format ?? {})) read(form);
    }
  };
  read(compiled);
  return parts;
}

const tagsOf = (message: string): string[] => [...message.matchAll(/<(\w+)\/?>/g)].map(([, name]) => name ?? "");
/** What a place that shows it has to fill in. */
const openOf = (message: string): string[] =>
  [...new Set([...partsOf(compileMessageOrThrow(message)).placeholders, ...tagsOf(message)])].sort();

describe("the message files", () => {
  it("hold the same messages in each language, each under the name of its file", () => {
    for (const language of LANGUAGES) {
      expect(Object.keys(files[language]).sort()).toEqual(Object.keys(files.en).sort());
      for (const [part, messages] of Object.entries(files[language])) {
        expect(Object.keys(messages), `${language}/${part}`).toEqual(Object.keys(files.en[part] ?? {}));
        expect(Object.keys(messages).filter((id) => !id.startsWith(`${part}.`))).toEqual([]);
      }
    }
  });

  it.each(LANGUAGES)(
    "are whole in %s: nothing empty, the same placeholders and tags, the language's plural forms",
    (language) => {
      const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
      for (const [id, message] of Object.entries(messagesOf(language))) {
        expect(message, id).toMatch(/\S/);
        expect(message.trim(), id).toBe(message);
        expect([id, openOf(message)]).toEqual([id, openOf(english[id] ?? "")]);
        for (const plural of partsOf(compileMessageOrThrow(message)).plurals) {
          const named = plural.filter((form) => form !== "offset");
          expect([id, named.sort()]).toEqual([id, [...forms].sort()]);
        }
      }
    },
  );

  it("are Hindi in Devanagari, and none was left in English", () => {
    const left = Object.entries(messagesOf("hi")).filter(([, message]) => !/\p{Script=Devanagari}/u.test(message));
    expect(left).toEqual([]);
  });
});

describe("the page's sources", () => {
  const all = sources();
  const uses = all.flatMap((source) => messageUses(source, (text) => Object.hasOwn(english, text)));

  it("fill in what each message asks for, and nothing else", () => {
    for (const { at, id, given } of uses) {
      const message = english[id];
      expect(message, `${at} names no message: ${id}`).toBeDefined();
      expect([at, id, [...(given ?? [])].sort()]).toEqual([at, id, openOf(message ?? "")]);
    }
  });

  it("use every message", () => {
    const used = new Set(uses.map(({ id }) => id));
    expect(Object.keys(english).filter((id) => !used.has(id))).toEqual([]);
  });

  it("hold no text for readers", () => {
    const letters = (text: string) => /\p{L}/u.test(text.replace(ALIKE, ""));
    const shown = all.flatMap(shownTexts).filter(({ text }) => !Object.hasOwn(english, text) && letters(text));
    expect(shown).toEqual([]);
  });

  it.each([
    ["<p>Hello</p>"],
    ["<p>{busy ? 'Wait' : null}</p>"],
    [`<p>{busy && \`Wait ${"$"}{n} s\`}</p>`],
    ["<input aria-label='Amount' />"],
    ["<Card title={open ? 'Open' : t('app.close')} />"],
    [`plan({ title: \`Buy ${"$"}{n}\` })`],
    ["fail(new PlanError('No money.'))"],
  ])("would not get past with %s", (text) => {
    const found = shownTexts(parseSource("example.tsx", `export const example = () => ${text};`));
    expect(found.map((shown) => shown.text).join("")).toMatch(/\p{L}/u);
  });
});
