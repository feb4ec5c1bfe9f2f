// The simulated households: their keys, meters, standing asks and bids, and the transactions that the play is made of.
import { type Deployment, gridxAbi, maxExportWh, type SignedReading, signReading } from "@gridx/contracts";
import { type Address, encodeFunctionData, type Hex, type LocalAccount } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { LocalWallet, type SignedTransaction, simulatedKey } from "../chain/wallet.ts";
import type { Part } from "../clear/pairs.ts";
import { deficitWhOf, exportWhOf, type House, type Neighbourhood } from "../neighbourhood.ts";
import { type Basket, firstAsk, limitOf, type Need, type Prices } from "./market.ts";

export interface Household {
  house: House;
  owner: LocalWallet;
  /** Its owner trades by hand: after the registration nothing is sent from that wallet here. */
  byHand: boolean;
  /** null without panels: such a household has nothing to attest. */
  meter: LocalAccount | null;
  ask: bigint;
  /** The most it bids per kWh, fee included. */
  limit: bigint;
  /** The standing bid: the most in a slot, and the first slot that it serves. */
  bid: { maxWh: bigint; fromSlot: number };
}

/** `ownerKey`: of whoever owns the house that is traded for by hand, if there is one. */
export function createHouseholds(
  neighbourhood: Neighbourhood,
  deployment: Deployment,
  { seed, prices, ownerKey }: { seed: number; prices: Prices; ownerKey?: Hex },
): Household[] {
  const owned = ownerKey && houseByHand(neighbourhood);
  return neighbourhood.houses.map((house) => ({
    house,
    byHand: house === owned,
    owner: new LocalWallet(
      house === owned && ownerKey ? ownerKey : simulatedKey(seed, "owner", house.name),
      deployment.chainId,
    ),
    meter: house.hasSolar ? privateKeyToAccount(simulatedKey(seed, "meter", house.name)) : null,
    ask: firstAsk(seed, house.name, prices),
    limit: limitOf(seed, house.name, prices),
    bid: { maxWh: 0n, fromSlot: 0 },
  }));
}

/** The house that somebody can own: the first with solar. */
export const houseByHand = ({ houses }: Neighbourhood): House | null => houses.find(({ hasSolar }) => hasSolar) ?? null;

export interface MeterReading extends SignedReading {
  meter: Address;
  seller: Address;
  /** More than the house can export: the contract will refuse it. */
  aboveCapacity: boolean;
}

/** What the meters say of a slot; one that has no data says nothing. */
export function signReadings(
  households: readonly Household[],
  neighbourhood: Neighbourhood,
  deployment: Deployment,
  slot: number,
): Promise<MeterReading[]> {
  const signed = households.map(async ({ house, meter, owner }) => {
    const energy = meter && neighbourhood.energyOf(house.name, slot);
    if (!energy) return [];
    const exportWh = BigInt(exportWhOf(energy));
    const reading = await signReading(meter, deployment, { slot, exportWh });
    const most = maxExportWh(BigInt(house.capacityWatts), BigInt(deployment.slotDuration));
    return [{ ...reading, meter: meter.address, seller: owner.address, aboveCapacity: exportWh > most }];
  });
  return Promise.all(signed).then((readings) => readings.flat());
}

/** What households lack in a slot, less what they bought for it already. */
export function needsOf(
  households: readonly Household[],
  neighbourhood: Neighbourhood,
  slot: number,
  boughtWh: (buyer: Address, slot: number) => bigint,
): Need[] {
  return households.flatMap(({ house, owner }) => {
    const energy = neighbourhood.energyOf(house.name, slot);
    const energyWh = energy ? BigInt(deficitWhOf(energy)) - boughtWh(owner.address, slot) : 0n;
    return energyWh > 0n ? [{ buyer: owner.address, energyWh }] : [];
  });
}

/** A transaction with what it is for. */
export interface Intent extends SignedTransaction {
  kind: "register" | "tier" | "mint" | "approve" | "deposit" | "ask" | "bid" | "attest" | "clear" | "buy";
  gas: bigint;
}

// Gas limits are upper bounds: what is unused costs nothing, and an estimate would cost a round trip.
const GAS = { ask: 150_000n, bid: 120_000n, attest: 80_000n, attestReading: 90_000n, buy: 180_000n, buyLine: 130_000n };
const CLEAR_GAS = { call: 150_000n, pair: 150_000n };

export async function attestIntent(
  wallet: LocalWallet,
  deployment: Deployment,
  readings: readonly SignedReading[],
): Promise<Intent> {
  const data = encodeFunctionData({ abi: gridxAbi, functionName: "attestReadings", args: [readings] });
  const gas = GAS.attest + GAS.attestReading * BigInt(readings.length);
  return { kind: "attest", gas, ...(await wallet.sign(deployment.address, data, gas)) };
}

export async function buyIntent(wallet: LocalWallet, deployment: Deployment, basket: Basket): Promise<Intent> {
  const args = [basket.lines, basket.minEnergyWh] as const;
  const data = encodeFunctionData({ abi: gridxAbi, functionName: "buyEnergy", args });
  const gas = GAS.buy + GAS.buyLine * BigInt(basket.lines.length);
  return { kind: "buy", gas, ...(await wallet.sign(deployment.address, data, gas)) };
}

export async function askIntent(household: Household, deployment: Deployment): Promise<Intent> {
  const data = encodeFunctionData({ abi: gridxAbi, functionName: "setAsk", args: [household.ask] });
  return { kind: "ask", gas: GAS.ask, ...(await household.owner.sign(deployment.address, data, GAS.ask)) };
}

export async function bidIntent({ owner, limit, bid }: Household, deployment: Deployment): Promise<Intent> {
  const args = [bid.maxWh > 0n ? limit : 0n, bid.maxWh] as const;
  const data = encodeFunctionData({ abi: gridxAbi, functionName: "setBid", args });
  return { kind: "bid", gas: GAS.bid, ...(await owner.sign(deployment.address, data, GAS.bid)) };
}

export async function clearIntent(
  wallet: LocalWallet,
  deployment: Deployment,
  { slot, pricePerKwh, part }: { slot: number; pricePerKwh: bigint; part: Part },
): Promise<Intent> {
  const args = [slot, pricePerKwh, part.asks, part.bids, 1n] as const;
  const data = encodeFunctionData({ abi: gridxAbi, functionName: "clearSlot", args });
  const gas = CLEAR_GAS.call + CLEAR_GAS.pair * BigInt(part.pairs.length);
  return { kind: "clear", gas, ...(await wallet.sign(deployment.address, data, gas)) };
}
