// Compiles the message files while the page is built, so that no parser of ICU MessageFormat is sent to a browser.
import { basename, dirname } from "node:path";
import { compileMessageOrThrow } from "@lingui/message-utils/compileMessage";
import type { Plugin } from "vite";
import { z } from "zod";

const messageFile = z.record(z.string(), z.string());

function compile(id: string, message: string) {
  try {
    return compileMessageOrThrow(message);
  } catch (cause) {
    throw new Error(`The message ${id} is not in ICU MessageFormat: ${message}`, { cause });
  }
}

/** The messages of one file, each as a list of texts and placeholders. Throws where one can't be read. */
export function compileMessages(json: string): Record<string, unknown> {
  const messages = Object.entries(messageFile.parse(JSON.parse(json)));
  return Object.fromEntries(messages.map(([id, message]) => [id, compile(id, message)]));
}

/** Every `src/messages/<language>/<part>.json` is loaded compiled; it stays JSON, which Vite handles from there. */
export function messages(): Plugin {
  return {
    name: "gridx-messages",
    enforce: "pre",
    transform(code, id) {
      const [path = ""] = id.split("?");
      if (!path.endsWith(".json") || basename(dirname(dirname(path))) !== "messages") return null;
      return { code: JSON.stringify(compileMessages(code)), map: null };
    },
  };
}
