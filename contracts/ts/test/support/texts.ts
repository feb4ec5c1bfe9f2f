import { concatHex, encodeAbiParameters, type Hex, stringToHex, toFunctionSelector } from "viem";

/** Texts that anyone can put on the chain; the last few are nothing that JavaScript could hold as text. */
export const TEXTS: readonly Hex[] = [
  ...[
    "",
    " ",
    "Asha",
    "a".repeat(128),
    "☀️ सौर ऊर्जा 太陽",
    "é".repeat(64),
    '"\\\n\t\u202e</script>',
    "𝔾".repeat(32),
  ].map((text) => stringToHex(text)),
  "0x00",
  "0x0000616200",
  "0xefbbbf41",
  "0xff",
  "0xc3",
  "0xeda080",
  "0x41f8808080",
];

/** Calls with texts as bytes: the encoding is that of strings, and every text can be sent. */
export function spendCarbonCall(grams: bigint, beneficiary: Hex, reason: Hex): Hex {
  const types = [{ type: "uint64" }, { type: "bytes" }, { type: "bytes" }] as const;
  const selector = toFunctionSelector("spendCarbon(uint64,string,string)");
  return concatHex([selector, encodeAbiParameters(types, [grams, beneficiary, reason])]);
}

export function setEmissionFactorCall(gramsPerMwh: number, source: Hex, vintage: Hex): Hex {
  const components = [
    { name: "gramsPerMwh", type: "uint32" },
    { name: "source", type: "bytes" },
    { name: "vintage", type: "bytes" },
  ] as const;
  const selector = toFunctionSelector("setEmissionFactor((uint32,string,string))");
  return concatHex([
    selector,
    encodeAbiParameters([{ type: "tuple", components }], [{ gramsPerMwh, source, vintage }]),
  ]);
}

export function declareEmergencyCall(numbers: readonly [bigint, bigint, bigint, number], reason: Hex): Hex {
  const types = [
    { type: "uint96" },
    { type: "uint64" },
    { type: "uint64" },
    { type: "uint40" },
    { type: "bytes" },
  ] as const;
  const selector = toFunctionSelector("declareEmergency(uint96,uint64,uint64,uint40,string)");
  return concatHex([selector, encodeAbiParameters(types, [...numbers, reason])]);
}
