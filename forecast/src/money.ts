// Money as integer hundredths, so that no price passes through a float.

/** Reads `5`, `5.5` or `-0.50` into hundredths; null if it is anything else. */
export function parseHundredths(text: string): bigint | null {
  const match = /^(-?)(\d{1,9})(?:\.(\d{1,2}))?$/.exec(text);
  if (!match) return null;
  const [, sign = "", units = "", fraction = ""] = match;
  const hundredths = BigInt(units) * 100n + BigInt(fraction.padEnd(2, "0"));
  return sign === "-" ? -hundredths : hundredths;
}

/** Hundredths as text with exactly two digits after the point: `-50n` → `-0.50`. */
export function formatHundredths(hundredths: bigint): string {
  const digits = (hundredths < 0n ? -hundredths : hundredths).toString().padStart(3, "0");
  return `${hundredths < 0n ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
