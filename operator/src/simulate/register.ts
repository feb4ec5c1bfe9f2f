// Brings houses and households onto the chain, before the first slot of the history.
import { demoRupeeAbi, gridxAbi, slotStart } from "@gridx/contracts";
import { type Address, encodeFunctionData, type Hex, keccak256, maxUint256, stringToHex, toHex } from "viem";
import { latestBlock } from "../chain/rpc.ts";
import type { LocalWallet } from "../chain/wallet.ts";
import { keyOf, uniform } from "../random.ts";
import { askIntent, type Intent } from "./households.ts";
import { mineAt, settled } from "./miner.ts";
import type { World } from "./world.ts";

const TIER_STREAM = 51;
/** Tokens that a household owns, and how many of them it pays into its account at first. */
const [WALLET_TOKENS, DEPOSIT_TOKENS] = [50_000n, 1_000n];

/** What each household has in its account when the history begins. */
export const firstDeposit = (tokenDecimals: number): bigint => DEPOSIT_TOKENS * 10n ** BigInt(tokenDecimals);
const GAS = { register: 250_000n, tier: 150_000n, mint: 150_000n, approve: 100_000n, deposit: 250_000n };

export async function registerAll(world: World): Promise<void> {
  const { rpc, deployment, households, players, operator, clearer, plan, tally, emit } = world;
  const unit = 10n ** BigInt(deployment.tokenDecimals);
  const everyone = [operator.address, clearer.address, ...households.map(({ owner }) => owner.address)];
  await rpc.batch([
    { method: "evm_setAutomine", params: [false] },
    ...everyone.map((address) => ({ method: "anvil_setBalance", params: [address, toHex(10n ** 22n)] })),
  ]);
  const intents: Intent[] = [];
  const add = async (kind: keyof typeof GAS, wallet: LocalWallet, to: Address, data: Hex) => {
    intents.push({ kind, gas: GAS[kind], ...(await wallet.sign(to, data, GAS[kind])) });
  };
  const role = [keccak256(stringToHex("MARKET_OPERATOR_ROLE")), clearer.address] as const;
  const grant = encodeFunctionData({ abi: gridxAbi, functionName: "grantRole", args: role });
  await add("register", operator, deployment.address, grant);
  for (const household of households) {
    const { house, meter, owner, ask, byHand } = household;
    const owned = owner.address;
    if (meter) {
      const args = [meter.address, owned, house.capacityWatts] as const;
      const data = encodeFunctionData({ abi: gridxAbi, functionName: "registerHouse", args });
      await add("register", operator, deployment.address, data);
    }
    const tier = encodeFunctionData({
      abi: gridxAbi,
      functionName: "setTier",
      args: [owned, tierOf(plan.seed, house.name)],
    });
    await add("tier", operator, deployment.address, tier);
    if (meter && ask > 0n) intents.push(await askIntent(household, deployment));
    // Its money is its owner's own affair; the first ask stands until its owner thinks otherwise.
    if (byHand) continue;
    const minted = WALLET_TOKENS * unit;
    tally.minted.set(owned, minted);
    const mint = encodeFunctionData({ abi: demoRupeeAbi, functionName: "mint", args: [owned, minted] });
    await add("mint", owner, deployment.token, mint);
    const approve = encodeFunctionData({
      abi: demoRupeeAbi,
      functionName: "approve",
      args: [deployment.address, maxUint256],
    });
    await add("approve", owner, deployment.token, approve);
    const deposit = encodeFunctionData({
      abi: gridxAbi,
      functionName: "deposit",
      args: [firstDeposit(deployment.tokenDecimals)],
    });
    await add("deposit", owner, deployment.address, deposit);
  }
  // As late as can be, so that all of it lies in the slots before the history.
  const { timestamp } = await latestBlock(rpc);
  await mineAt(rpc, Math.max(timestamp + 1, slotStart(plan.firstSlot, plan.slotDuration) - 300), intents);
  await settled(world, intents);
  const { number } = await latestBlock(rpc);
  const houses = households.filter(({ meter }) => meter).length;
  emit({ event: "registered", houses, households: players.length, block: number, description: plan.description });
}

/** Most are normal; a few are essential (a clinic at home, say), fewer critical. */
function tierOf(seed: number, name: string): number {
  const draw = uniform(seed, TIER_STREAM, keyOf(name));
  return draw < 0.1 ? 3 : draw < 0.3 ? 2 : 1;
}
