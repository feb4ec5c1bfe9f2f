// The product's arithmetic, written a second time from its specification. It imports nothing of the product.
import { encodeAbiParameters, type Hex, keccak256, toBytes } from "viem";

const up = (a: bigint, b: bigint) => (a % b === 0n ? a / b : a / b + 1n);

export function costOf(energyWh: bigint, pricePerKwh: bigint, feeBps: bigint) {
  const payment = up(energyWh * pricePerKwh, 1000n);
  const fee = (payment * feeBps) / 10_000n;
  return { payment, fee, total: payment + fee };
}

export const gramsOf = (energyWh: bigint, gramsPerMwh: bigint) => (energyWh * gramsPerMwh) / 1_000_000n;

/** 1234567n with 6 decimals: "1.234567"; at least two digits after the point. */
export function amountText(amount: bigint, decimals: number): string {
  const text = amount.toString().padStart(decimals + 1, "0");
  const whole = text.slice(0, -decimals);
  let fraction = text.slice(-decimals);
  while (fraction.length > 2 && fraction.endsWith("0")) fraction = fraction.slice(0, -1);
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${fraction}`;
}

/** Thousandths with all three digits: 1234n is "1.234". */
export function thousandths(value: bigint): string {
  return `${value / 1000n}.${(value % 1000n).toString().padStart(3, "0")}`;
}

interface Word {
  type: string;
  value: unknown;
}

/** keccak256(abi.encode(head, topic0, timestamp, fields…)) */
function fold(head: Hex, signature: string, timestamp: bigint, fields: Word[]): Hex {
  const words: Word[] = [
    { type: "bytes32", value: head },
    { type: "bytes32", value: keccak256(toBytes(signature)) },
    { type: "uint256", value: timestamp },
    ...fields,
  ];
  return keccak256(
    encodeAbiParameters(
      words.map(({ type }) => ({ type })),
      words.map(({ value }) => value),
    ),
  );
}

/** Each kind of fact that the simulated neighbourhood, a buyer and the operators make: its parameters in order, and its own id. */
const FACTS: Record<string, { types: string[]; id?: true }> = {
  EnergyTradeLogged: {
    types: ["bytes32", "address", "address", "uint32", "uint64", "uint96", "uint96", "uint64"],
    id: true,
  },
  EnergyAttested: { types: ["address", "address", "uint32", "uint64", "uint96"] },
  AskSet: { types: ["address", "uint32", "uint96"] },
  LotAskSet: { types: ["address", "uint32", "uint96"] },
  Deposited: { types: ["address", "uint96"] },
  Withdrawn: { types: ["address", "address", "uint96"] },
  BidSet: { types: ["address", "uint32", "uint96", "uint64"] },
  SlotCleared: { types: ["uint32", "uint96", "uint64", "uint32"] },
  TierSet: { types: ["address", "uint8"] },
  EmergencyDeclared: { types: ["uint96", "uint64", "uint64", "uint40", "string"] },
  EmergencyEnded: { types: [] },
};

export interface DecodedFact {
  name: string;
  /** Parameters in order. */
  values: unknown[];
}

/** Heads after each fact of a block; throws on a fact that it doesn't know. */
export function headsOf(before: Hex, timestamp: bigint, facts: DecodedFact[]): Hex[] {
  let head = before;
  return facts.map(({ name, values }) => {
    const fact = FACTS[name];
    if (!fact) throw new Error(`the calculation does not know ${name}`);
    const fields = fact.types.map((type, index) => ({ type, value: values[index] }));
    head = fold(head, `${name}(${fact.types.join(",")})`, timestamp, fact.id ? fields.slice(1) : fields);
    return head;
  });
}
