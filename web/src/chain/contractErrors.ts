// The contract's and the token's errors in plain words, with their arguments.
import type { demoRupeeAbi, gridxAbi } from "@gridx/contracts";
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
const who = (value: unknown): string => (typeof value === "string" ? shortHex(value) : "somebody");
const slot = (value: unknown, { format, now }: ErrorWords): string => format.slot(Number(value), now);
const price = (value: unknown, { format }: ErrorWords): string => `${format.price(big(value))} ${format.symbol}/kWh`;
const said = (text: string): Words => {
  return () => text;
};

const NOT_FOR_PAGE = "This call is for the people who run the community, not for this wallet.";
const SIGNATURE = "A signature was not valid. Sign again.";

/** Parameters that `OutOfRange` can name, as they are said and shown; others are plain numbers. */
const PARAMETERS: Partial<Record<string, { name: string; show: (value: unknown, context: ErrorWords) => string }>> = {
  pricePerKwh: { name: "The price", show: price },
  minPrice: { name: "The price", show: price },
  maxPrice: { name: "The price", show: price },
  endsAt: { name: "The end", show: (value, { format }) => format.dateTime(Number(value)) },
};

export const errorWords: Record<ErrorName, Words> = {
  // Market
  LotNotLive: (args, c) =>
    `The lot of ${who(args[0])} from ${slot(args[1], c)} can't be traded now: it is not there, has not ended or has expired.`,
  AskNotLowered: (args, c) =>
    `The ask of a lot only goes down: it is ${price(args[2], c)}, you gave ${price(args[3], c)}.`,
  ShelfClosed: (args, c) => `Direct purchase of this lot opens at ${slot(args[2], c)}.`,
  NotForSale: (args, c) => `${who(args[0])} does not offer the energy of ${slot(args[1], c)} for sale.`,
  PriceAboveLimit: (args, c) =>
    `The price moved: with the fee it is now ${price(args[2], c)}, and you agreed to at most ${price(args[3], c)}.`,
  InsufficientEnergy: (args, c) =>
    `Only ${c.format.kwh(big(args[3]))} are left of this lot; you asked for ${c.format.kwh(big(args[2]))}.`,
  ZeroEnergy: said("Ask for more than 0 kWh."),
  SelfTrade: said("This is your own energy; nobody buys from themselves."),
  OnlyBuyer: (args) => `Only the buyer ${who(args[0])} can sign this purchase; it was sent by ${who(args[1])}.`,
  NotAMember: (args) =>
    `This market is for members, and ${who(args[0])} is not one. The registrar of the community can add it.`,
  BasketBelowMinimum: (args, c) =>
    big(args[0]) === 0n
      ? "This energy is gone: somebody was faster, the lot has expired, or your allowance in Disaster mode is used up. Nothing was bought."
      : `Only ${c.format.kwh(big(args[0]))} could be bought of the ${c.format.kwh(big(args[1]))} you asked for: somebody was faster, or your allowance in Disaster mode is used up. So nothing was bought.`,
  // Clearing
  SlotNotClearable: (args, c) =>
    `The slot of ${slot(args[0], c)} can't be cleared now: it has not ended, or its lots have expired.`,
  SlotAlreadyPassed: (args, c) =>
    `Slots are cleared in order: ${slot(args[1], c)} is cleared already, so ${slot(args[0], c)} is over.`,
  ClearingPriceFixed: (args, c) =>
    `The slot of ${slot(args[0], c)} has been cleared at ${price(args[1], c)}; it can't be at ${price(args[2], c)} too.`,
  ClearingBelowMinimum: (args, c) =>
    `The clearing matched ${c.format.kwh(big(args[0]))}, less than the least wanted, ${c.format.kwh(big(args[1]))}. So nothing was cleared.`,
  // Emergency
  PriceAboveCap: (args, c) =>
    `Not for sale now: in Disaster mode nothing is sold above ${price(args[1], c)}, and this is ${price(args[0], c)}.`,
  AllowanceExceeded: (args, c) =>
    big(args[2]) === 0n
      ? "In Disaster mode energy is shared out, and you have none left to buy in this slot of time. Wait for the next one; a wallet without a tier has to ask the community's registrar for one."
      : `In Disaster mode energy is shared out: you can buy ${c.format.kwh(big(args[2]))} more in this slot of time, and asked for ${c.format.kwh(big(args[1]))}.`,
  NoEmergency: said("There is no emergency to end: it has been ended, or its time is over."),
  EnforcedPause: said("Trading is paused by the operator. Withdrawals still work."),
  ExpectedPause: said("Trading is not paused."),
  // Money and carbon
  InsufficientBalance: (args, { format }) =>
    `The account holds ${format.exactMoney(big(args[2]))}; ${format.exactMoney(big(args[1]))} are needed.`,
  InsufficientCarbon: (args, { format }) =>
    `The carbon wallet holds ${format.carbon(big(args[2]))}; ${format.carbon(big(args[1]))} are needed.`,
  ZeroAmount: said("The amount must be more than 0."),
  InvalidAddress: (args) => `${who(args[0])} is not an address that can be used here.`,
  OutOfRange: (args, c) => {
    const known = PARAMETERS[String(args[0])];
    const show = (value: unknown) => known?.show(value, c) ?? big(value).toString();
    return `${known?.name ?? `The number "${String(args[0])}"`} must lie between ${show(args[2])} and ${show(args[3])}; you gave ${show(args[1])}.`;
  },
  TextTooLong: (args) => `The text "${String(args[0])}" is too long: ${big(args[1])} bytes of at most ${big(args[2])}.`,
  SafeCastOverflowedUintDowncast: (args) => `The number is too large: it must fit ${big(args[0])} bits.`,
  SafeERC20FailedOperation: (args) => `The token ${who(args[0])} refused to move money.`,
  // Houses and roles
  MeterAlreadyRegistered: (args) => `The meter ${who(args[0])} has been registered before; a key registers once.`,
  MeterNotActive: (args) => `No active house has the meter ${who(args[0])}.`,
  AccessControlUnauthorizedAccount: (args) => `${NOT_FOR_PAGE} (${who(args[0])} lacks the role ${who(args[1])}.)`,
  AccessControlBadConfirmation: said(NOT_FOR_PAGE),
  AccessControlEnforcedDefaultAdminDelay: said(NOT_FOR_PAGE),
  AccessControlEnforcedDefaultAdminRules: said(NOT_FOR_PAGE),
  AccessControlInvalidDefaultAdmin: (args) => `${NOT_FOR_PAGE} (${who(args[0])} can't be the admin.)`,
  // Token
  ERC20InsufficientBalance: (args, { format }) =>
    `The wallet ${who(args[0])} holds ${format.exactMoney(big(args[1]))}; ${format.exactMoney(big(args[2]))} are needed.`,
  ERC20InsufficientAllowance: (args, { format }) =>
    `GridX may take ${format.exactMoney(big(args[1]))} from the wallet; ${format.exactMoney(big(args[2]))} are needed. Approve first.`,
  ERC20ExceededCap: () => "No more of this token can be made: all of it exists.",
  ERC20InvalidCap: () => "The token's cap is not valid.",
  ERC20InvalidApprover: (args) => `${who(args[0])} can't approve.`,
  ERC20InvalidReceiver: (args) => `${who(args[0])} can't receive the token.`,
  ERC20InvalidSender: (args) => `${who(args[0])} can't send the token.`,
  ERC20InvalidSpender: (args) => `${who(args[0])} can't be approved.`,
  ERC2612ExpiredSignature: said("The permit ran out before it was used. Sign again."),
  ERC2612InvalidSigner: (args) => `The permit was signed by ${who(args[0])}, not by ${who(args[1])}.`,
  InvalidAccountNonce: said("The permit was used before. Sign again."),
  ECDSAInvalidSignature: said(SIGNATURE),
  ECDSAInvalidSignatureLength: said(SIGNATURE),
  ECDSAInvalidSignatureS: said(SIGNATURE),
  // Libraries
  AddressEmptyCode: (args) => `There is no contract at ${who(args[0])}.`,
  FailedCall: said("A call inside the contract failed without saying why."),
  InvalidShortString: said("A text could not be read."),
  StringTooLong: said("A text is too long."),
  ReentrancyGuardReentrantCall: said("The token called back into the contract, which is not allowed."),
};

/** An error of the contract in words, or null for one that is not known. */
export function wordsOf(errorName: string, args: Args, context: ErrorWords): string | null {
  const words = (errorWords as Partial<Record<string, Words>>)[errorName];
  return words ? words(args, context) : null;
}
