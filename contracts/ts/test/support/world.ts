import { type Address, type Hex, type LocalAccount, maxUint256 } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { type Deployment, demoRupeeAbi } from "../../src/index.ts";
import {
  type Anvil,
  deployLocal,
  type LocalClient,
  type LocalMarket,
  localClient,
  startAnvil,
} from "../../src/node.ts";

/** Whole seconds of the first block, so that a seed always makes the same history. */
const GENESIS = 1_760_000_000;
const PEOPLE = 8;
const GAS = 4_000_000n;

export interface World {
  anvil: Anvil;
  client: LocalClient;
  deployment: Deployment;
  admin: Address;
  /** Wallets with money and an allowance; the last one has money alone. */
  people: Address[];
  now(): number;
  /** Sends without waiting; the transaction may well revert. */
  send(from: Address, data: Hex, to?: Address): Promise<Hex>;
  /** Mines one block with all that was sent, `seconds` after the last one. */
  mine(seconds?: number): Promise<void>;
  stop(): Promise<void>;
}

export function testAccount(addressIndex: number): LocalAccount {
  return mnemonicToAccount("test test test test test test test test test test test junk", { addressIndex });
}

/** A fresh chain with the contract on it, that mines when told to. */
export async function startWorld(market: LocalMarket): Promise<World> {
  const anvil = await startAnvil({ timestamp: GENESIS, flags: ["--silent"] });
  const client = localClient(anvil.rpcUrl);
  const admin = testAccount(0);
  const deployment = await deployLocal(client, admin, market);
  const people = Array.from({ length: PEOPLE }, (_, index) => testAccount(index + 1).address);
  let now = Number((await client.getBlock()).timestamp);
  await client.setAutomine(false);

  const send: World["send"] = (account, data, to = deployment.address) =>
    client.sendTransaction({ account, to, data, gas: GAS, chain: null });
  const mine: World["mine"] = async (seconds = 1) => {
    now += Math.max(1, seconds);
    await client.setNextBlockTimestamp({ timestamp: BigInt(now) });
    await client.mine({ blocks: 1 });
  };
  const token = { abi: demoRupeeAbi, address: deployment.token, chain: null } as const;
  for (const [index, account] of people.entries()) {
    await client.writeContract({ ...token, account, functionName: "mint", args: [account, 1n << 92n], gas: GAS });
    if (index === people.length - 1) continue;
    const args = [deployment.address, maxUint256] as const;
    await client.writeContract({ ...token, account, functionName: "approve", args, gas: GAS });
  }
  await mine();
  const world = { anvil, client, deployment, admin: admin.address, people, now: () => now, send, mine };
  return { ...world, stop: () => anvil.stop() };
}
