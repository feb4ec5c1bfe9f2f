// What the page asks the contract about a wallet.
import { type Address, keccak256, type PublicClient, stringToBytes } from "viem";
import { gridxAbi, tokenAbi } from "./abi.ts";

export interface WalletFigures {
  /** Escrowed in the contract. */
  balance: bigint;
  carbonGrams: bigint;
  carbonEarnedGrams: bigint;
  /** Tokens in the wallet itself. */
  tokens: bigint;
  allowance: bigint;
  /** Gas money. */
  native: bigint;
  ask: bigint;
  nextAsk: bigint;
  nextAskFrom: number;
  /** The standing bid: the most paid per kWh, fee included, and the most bought in a slot; 0 is none. */
  bidPrice: bigint;
  bidWhPerSlot: bigint;
}

export async function readWallet(
  reader: PublicClient,
  contract: Address,
  token: Address,
  owner: Address,
): Promise<WalletFigures> {
  const gridx = { address: contract, abi: gridxAbi } as const;
  const erc20 = { address: token, abi: tokenAbi } as const;
  const [account, seller, bid, tokens, allowance, native] = await Promise.all([
    reader.readContract({ ...gridx, functionName: "accountOf", args: [owner] }),
    reader.readContract({ ...gridx, functionName: "sellerOf", args: [owner] }),
    reader.readContract({ ...gridx, functionName: "bidOf", args: [owner] }),
    reader.readContract({ ...erc20, functionName: "balanceOf", args: [owner] }),
    reader.readContract({ ...erc20, functionName: "allowance", args: [owner, contract] }),
    reader.getBalance({ address: owner }),
  ]);
  const { ask, nextAsk, nextAskFrom } = seller;
  const standing = { bidPrice: bid.pricePerKwh, bidWhPerSlot: bid.maxWhPerSlot };
  return { ...account, tokens, allowance, native, ask, nextAsk, nextAskFrom, ...standing };
}

/** Tiers as the contract numbers them. */
export const TIERS = ["none", "normal", "essential", "critical"] as const;
const UNLIMITED = 2n ** 64n - 1n;

export interface Allowance {
  tier: (typeof TIERS)[number];
  /** What may still be bought in the present slot; null is without limit. */
  leftWh: bigint | null;
}

export async function readAllowance(reader: PublicClient, contract: Address, owner: Address): Promise<Allowance> {
  const gridx = { address: contract, abi: gridxAbi, args: [owner] } as const;
  const [leftWh, { tier }] = await Promise.all([
    reader.readContract({ ...gridx, functionName: "allowanceOf" }),
    reader.readContract({ ...gridx, functionName: "participantOf" }),
  ]);
  return { tier: TIERS[tier] ?? "none", leftWh: leftWh === UNLIMITED ? null : leftWh };
}

/** The rules of an emergency, as the contract holds them. */
export interface EmergencyRules {
  priceCap: bigint;
  normalWhPerSlot: bigint;
  essentialWhPerSlot: bigint;
  /** Unix seconds. */
  endsAt: number;
}

/** The emergency in force; null where there is none. */
export async function readEmergency(reader: PublicClient, contract: Address): Promise<EmergencyRules | null> {
  const rules = await reader.readContract({ address: contract, abi: gridxAbi, functionName: "emergency" });
  return rules.endsAt === 0 ? null : rules;
}

/** While paused nothing is attested, bought or cleared; all else goes on. */
export function readPaused(reader: PublicClient, contract: Address): Promise<boolean> {
  return reader.readContract({ address: contract, abi: gridxAbi, functionName: "paused" });
}

/** Roles of people who run the community that the page has something for. */
export type Role = "GRID_OPERATOR_ROLE" | "REGISTRAR_ROLE";

export function readHasRole(reader: PublicClient, contract: Address, role: Role, owner: Address): Promise<boolean> {
  const args = [keccak256(stringToBytes(role)), owner] as const;
  return reader.readContract({ address: contract, abi: gridxAbi, functionName: "hasRole", args });
}
