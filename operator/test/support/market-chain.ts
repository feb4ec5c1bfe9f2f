// A chain with houses, bidders and a market, steered by a test.
import { type Deployment, demoRupeeAbi, gridxAbi, signReading } from "@gridx/contracts";
import { type Anvil, deployLocal, type LocalClient, localClient, startAnvil } from "@gridx/contracts/node";
import { type Address, type Hex, keccak256, parseEventLogs, stringToHex } from "viem";
import { type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";

export const KEY: Hex = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
export const SLOT = 900;
const admin = privateKeyToAccount(KEY);
/** Of the same name, always the same. */
export const someone = (name: string): PrivateKeyAccount => privateKeyToAccount(keccak256(stringToHex(name)));

export interface MarketChain {
  anvil: Anvil;
  client: LocalClient;
  deployment: Deployment;
  write(functionName: string, args?: readonly unknown[], from?: PrivateKeyAccount): Promise<Hex>;
  read(functionName: string, args?: readonly unknown[]): Promise<unknown>;
  /** A house with an ask. */
  sells(name: string, pricePerKwh: bigint): Promise<Address>;
  /** Money in the account, and a bid. */
  bids(name: string, limitPerKwh: bigint, maxWh: bigint, deposit?: bigint): Promise<Address>;
  slot(): Promise<number>;
  /** Goes to the start of a slot. */
  goTo(slot: number): Promise<void>;
  attest(slot: number, exportWh: Record<string, bigint>): Promise<void>;
  trades(): Promise<{ seller: Address; buyer: Address; slot: number; energyWh: bigint; pricePerKwh: bigint }[]>;
}

export async function marketChain({ shelfDelaySlots = 2 } = {}): Promise<MarketChain> {
  const anvil = await startAnvil({ timestamp: 2_000_000 * SLOT });
  const client = localClient(anvil.rpcUrl);
  const market = { slotDuration: SLOT, shelfDelaySlots, tradingWindow: 8, minPrice: 1n, runId: "test" };
  const deployment = await deployLocal(client, admin, market);
  const gridx = { abi: gridxAbi, address: deployment.address };
  const send = async (call: object, account: PrivateKeyAccount) => {
    const hash = await client.writeContract({ ...call, account, chain: client.chain } as never);
    const { status } = await client.waitForTransactionReceipt({ hash });
    if (status !== "success") throw new Error(`${hash} reverted`);
    return hash;
  };
  const fund = (address: Address) => client.setBalance({ address, value: 10n ** 20n });
  const chain: MarketChain = {
    anvil,
    client,
    deployment,
    write: (functionName, args = [], from = admin) => send({ ...gridx, functionName, args }, from),
    read: (functionName, args = []) => client.readContract({ ...gridx, functionName, args } as never),
    async sells(name, pricePerKwh) {
      const owner = someone(name);
      await fund(owner.address);
      await chain.write("registerHouse", [someone(`${name} meter`).address, owner.address, 400_000]);
      await chain.write("setAsk", [pricePerKwh], owner);
      return owner.address;
    },
    async bids(name, limitPerKwh, maxWh, deposit = 10n ** 9n) {
      const buyer = someone(name);
      await fund(buyer.address);
      const token = { abi: demoRupeeAbi, address: deployment.token };
      if (deposit > 0n) {
        await send({ ...token, functionName: "mint", args: [buyer.address, deposit] }, buyer);
        await send({ ...token, functionName: "approve", args: [deployment.address, deposit] }, buyer);
        await chain.write("deposit", [deposit], buyer);
      }
      await chain.write("setBid", [limitPerKwh, maxWh], buyer);
      return buyer.address;
    },
    slot: async () => Number(await chain.read("currentSlot")),
    async goTo(slot) {
      const { timestamp } = await client.getBlock();
      const time = slot * SLOT + 1;
      if (time > Number(timestamp)) await client.setNextBlockTimestamp({ timestamp: BigInt(time) });
      await client.mine({ blocks: 1 });
    },
    async attest(slot, exportWh) {
      const readings = [];
      for (const [name, energyWh] of Object.entries(exportWh))
        readings.push(await signReading(someone(`${name} meter`), deployment, { slot, exportWh: energyWh }));
      await chain.write("attestReadings", [readings]);
    },
    async trades() {
      const logs = await client.getLogs({ address: deployment.address, fromBlock: 0n });
      return parseEventLogs({ abi: gridxAbi, logs, eventName: "EnergyTradeLogged" }).map(({ args }) => args);
    },
  };
  return chain;
}
