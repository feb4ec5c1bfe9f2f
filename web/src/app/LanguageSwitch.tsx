import { useLingui } from "@lingui/react";
import { useState } from "react";
import { LANGUAGE_NAMES, LANGUAGES, type Language, speechFor, storeChoice } from "../i18n/languages.ts";
import { speak } from "../i18n/messages.ts";
import { t } from "../i18n/t.ts";

/** Each language by its own name, so that whoever can't read the present one finds theirs. */
export function LanguageSwitch() {
  const { i18n } = useLingui();
  const [failed, setFailed] = useState(false);
  const choose = async (language: Language) => {
    setFailed(false);
    try {
      await speak(speechFor(navigator.languages, language));
      storeChoice(language);
    } catch (cause) {
      console.error(cause);
      setFailed(true);
    }
  };
  return (
    <div className="flex flex-wrap items-center justify-center gap-x-4 gap-y-1">
      <fieldset className="flex gap-1">
        <legend className="sr-only">{t("app.language")}</legend>
        {LANGUAGES.map((language) => (
          <button
            key={language}
            type="button"
            lang={language}
            aria-pressed={i18n.locale === language}
            onClick={() => void choose(language)}
            className="min-h-11 min-w-16 rounded-control px-4 text-sm text-soft hover:bg-hover hover:text-text aria-pressed:bg-raised aria-pressed:font-medium aria-pressed:text-text"
          >
            {LANGUAGE_NAMES[language]}
          </button>
        ))}
      </fieldset>
      <p role="status" className="text-sm text-amber">
        {failed && t("app.language.failed")}
      </p>
    </div>
  );
}
