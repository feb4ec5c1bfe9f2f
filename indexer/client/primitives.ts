// How values travel. Integers that can outgrow a double are decimal strings.
import { type Address, getAddress, type Hex } from "viem";
import { z } from "zod/mini";

export const integer = z.pipe(
  z.string().check(z.regex(/^-?\d+$/)),
  z.transform((text) => BigInt(text)),
);
export const address = z.pipe(
  z.string().check(z.regex(/^0x[0-9a-fA-F]{40}$/)),
  z.transform((text): Address => getAddress(text)),
);
export const hash = z.pipe(
  z.string().check(z.regex(/^0x[0-9a-f]{64}$/)),
  z.transform((text) => text as Hex),
);
