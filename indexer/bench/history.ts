// A chain with many events in few blocks: 20 houses export, 100 buyers bid, every slot is cleared.
import { type Deployment, gridxAbi, gridxDomain, readingTypes } from "@gridx/contracts";
import { artifactOf, compileContracts, deployLocal, localClient, startAnvil } from "@gridx/contracts/node";
import { type Address, keccak256, maxUint256, toHex } from "viem";
import { mnemonicToAccount, privateKeyToAccount } from "viem/accounts";

const MNEMONIC = "test test test test test test test test test test test junk";
const SLOT = 900;
const SELLERS = 20;
const BUYERS = 100;
/** Blocks that Ponder leaves to live indexing on a local chain. */
const UNFINAL_BLOCKS = 31;

export interface History {
  rpcUrl: string;
  wsUrl: string;
  deployment: Deployment;
  buyers: Address[];
  /** Events that the indexer handles, and trades among them. */
  events: number;
  trades: number;
  /** Sends a deposit, which waits until it is mined. */
  deposit(buyer: Address, amount: bigint): Promise<void>;
  mine(): Promise<void>;
  setAutomine(on: boolean): Promise<void>;
  stop(): Promise<void>;
}

/** At least so many events. */
export async function makeHistory(wanted: number, runId: string): Promise<History> {
  compileContracts();
  const anvil = await startAnvil({ timestamp: 1_750_000_000, accounts: 1 + SELLERS + BUYERS });
  const client = localClient(anvil.rpcUrl);
  const accounts = Array.from({ length: 1 + SELLERS + BUYERS }, (_, addressIndex) =>
    mnemonicToAccount(MNEMONIC, { addressIndex }),
  );
  const [admin, ...others] = accounts;
  if (!admin) throw new Error("no accounts");
  const sellers = others.slice(0, SELLERS).map(({ address }) => address);
  const buyers = others.slice(SELLERS).map(({ address }) => address);
  const deployment = await deployLocal(client, admin, { slotDuration: SLOT, runId });
  const contract = { abi: gridxAbi, address: deployment.address, chain: null };
  const token = { abi: artifactOf("DemoRupee").abi, address: deployment.token, chain: null };

  // Few fat blocks: what belongs together is mined together.
  await client.setAutomine(false);
  const mine = async () => {
    await client.mine({ blocks: 1 });
    const { transactions } = await client.getBlock();
    for (const hash of transactions.slice(-1)) {
      if ((await client.getTransactionReceipt({ hash })).status !== "success") throw new Error(`${hash} reverted`);
    }
  };
  const gas = 250_000n;
  const meters = sellers.map((_, index) => privateKeyToAccount(keccak256(toHex(`bench meter ${index}`))));
  for (const [index, owner] of sellers.entries()) {
    const args = [meters[index]?.address ?? owner, owner, 1_000_000] as const;
    await client.writeContract({ ...contract, functionName: "registerHouse", args, account: admin.address, gas });
    await client.writeContract({ ...contract, functionName: "setAsk", args: [4_000_000n], account: owner, gas });
  }
  await mine();
  for (const account of buyers) {
    await client.writeContract({ ...token, functionName: "mint", args: [account, 10n ** 15n], account, gas });
    const approved = [deployment.address, maxUint256] as const;
    await client.writeContract({ ...token, functionName: "approve", args: approved, account, gas });
  }
  await mine();
  for (const account of buyers) {
    await client.writeContract({ ...contract, functionName: "deposit", args: [10n ** 14n], account, gas });
    await client.writeContract({ ...contract, functionName: "setBid", args: [9_000_000n, 10_000n], account, gas });
  }
  await mine();

  const first = Math.ceil(Number((await client.getBlock()).timestamp) / SLOT) + 1;
  const perSlot = SELLERS + (SELLERS + BUYERS - 1) + 1;
  const slots = Math.ceil(wanted / perSlot);
  for (let slot = first; slot < first + slots; slot += 1) {
    const readings = await Promise.all(
      meters.map(async (meter, index) => {
        const message = { slot, exportWh: BigInt(3_003 + index) };
        const domain = gridxDomain(deployment);
        const signature = await meter.signTypedData({
          domain,
          types: readingTypes,
          primaryType: "Reading",
          message,
        });
        return { ...message, signature };
      }),
    );
    await client.setNextBlockTimestamp({ timestamp: BigInt((slot + 1) * SLOT) });
    const by = { account: admin.address, gas: 12_000_000n };
    await client.writeContract({ ...contract, functionName: "attestReadings", args: [readings], ...by });
    const asks = sellers.map((participant) => ({ participant, energyWh: 10_000n }));
    const bids = buyers.map((participant, index) => ({ participant, energyWh: BigInt(500 + ((slot + index) % 97)) }));
    const args = [slot, 5_000_000n, asks, bids, 1n] as const;
    await client.writeContract({ ...contract, functionName: "clearSlot", args, ...by });
    await mine();
  }
  await client.mine({ blocks: UNFINAL_BLOCKS });
  await client.setAutomine(true);
  // In pages: an RPC client takes no answer of more than 10 MB.
  const latest = await client.getBlockNumber();
  let [events, trades] = [0, 0];
  for (let fromBlock = 0n; fromBlock <= latest; fromBlock += 20n) {
    const { address } = deployment;
    const page = { abi: gridxAbi, address, fromBlock, toBlock: fromBlock + 19n };
    for (const { eventName = "" } of await client.getContractEvents(page)) {
      if (eventName === "EnergyTradeLogged") trades += 1;
      if (!/^(Role|DefaultAdmin|CarbonEarned)/.test(eventName)) events += 1;
    }
  }
  return {
    ...{ rpcUrl: anvil.rpcUrl, wsUrl: anvil.wsUrl, deployment, buyers, events, trades },
    deposit: async (account, amount) => {
      await client.writeContract({ ...contract, functionName: "deposit", args: [amount], account, gas });
    },
    mine: async () => {
      await client.mine({ blocks: 1 });
    },
    setAutomine: (on) => client.setAutomine(on),
    stop: () => anvil.stop(),
  };
}
