// Numbers as people type them, with the signs of the locale that writes the numbers on the page.
import { parseDecimal } from "@gridx/contracts";
import { formatUnits } from "viem";
import { t } from "../i18n/t.ts";

export type Parsed = { value: bigint; error: null } | { value: null; error: string | null };

export interface NumberInput {
  /** Reads what somebody typed into a field; an empty field is no error yet. */
  read(text: string, decimals: number, field: string): Parsed;
  /** As somebody would type it. */
  write(value: bigint, decimals: number): string;
  /** What an empty field shows. */
  placeholder: string;
}

/** Energy is typed in kWh and counted in Wh. */
export const KWH_DECIMALS = 3;

/** Signs that look alike count as one. */
const SPACES = /[\s\u00a0\u2009\u202f]/gu;
const APOSTROPHES = /[\u2019\u02bc]/gu;
const alike = (text: string): string => text.replace(SPACES, " ").replace(APOSTROPHES, "'");

export function createNumberInput(locale?: string): NumberInput {
  const grouped = new Intl.NumberFormat(locale, { useGrouping: true });
  const parts = new Intl.NumberFormat(locale).formatToParts(-12_345_678.9);
  const partOf = (type: string, otherwise: string) => alike(parts.find((p) => p.type === type)?.value ?? otherwise);
  const point = partOf("decimal", ".");
  const group = partOf("group", "");
  const digits = [...new Intl.NumberFormat(locale, { useGrouping: false }).format(9_876_543_210)].reverse();
  const ascii = (text: string) => [...text].map((c) => (digits.includes(c) ? digits.indexOf(c) : c)).join("");
  const local = (text: string) => text.replace(/\d/g, (digit) => digits[Number(digit)] ?? digit).replace(".", point);

  /** Digits of a whole number, or null where its grouping is not one that means only thousands. */
  const wholeOf = (text: string): string | null => {
    if (/^\d*$/.test(text)) return text;
    if (group === "") return null;
    const groups = text.split(group);
    const plain = groups.join("");
    if (!/^[1-9]\d*$/.test(plain)) return null;
    const byThousands = groups.every((part, index) => (index === 0 ? /^\d{1,3}$/ : /^\d{3}$/).test(part));
    // Some locales group otherwise: 1,00,000.
    return byThousands || ascii(alike(grouped.format(BigInt(plain)))) === text ? plain : null;
  };

  const example = local("1.5");
  const unclear = (text: string, field: string) => {
    const thousands = alike(grouped.format(12_345));
    return t("app.number.unclear", { field, text, example, thousands });
  };

  return {
    placeholder: local("0.00"),
    write: (value, decimals) => local(formatUnits(value, decimals)),
    read(given, decimals, field) {
      const typed = given.trim();
      if (typed === "") return { value: null, error: null };
      const text = ascii(alike(typed));
      const no = (error: string): Parsed => ({ value: null, error });
      if (!/^[\d.,' \u066b\u066c]+$/u.test(text) || !/\d/.test(text))
        return no(t("app.number.none", { field, example }));
      const [before = "", fraction, ...more] = text.split(point);
      const whole = wholeOf(before);
      const clear = whole !== null && more.length === 0 && (fraction === undefined || /^\d*$/.test(fraction));
      if (!clear) return no(unclear(typed, field));
      if (fraction !== undefined && fraction.length > decimals) {
        return no(t("app.number.digits", { field, decimals, point }));
      }
      return { value: parseDecimal(fraction ? `${whole}.${fraction}` : whole, decimals), error: null };
    },
  };
}
