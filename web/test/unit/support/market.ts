// A local chain with one seller and one buyer, and blocks that hold several facts.
import { type Deployment, demoRupeeAbi, gridxAbi, parseGridxLogs, signReading, slotOf } from "@gridx/contracts";
import {
  type Anvil,
  compileContracts,
  deployLocal,
  type LocalClient,
  localClient,
  startAnvil,
} from "@gridx/contracts/node";
import type { Trade } from "@gridx/indexer/client";
import type { Abi, Address, Hex, LocalAccount } from "viem";
import { mnemonicToAccount } from "viem/accounts";

const MNEMONIC = "test test test test test test test test test test test junk";
const account = (addressIndex: number) => mnemonicToAccount(MNEMONIC, { addressIndex });
export const SLOT_DURATION = 900;
export const TOKEN = 1_000_000n;

export interface TestMarket {
  anvil: Anvil;
  client: LocalClient;
  deployment: Deployment;
  seller: LocalAccount;
  buyer: LocalAccount;
  /** A slot with 3,000 Wh at 4.20. */
  slot: number;
  /** Deployed the contract; has every operational role. */
  admin: LocalAccount;
  send(from: LocalAccount, functionName: string, args: readonly unknown[], to?: Address): Promise<Hex>;
  /** Ends the present slot and puts the seller's export in it on the chain. */
  exportNext(exportWh: bigint): Promise<number>;
  /** Sends, and waits until it is mined. */
  sendAndWait: TestMarket["send"];
  /** Sends all of it into one block. */
  inOneBlock(calls: (() => Promise<Hex>)[]): Promise<Hex[]>;
}

export async function startMarket(): Promise<TestMarket> {
  compileContracts();
  const anvil = await startAnvil({ timestamp: 1_790_000_000 });
  const client = localClient(anvil.rpcUrl);
  const [admin, seller, buyer, meter] = [account(0), account(5), account(6), account(7)];
  const deployment = await deployLocal(client, admin, { slotDuration: SLOT_DURATION });
  const send: TestMarket["send"] = (from, functionName, args, to = deployment.address) => {
    const abi: Abi = to === deployment.token ? demoRupeeAbi : gridxAbi;
    return client.writeContract({
      account: from,
      chain: client.chain,
      address: to,
      abi,
      functionName,
      args,
      gas: 1_000_000n,
    });
  };
  const inOneBlock: TestMarket["inOneBlock"] = async (calls) => {
    await client.setAutomine(false);
    const hashes: Hex[] = [];
    for (const call of calls) hashes.push(await call());
    await client.mine({ blocks: 1 });
    await client.setAutomine(true);
    return hashes;
  };
  await send(admin, "registerHouse", [meter.address, seller.address, 20_000]);
  await send(seller, "setAsk", [4_200_000n]);
  await send(admin, "mint", [buyer.address, 100n * TOKEN], deployment.token);
  await send(buyer, "approve", [deployment.address, 1_000n * TOKEN], deployment.token);
  await send(buyer, "deposit", [20n * TOKEN]);
  const sendAndWait: TestMarket["send"] = async (...given) => {
    const hash = await send(...given);
    const { status } = await client.waitForTransactionReceipt({ hash });
    if (status !== "success") throw new Error(`${given[1]} reverted`);
    return hash;
  };
  const exportNext = async (exportWh: bigint) => {
    const { timestamp } = await client.getBlock();
    const slot = slotOf(timestamp, SLOT_DURATION);
    await client.setNextBlockTimestamp({ timestamp: timestamp + BigInt(SLOT_DURATION) });
    await sendAndWait(admin, "attestReadings", [[await signReading(meter, deployment, { slot, exportWh })]]);
    return slot;
  };
  const slot = await exportNext(3_000n);
  return { anvil, client, deployment, admin, seller, buyer, slot, send, sendAndWait, exportNext, inOneBlock };
}

/** Rows as an honest indexer shows them, of direct purchases. */
export async function honestRows({ client }: TestMarket, transactionHash: Hex): Promise<Trade[]> {
  const receipt = await client.getTransactionReceipt({ hash: transactionHash });
  const { timestamp } = await client.getBlock({ blockNumber: receipt.blockNumber });
  return parseGridxLogs(receipt.logs).flatMap((log) => {
    if (log.eventName !== "EnergyTradeLogged") return [];
    const { energyWh, pricePerKwh } = log.args;
    const row: Trade = {
      ...log.args,
      payment: (energyWh * pricePerKwh + 999n) / 1000n,
      blockNumber: Number(receipt.blockNumber),
      blockTimestamp: Number(timestamp),
      transactionHash,
      logIndex: Number(log.logIndex),
      cleared: false,
    };
    return [row];
  });
}
