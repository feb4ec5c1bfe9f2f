// Which language the page speaks, and which locale writes its numbers and times.

export const LANGUAGES = ["en", "hi"] as const;
export type Language = (typeof LANGUAGES)[number];

/** As each language calls itself. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: "English", hi: "हिन्दी" };

export interface Speech {
  language: Language;
  /** BCP 47; without it numbers and times are written as the browser does. */
  locale: string | undefined;
}

const CHOICE = "gridx.language";
/** For who reads one of the two without any of its locales in the browser's list. */
const INDIAN: Readonly<Record<Language, string>> = { en: "en-IN", hi: "hi-IN" };

const languageOf = (tag: string): Language | undefined =>
  LANGUAGES.find((language) => tag.toLowerCase().split("-")[0] === language);

const regionOf = (tag: string): string | undefined => {
  try {
    return new Intl.Locale(tag).maximize().region;
  } catch {
    return undefined;
  }
};

/** The choice, where there is one, else the first of the reader's languages that the page speaks, else English. */
export function speechFor(wishes: readonly string[], choice: string | null): Speech {
  const chosen = LANGUAGES.find((language) => language === choice);
  const spoken = wishes.find((tag) => languageOf(tag) !== undefined);
  const language = chosen ?? (spoken === undefined ? "en" : (languageOf(spoken) ?? "en"));
  const locale = wishes.find((tag) => languageOf(tag) === language);
  if (locale !== undefined) return { language, locale };
  const inIndia = language === "hi" || wishes.some((tag) => regionOf(tag) === "IN");
  return { language, locale: inIndia ? INDIAN[language] : undefined };
}

export function storedChoice(): string | null {
  try {
    return localStorage.getItem(CHOICE);
  } catch {
    return null;
  }
}

export function storeChoice(language: Language): void {
  try {
    localStorage.setItem(CHOICE, language);
  } catch {
    // Without storage the next visit goes by the browser's languages.
  }
}
