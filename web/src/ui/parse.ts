import { parseDecimal } from "@gridx/contracts";

export type Parsed = { value: bigint; error: null } | { value: null; error: string | null };

/** Reads what somebody typed, point or comma; an empty field is no error yet. */
export function parseAmount(text: string, decimals: number): Parsed {
  const normal = text.trim().replace(",", ".");
  if (normal === "") return { value: null, error: null };
  try {
    return { value: parseDecimal(normal, decimals), error: null };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    return { value: null, error: message.startsWith("at most") ? `Give ${message}.` : "Give a number, like 1.5." };
  }
}
