// The contract's and the token's errors in plain words, with their arguments.
import type { demoRupeeAbi, gridxAbi } from "@gridx/contracts";
import { type MessageId, t } from "../i18n/t.ts";
import { type Format, shortHex } from "../ui/format.ts";

type ErrorName =
  | Extract<(typeof gridxAbi)[number], { type: "error" }>["name"]
  | Extract<(typeof demoRupeeAbi)[number], { type: "error" }>["name"];

export interface ErrorWords {
  format: Format;
  /** The chain's time, to say slots. */
  now: number;
}

type Args = readonly unknown[];
type Words = (args: Args, context: ErrorWords) => string;

const big = (value: unknown): bigint => (typeof value === "bigint" || typeof value === "number" ? BigInt(value) : 0n);
const who = (value: unknown): string => (typeof value === "string" ? shortHex(value) : t("tx.error.somebody"));
const slot = (value: unknown, { format, now }: ErrorWords): string => format.slot(Number(value), now);
const price = (value: unknown, { format }: ErrorWords): string => format.perKwh(big(value));
const kwh = (value: unknown, { format }: ErrorWords): string => format.kwh(big(value));
const money = (value: unknown, { format }: ErrorWords): string => format.exactMoney(big(value));
const plain = (value: unknown): string => big(value).toString();
const said = (id: MessageId): Words => {
  return () => t(id);
};
const saidOf = (id: MessageId): Words => {
  return (args) => t(id, { who: who(args[0]) });
};

const NOT_FOR_PAGE = said("tx.error.notForPage");
const SIGNATURE = said("tx.error.signature");

/** Parameters that `OutOfRange` can name, as they are said and shown; others are plain numbers. */
const PARAMETERS: Partial<Record<string, { name: MessageId; show: (value: unknown, context: ErrorWords) => string }>> =
  {
    pricePerKwh: { name: "tx.error.parameter.price", show: price },
    minPrice: { name: "tx.error.parameter.price", show: price },
    maxPrice: { name: "tx.error.parameter.price", show: price },
    endsAt: { name: "tx.error.parameter.end", show: (value, { format }) => format.dateTime(Number(value)) },
  };

export const errorWords: Record<ErrorName, Words> = {
  // Market
  LotNotLive: (args, c) => t("tx.error.lotNotLive", { who: who(args[0]), slot: slot(args[1], c) }),
  AskNotLowered: (args, c) => t("tx.error.askNotLowered", { price: price(args[2], c), given: price(args[3], c) }),
  ShelfClosed: (args, c) => t("tx.error.shelfClosed", { slot: slot(args[2], c) }),
  NotForSale: (args, c) => t("tx.error.notForSale", { who: who(args[0]), slot: slot(args[1], c) }),
  PriceAboveLimit: (args, c) => t("tx.error.priceAboveLimit", { price: price(args[2], c), limit: price(args[3], c) }),
  InsufficientEnergy: (args, c) => t("tx.error.insufficientEnergy", { left: kwh(args[3], c), wanted: kwh(args[2], c) }),
  ZeroEnergy: said("tx.error.zeroEnergy"),
  SelfTrade: said("tx.error.selfTrade"),
  OnlyBuyer: (args) => t("tx.error.onlyBuyer", { buyer: who(args[0]), sender: who(args[1]) }),
  NotAMember: saidOf("tx.error.notAMember"),
  BasketBelowMinimum: (args, c) =>
    big(args[0]) === 0n
      ? t("tx.error.basketGone")
      : t("tx.error.basketBelowMinimum", { bought: kwh(args[0], c), wanted: kwh(args[1], c) }),
  // Clearing
  SlotNotClearable: (args, c) => t("tx.error.slotNotClearable", { slot: slot(args[0], c) }),
  SlotAlreadyPassed: (args, c) =>
    t("tx.error.slotAlreadyPassed", { cleared: slot(args[1], c), slot: slot(args[0], c) }),
  ClearingPriceFixed: (args, c) =>
    t("tx.error.clearingPriceFixed", { slot: slot(args[0], c), price: price(args[1], c), given: price(args[2], c) }),
  ClearingBelowMinimum: (args, c) =>
    t("tx.error.clearingBelowMinimum", { matched: kwh(args[0], c), wanted: kwh(args[1], c) }),
  // Emergency
  PriceAboveCap: (args, c) => t("tx.error.priceAboveCap", { cap: price(args[1], c), price: price(args[0], c) }),
  AllowanceExceeded: (args, c) =>
    big(args[2]) === 0n
      ? t("tx.error.noAllowance")
      : t("tx.error.allowanceExceeded", { left: kwh(args[2], c), wanted: kwh(args[1], c) }),
  NoEmergency: said("tx.error.noEmergency"),
  EnforcedPause: said("tx.error.paused"),
  ExpectedPause: said("tx.error.notPaused"),
  // Money and carbon
  InsufficientBalance: (args, c) =>
    t("tx.error.insufficientBalance", { held: money(args[2], c), needed: money(args[1], c) }),
  InsufficientCarbon: (args, { format }) =>
    t("tx.error.insufficientCarbon", { held: format.carbon(big(args[2])), needed: format.carbon(big(args[1])) }),
  ZeroAmount: said("tx.error.zeroAmount"),
  InvalidAddress: saidOf("tx.error.invalidAddress"),
  OutOfRange: (args, c) => {
    const known = PARAMETERS[String(args[0])];
    const show = (value: unknown) => known?.show(value, c) ?? plain(value);
    const name = known ? t(known.name) : t("tx.error.parameter.other", { name: String(args[0]) });
    return t("tx.error.outOfRange", { name, low: show(args[2]), high: show(args[3]), given: show(args[1]) });
  },
  TextTooLong: (args) =>
    t("tx.error.textTooLong", { text: String(args[0]), bytes: plain(args[1]), most: plain(args[2]) }),
  SafeCastOverflowedUintDowncast: (args) => t("tx.error.numberTooLarge", { bits: plain(args[0]) }),
  SafeERC20FailedOperation: saidOf("tx.error.tokenRefused"),
  // Houses and roles
  MeterAlreadyRegistered: saidOf("tx.error.meterRegistered"),
  MeterNotActive: saidOf("tx.error.meterNotActive"),
  AccessControlUnauthorizedAccount: (args) => t("tx.error.noRole", { who: who(args[0]), role: who(args[1]) }),
  AccessControlBadConfirmation: NOT_FOR_PAGE,
  AccessControlEnforcedDefaultAdminDelay: NOT_FOR_PAGE,
  AccessControlEnforcedDefaultAdminRules: NOT_FOR_PAGE,
  AccessControlInvalidDefaultAdmin: saidOf("tx.error.notAdmin"),
  // Token
  ERC20InsufficientBalance: (args, c) =>
    t("tx.error.tokenBalance", { who: who(args[0]), held: money(args[1], c), needed: money(args[2], c) }),
  ERC20InsufficientAllowance: (args, c) =>
    t("tx.error.tokenAllowance", { allowed: money(args[1], c), needed: money(args[2], c) }),
  ERC20ExceededCap: said("tx.error.tokenExceededCap"),
  ERC20InvalidCap: said("tx.error.tokenInvalidCap"),
  ERC20InvalidApprover: saidOf("tx.error.tokenApprover"),
  ERC20InvalidReceiver: saidOf("tx.error.tokenReceiver"),
  ERC20InvalidSender: saidOf("tx.error.tokenSender"),
  ERC20InvalidSpender: saidOf("tx.error.tokenSpender"),
  ERC2612ExpiredSignature: said("tx.error.permitExpired"),
  ERC2612InvalidSigner: (args) => t("tx.error.permitSigner", { signer: who(args[0]), owner: who(args[1]) }),
  InvalidAccountNonce: said("tx.error.permitUsed"),
  ECDSAInvalidSignature: SIGNATURE,
  ECDSAInvalidSignatureLength: SIGNATURE,
  ECDSAInvalidSignatureS: SIGNATURE,
  // Libraries
  AddressEmptyCode: saidOf("tx.error.noContract"),
  FailedCall: said("tx.error.failedCall"),
  InvalidShortString: said("tx.error.textUnreadable"),
  StringTooLong: said("tx.error.textLong"),
  ReentrancyGuardReentrantCall: said("tx.error.reentrancy"),
};

/** An error of the contract in words, or null for one that is not known. */
export function wordsOf(errorName: string, args: Args, context: ErrorWords): string | null {
  const words = (errorWords as Partial<Record<string, Words>>)[errorName];
  return words ? words(args, context) : null;
}
