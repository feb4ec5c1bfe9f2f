import { t } from "../i18n/t.ts";
import { chooseTheme, THEMES, type Theme, useTheme } from "../theme/theme.ts";

const LABELS = {
  dark: "app.theme.dark",
  light: "app.theme.light",
  auto: "app.theme.auto",
} as const satisfies Record<Theme, string>;

export function ThemeSwitch() {
  const chosen = useTheme();
  return (
    <fieldset className="flex gap-1">
      <legend className="sr-only">{t("app.theme")}</legend>
      {THEMES.map((theme) => (
        <button
          key={theme}
          type="button"
          aria-pressed={theme === chosen}
          onClick={() => chooseTheme(theme)}
          className="min-h-11 rounded-control px-4 text-sm text-soft hover:bg-hover hover:text-text aria-pressed:bg-raised aria-pressed:font-medium aria-pressed:text-text"
        >
          {t(LABELS[theme])}
        </button>
      ))}
    </fieldset>
  );
}
