// How values travel. Integers that can outgrow a double are decimal strings.
import { type Address, getAddress, type Hex } from "viem";
import { z } from "zod";

export const integer = z
  .string()
  .regex(/^-?\d+$/)
  .transform((text) => BigInt(text));
export const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .transform((text): Address => getAddress(text));
export const hash = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/)
  .transform((text) => text as Hex);
