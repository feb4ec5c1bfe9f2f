import { type Deployment, gridxAbi, slotOf } from "@gridx/contracts";
import type { Address, Hex } from "viem";
import { z } from "zod";
import { type Block, latestBlock, type Rpc, view } from "../chain/rpc.ts";
import { LocalWallet, simulatedKey } from "../chain/wallet.ts";
import type { Neighbourhood } from "../neighbourhood.ts";
import { Book } from "./book.ts";
import { createHouseholds, type Household } from "./households.ts";
import { type Prices, pricesOf } from "./market.ts";
import { nonceOf } from "./miner.ts";
import type { Emit } from "./output.ts";
import type { SimulationPlan } from "./plan.ts";
import { Tally } from "./tally.ts";

/** What every part of a simulation shares. */
export interface World {
  rpc: Rpc;
  deployment: Deployment;
  neighbourhood: Neighbourhood;
  plan: SimulationPlan;
  households: readonly Household[];
  /** Those that buy, bid and think their asks over here: all but one whose owner trades by hand. */
  players: readonly Household[];
  /** The players. */
  byAddress: ReadonlyMap<Address, Household>;
  /** Registers houses and relays readings. */
  operator: LocalWallet;
  /** Clears slots: with a key of its own, so that no nonce is used twice. */
  clearer: LocalWallet;
  prices: Prices;
  feeBps: bigint;
  /** Slots after a slot's end before its lots can be bought directly. */
  shelfDelaySlots: number;
  book: Book;
  tally: Tally;
  emit: Emit;
  signal: AbortSignal;
}

export interface WorldOptions {
  rpc: Rpc;
  deployment: Deployment;
  neighbourhood: Neighbourhood;
  plan: SimulationPlan;
  operatorKey: Hex;
  /** Of a wallet that owns one of the homes and trades by hand. */
  ownerKey?: Hex;
  emit: Emit;
  signal: AbortSignal;
}

export async function createWorld(options: WorldOptions): Promise<World> {
  const { rpc, deployment, neighbourhood, plan, operatorKey, ownerKey } = options;
  if (deployment.slotDuration !== plan.slotDuration) {
    throw new Error(
      `the contract has slots of ${deployment.slotDuration} s, the data of ${plan.slotDuration} s; deploy for the data`,
    );
  }
  const [version, nonce, block] = await Promise.all([
    rpc.call("web3_clientVersion"),
    rpc.call("eth_getTransactionCount", new LocalWallet(operatorKey, deployment.chainId).address, "latest"),
    latestBlock(rpc),
  ]);
  if (!String(version).toLowerCase().includes("anvil")) {
    throw new Error(`a simulation steers its chain's clock and needs anvil, not ${String(version)}`);
  }
  checkClock(block, plan);
  const contract = { to: deployment.address, abi: gridxAbi };
  const [market, gramsPerMwh] = z
    .tuple([z.object({ feeBps: z.number(), shelfDelaySlots: z.number() }), z.number()])
    .parse(
      await view(rpc, [
        { ...contract, functionName: "marketParameters" },
        { ...contract, functionName: "emissionFactor" },
      ]),
    );
  const prices = pricesOf(deployment.tokenDecimals);
  if (ownerKey?.toLowerCase() === operatorKey.toLowerCase()) {
    throw new Error("HOME_OWNER_PRIVATE_KEY is the operator's key; give the home's owner another");
  }
  const households = createHouseholds(neighbourhood, deployment, { seed: plan.seed, prices, ownerKey });
  const players = households.filter(({ byHand }) => !byHand);
  for (const { byHand, owner } of households) if (byHand) owner.nonce = await nonceOf(rpc, owner.address, "latest");
  const feeBps = BigInt(market.feeBps);
  return {
    rpc,
    deployment,
    neighbourhood,
    plan,
    households,
    players,
    byAddress: new Map(players.map((household) => [household.owner.address, household])),
    operator: new LocalWallet(operatorKey, deployment.chainId, Number(z.string().parse(nonce))),
    clearer: new LocalWallet(simulatedKey(plan.seed, "clearer", ""), deployment.chainId),
    prices,
    feeBps,
    shelfDelaySlots: market.shelfDelaySlots,
    book: new Book(),
    tally: new Tally({ feeBps, gramsPerMwh: BigInt(gramsPerMwh) }),
    emit: options.emit,
    signal: options.signal,
  };
}

function checkClock({ timestamp }: Block, plan: SimulationPlan): void {
  const current = slotOf(timestamp, plan.slotDuration);
  if (current < plan.firstSlot) return;
  throw new Error(
    `the chain's clock (${new Date(timestamp * 1000).toISOString()}) is past the start of the history; ` +
      `start a fresh chain with genesis timestamp ${plan.genesisTimestamp}, and a simulation with --now ${plan.now}`,
  );
}

/** Slots from one local midnight (by the sun) to the next. */
export function dayOf(slot: number, world: Pick<World, "neighbourhood" | "plan">): number {
  const longitude = world.neighbourhood.houses[0]?.longitude ?? 0;
  return Math.floor((slot * world.plan.slotDuration + longitude * 240) / 86_400);
}
