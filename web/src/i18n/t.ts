import { i18n } from "@lingui/core";
import type { MessageId } from "./messages.ts";

export type { MessageId } from "./messages.ts";

/** A text of the message files in the present language, with its placeholders filled in. */
export function t(id: MessageId, values?: Readonly<Record<string, string | number>>): string {
  return i18n._(id, values);
}
