// The contract's arithmetic and the way its integers are shown. Everything stays a bigint until it is text.
import { formatUnits, parseUnits } from "viem";

export const WH_PER_KWH = 1000n;
const BPS = 10_000n;
const WH_PER_MWH = 1_000_000n;

const ceilDiv = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;

/** What the seller receives, in token base units: `ceil(energyWh * pricePerKwh / 1000)`. */
export function paymentOf(energyWh: bigint, pricePerKwh: bigint): bigint {
  return ceilDiv(energyWh * pricePerKwh, WH_PER_KWH);
}

/** What the buyer pays on top of a payment: `floor(payment * feeBps / 10000)`. */
export function feeOf(payment: bigint, feeBps: bigint): bigint {
  return (payment * feeBps) / BPS;
}

/** The lowest limit per kWh, fee included, that meets an ask: `ceil(ask * (10000 + feeBps) / 10000)`. */
export function priceWithFee(ask: bigint, feeBps: bigint): bigint {
  return ceilDiv(ask * (BPS + feeBps), BPS);
}

/** The highest ask that a limit per kWh, fee included, meets: `floor(limit * 10000 / (10000 + feeBps))`. */
export function askWithinLimit(limit: bigint, feeBps: bigint): bigint {
  return (limit * BPS) / (BPS + feeBps);
}

/** Grams CO2e that a purchase earns: `floor(energyWh * gramsPerMwh / 1,000,000)`. */
export function carbonGramsOf(energyWh: bigint, gramsPerMwh: bigint): bigint {
  return (energyWh * gramsPerMwh) / WH_PER_MWH;
}

/** The most that a meter can export in a slot: `floor(capacityWatts * slotDuration / 3600)`. */
export function maxExportWh(capacityWatts: bigint, slotDuration: bigint): bigint {
  return (capacityWatts * slotDuration) / 3600n;
}

/** Slot of a Unix time in seconds. */
export function slotOf(timestamp: bigint | number, slotDuration: bigint | number): number {
  return Number(BigInt(timestamp) / BigInt(slotDuration));
}

/** Unix seconds at which a slot starts. */
export function slotStart(slot: bigint | number, slotDuration: bigint | number): number {
  return Number(BigInt(slot) * BigInt(slotDuration));
}

export interface NumberStyle {
  locale?: string;
  /** Digits after the point, at most (and at least, where `fixed`). */
  digits?: number;
  fixed?: boolean;
}

function formatDecimal(value: bigint, decimals: number, { locale, digits = 2, fixed = false }: NumberStyle): string {
  const format = new Intl.NumberFormat(locale, {
    maximumFractionDigits: digits,
    minimumFractionDigits: fixed ? digits : 0,
  });
  // Intl takes decimal text and keeps all its digits, so nothing passes through a float.
  return format.format(formatUnits(value, decimals) as `${number}`);
}

/** Wh as kWh: `1234n` → `1.234`. */
export function formatKwh(energyWh: bigint, style: NumberStyle = {}): string {
  return formatDecimal(energyWh, 3, { digits: 3, ...style });
}

/** Grams as kilograms. */
export function formatCarbonKg(grams: bigint, style: NumberStyle = {}): string {
  return formatDecimal(grams, 3, { digits: 3, ...style });
}

/** Token base units as tokens; prices per kWh too. */
export function formatToken(amount: bigint, tokenDecimals: number, style: NumberStyle = {}): string {
  return formatDecimal(amount, tokenDecimals, style);
}

/** Reads a decimal text with a point into base units; throws on anything else or on too many digits. */
export function parseDecimal(text: string, decimals: number): bigint {
  const trimmed = text.trim();
  if (!/^\d+(\.\d+)?$|^\.\d+$/.test(trimmed)) throw new Error(`"${text}" is not a number`);
  const [, fraction = ""] = trimmed.split(".");
  if (fraction.length > decimals) throw new Error(`at most ${decimals} digits after the point`);
  return parseUnits(trimmed as `${number}`, decimals);
}

/** kWh text as Wh: `1.234` → `1234n`. */
export function parseKwh(text: string): bigint {
  return parseDecimal(text, 3);
}
