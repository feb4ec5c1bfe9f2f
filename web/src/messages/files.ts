// The message files that are loaded when they are wanted.
import type { Messages } from "@lingui/core";

const files = import.meta.glob<Messages>(["./*/*.json", "!./en/app.json", "!./*/demo.json"], { import: "default" });

/** Undefined where there is none, or where it is part of the page's own code. */
export const messageFile = (language: string, part: string): (() => Promise<Messages>) | undefined =>
  files[`./${language}/${part}.json`];
