// Dark or light: as chosen, or as the reader's system has it. `<html data-theme>` says which one is on.
import { useSyncExternalStore } from "react";

export const THEMES = ["dark", "light", "auto"] as const;
export type Theme = (typeof THEMES)[number];

const CHOICE = "gridx.theme";
/** Of the browser's own bars: the two backgrounds of tokens.css. */
const BAR_COLORS = { dark: "#060913", light: "#f4f7fc" } as const;

const listeners = new Set<() => void>();
let chosen: Theme = "dark";

const systemIsLight = () => matchMedia("(prefers-color-scheme: light)");

/** Dark is how the page is meant; light is for who asks for it. */
export function storedTheme(): Theme {
  try {
    const choice = localStorage.getItem(CHOICE);
    return THEMES.find((theme) => theme === choice) ?? "dark";
  } catch {
    return "dark";
  }
}

export function shownTheme(): "dark" | "light" {
  if (chosen !== "auto") return chosen;
  return systemIsLight().matches ? "light" : "dark";
}

function show(): void {
  const theme = shownTheme();
  document.documentElement.dataset.theme = theme;
  document.querySelector('meta[name="theme-color"]')?.setAttribute("content", BAR_COLORS[theme]);
  for (const listener of listeners) listener();
}

/** From the start on, and whenever the system's changes. */
export function startTheme(): void {
  chosen = storedTheme();
  systemIsLight().addEventListener("change", show);
  show();
}

export function chooseTheme(theme: Theme): void {
  chosen = theme;
  try {
    localStorage.setItem(CHOICE, theme);
  } catch {
    // Without storage the next visit is dark again.
  }
  show();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** The choice. */
export const useTheme = (): Theme => useSyncExternalStore(subscribe, () => chosen);

/** What is on the screen: for what is drawn without style sheets. */
export const useShownTheme = (): "dark" | "light" => useSyncExternalStore(subscribe, shownTheme);
