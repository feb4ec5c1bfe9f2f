// Numbers, money, times and addresses as the reader's locale writes them. Integers stay bigint until here.
import { type Deployment, formatCarbonKg, formatKwh, formatToken, slotStart } from "@gridx/contracts";
import { createNumberInput, type NumberInput } from "./parse.ts";

export interface Format {
  /** The token's name or, where the locale writes rupees with their sign, that: `₹`, `d₹` for the demo rupee. */
  symbol: string;
  /** The sign stands for play money, which has to be said where money is shown. */
  demoSign: boolean;
  /** `1.234 kWh` */
  kwh(energyWh: bigint): string;
  /** Two digits at least, more where the amount has more. */
  money(amount: bigint): string;
  /** Every digit of an amount, with the token's own name: what is signed. */
  exactMoney(amount: bigint): string;
  /** Every digit of a price per kWh, without the unit. */
  price(pricePerKwh: bigint): string;
  /** Every digit of a price per kWh, with its unit: `4.20 dINR/kWh`. */
  perKwh(pricePerKwh: bigint): string;
  /** A price with four digits, for columns. */
  priceColumn(pricePerKwh: bigint): string;
  /** `1.234 kg` */
  carbon(grams: bigint): string;
  /** `14:15` of the slot's start, with the day where it isn't the clock's. */
  slot(slot: number, now: number): string;
  /** `14:15–14:30` */
  slotRange(slot: number): string;
  time(unixSeconds: number): string;
  /** `14:15`, with the day where it isn't the clock's. */
  moment(unixSeconds: number, now: number): string;
  /** `15 minutes`, `2 hours` */
  duration(seconds: number): string;
  dateTime(unixSeconds: number): string;
  /** `2 hours ago`, by the chain's clock. */
  ago(unixSeconds: number, now: number): string;
  /** `9 Jun` */
  day(unixSeconds: number): string;
  /** The same of a UTC day, whatever the reader's zone. */
  utcDay(unixSeconds: number): string;
  /** 0.123 is `12.3 %` */
  percent(share: number): string;
  integer(value: number | bigint): string;
  /** At most three digits after the point. */
  number(value: number): string;
  /** Numbers in fields, with the same signs. */
  input: NumberInput;
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

export function createFormat(
  deployment: Pick<Deployment, "tokenDecimals" | "tokenSymbol" | "slotDuration">,
  locale?: string,
): Format {
  const { tokenDecimals, tokenSymbol, slotDuration } = deployment;
  const sign = rupeeSign(tokenSymbol, locale);
  const symbol = sign ?? tokenSymbol;
  const withSymbol = (figure: string) => (sign ? `${sign}${figure}` : `${figure} ${symbol}`);
  const clock = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" });
  const clockAndDay = new Intl.DateTimeFormat(locale, {
    weekday: "short",
    hour: "numeric",
    minute: "2-digit",
  });
  const full = new Intl.DateTimeFormat(locale, {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
    timeZoneName: "short",
  });
  const day = new Intl.DateTimeFormat(locale, { month: "short", day: "numeric" });
  const utcDay = new Intl.DateTimeFormat(locale, { month: "short", day: "numeric", timeZone: "UTC" });
  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" });
  const integer = new Intl.NumberFormat(locale);
  const lasting = (unit: string) =>
    new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 1 });
  const [minutes, hours, days] = [lasting("minute"), lasting("hour"), lasting("day")];
  const date = (unixSeconds: number) => new Date(unixSeconds * 1000);
  const moment = (unixSeconds: number, now: number) => {
    const sameDay = date(unixSeconds).toDateString() === date(now).toDateString();
    return (sameDay ? clock : clockAndDay).format(date(unixSeconds));
  };
  const atLeastTwoDigits = (amount: bigint, digits: number) => {
    const cent = 10n ** BigInt(Math.max(tokenDecimals - 2, 0));
    const fixed = amount % cent === 0n;
    return formatToken(amount, tokenDecimals, { locale, digits: fixed ? Math.min(2, tokenDecimals) : digits, fixed });
  };
  return {
    symbol,
    demoSign: sign !== null && sign !== RUPEE,
    kwh: (energyWh) => `${formatKwh(energyWh, { locale, fixed: true })} kWh`,
    money: (amount) => withSymbol(formatToken(amount, tokenDecimals, { locale, digits: 2, fixed: true })),
    exactMoney: (amount) => `${atLeastTwoDigits(amount, tokenDecimals)} ${tokenSymbol}`,
    price: (pricePerKwh) => atLeastTwoDigits(pricePerKwh, tokenDecimals),
    perKwh: (pricePerKwh) => `${withSymbol(atLeastTwoDigits(pricePerKwh, tokenDecimals))}/kWh`,
    priceColumn: (pricePerKwh) =>
      formatToken(pricePerKwh, tokenDecimals, { locale, digits: Math.min(4, tokenDecimals), fixed: true }),
    carbon: (grams) => `${formatCarbonKg(grams, { locale, fixed: true })} kg`,
    slot: (slot, now) => moment(slotStart(slot, slotDuration), now),
    slotRange: (slot) => {
      const start = slotStart(slot, slotDuration);
      return clock.formatRange(date(start), date(start + slotDuration));
    },
    time: (unixSeconds) => clock.format(date(unixSeconds)),
    moment,
    duration: (seconds) => {
      if (seconds < HOUR) return minutes.format(Math.max(1, Math.ceil(seconds / MINUTE)));
      return seconds < 2 * DAY
        ? hours.format(Math.round((seconds * 10) / HOUR) / 10)
        : days.format(Math.round(seconds / DAY));
    },
    dateTime: (unixSeconds) => full.format(date(unixSeconds)),
    ago: (unixSeconds, now) => {
      const seconds = Math.max(0, now - unixSeconds);
      if (seconds < MINUTE) return relative.format(-Math.floor(seconds), "second");
      if (seconds < HOUR) return relative.format(-Math.floor(seconds / MINUTE), "minute");
      if (seconds < DAY) return relative.format(-Math.floor(seconds / HOUR), "hour");
      return relative.format(-Math.floor(seconds / DAY), "day");
    },
    day: (unixSeconds) => day.format(date(unixSeconds)),
    utcDay: (unixSeconds) => utcDay.format(date(unixSeconds)),
    percent: (share) => percent.format(share),
    integer: (value) => integer.format(value),
    number: (value) => integer.format(value),
    input: createNumberInput(locale),
  };
}

const RUPEE = "₹";
/** Rupee tokens, by what they are called on their chain; the demo one must never look like money. */
const RUPEE_SIGNS: Readonly<Partial<Record<string, string>>> = { INR: RUPEE, dINR: `d${RUPEE}` };

/** The sign of a rupee token where the locale is one of India, else null. */
function rupeeSign(tokenSymbol: string, locale: string | undefined): string | null {
  const { region } = new Intl.Locale(locale ?? new Intl.NumberFormat().resolvedOptions().locale).maximize();
  return region === "IN" ? (RUPEE_SIGNS[tokenSymbol] ?? null) : null;
}

/** `0x12ab…34cd` */
export function shortHex(hex: string): string {
  return `${hex.slice(0, 6)}…${hex.slice(-4)}`;
}
