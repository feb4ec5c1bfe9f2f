// A small neighbourhood on a local chain that does valid things at random, from a seed.
import { type Deployment, gridxAbi, gridxDomain, readingTypes, type SignedReading } from "@gridx/contracts";
import {
  type Anvil,
  artifactOf,
  compileContracts,
  deployLocal,
  type LocalClient,
  localClient,
  startAnvil,
} from "@gridx/contracts/node";
import { type Address, type ContractFunctionArgs, type Hex, keccak256, maxUint256, toHex } from "viem";
import { mnemonicToAccount, type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";

const MNEMONIC = "test test test test test test test test test test test junk";
export const SLOT = 900;
const CAPACITY = 5000;
const MAX_WH = (CAPACITY * SLOT) / 3600;

type Write = Extract<(typeof gridxAbi)[number], { type: "function"; stateMutability: "nonpayable" }>["name"];

export function random(seed: number) {
  let state = seed >>> 0;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const below = (n: number) => Math.floor(next() * n);
  const pick = <T>(list: readonly T[]): T => {
    const item = list[below(list.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  };
  return { below, pick, chance: (p: number) => next() < p };
}

export const meterKey = (name: string): PrivateKeyAccount => privateKeyToAccount(keccak256(toHex(name)));

export interface Neighbourhood {
  anvil: Anvil;
  client: LocalClient;
  deployment: Deployment;
  admin: Address;
  owners: Address[];
  buyers: Address[];
  meters: Map<Address, PrivateKeyAccount>;
  send<const name extends Write>(
    from: Address,
    functionName: name,
    args: ContractFunctionArgs<typeof gridxAbi, "nonpayable", name>,
    options?: { gas?: bigint },
  ): Promise<Hex>;
  /** The same, null where the contract refuses. */
  attempt(from: Address, functionName: Write, args: readonly unknown[]): Promise<Hex | null>;
  sign(meter: PrivateKeyAccount, slot: number, exportWh: bigint): Promise<SignedReading>;
  currentSlot(): Promise<number>;
  /** The latest block, once all that was sent is mined: anvil answers a transaction before it has mined it. */
  latestBlock(): Promise<{ number: bigint; timestamp: bigint }>;
  /** Mines a block at the start of the n-th slot from now. */
  passSlots(n: number): Promise<void>;
  stop(): Promise<void>;
}

export async function startNeighbourhood(runId: string, port?: number): Promise<Neighbourhood> {
  compileContracts();
  const anvil = await startAnvil({ port, timestamp: 1_750_000_000 });
  const client = localClient(anvil.rpcUrl);
  const addresses = Array.from({ length: 9 }, (_, index) => mnemonicToAccount(MNEMONIC, { addressIndex: index }));
  const [admin, ...others] = addresses;
  if (!admin) throw new Error("no accounts");
  const deployment = await deployLocal(client, admin, { slotDuration: SLOT, ringLength: 12, tradingWindow: 10, runId });
  const write = (from: Address, functionName: Write, args: readonly unknown[], gas?: bigint) =>
    // Signed by anvil itself: one request for each transaction.
    client.writeContract({
      abi: gridxAbi,
      address: deployment.address,
      functionName,
      args: args as never,
      account: from,
      chain: null,
      gas,
    });
  for (const { address } of addresses) {
    const token = { abi: artifactOf("DemoRupee").abi, address: deployment.token, account: address, chain: null };
    await client.writeContract({ ...token, functionName: "mint", args: [address, 10n ** 15n] });
    await client.writeContract({ ...token, functionName: "approve", args: [deployment.address, maxUint256] });
  }
  const currentSlot = async () => Number((await client.getBlock()).timestamp / BigInt(SLOT));
  return {
    anvil,
    client,
    deployment,
    admin: admin.address,
    owners: others.slice(0, 4).map(({ address }) => address),
    buyers: others.slice(4).map(({ address }) => address),
    meters: new Map(),
    send: (from, functionName, args, options) => write(from, functionName, args as readonly unknown[], options?.gas),
    attempt: (from, functionName, args) => write(from, functionName, args).catch(() => null),
    sign: async (meter, slot, exportWh) => ({
      slot,
      exportWh,
      signature: await meter.signTypedData({
        domain: gridxDomain(deployment),
        types: readingTypes,
        primaryType: "Reading",
        message: { slot, exportWh },
      }),
    }),
    currentSlot,
    latestBlock: async () => {
      while ((await client.getTxpoolStatus()).pending > 0) await new Promise((resolve) => setTimeout(resolve, 10));
      return client.getBlock();
    },
    passSlots: async (n) => {
      await client.setNextBlockTimestamp({ timestamp: BigInt(((await currentSlot()) + n) * SLOT) });
      await client.mine({ blocks: 1 });
    },
    stop: () => anvil.stop(),
  };
}

/** Houses with one meter each; the first owner has two. */
export async function registerHouses(place: Neighbourhood) {
  for (const [index, owner] of [...place.owners, ...place.owners.slice(0, 1)].entries()) {
    const meter = meterKey(`meter ${index}`);
    place.meters.set(meter.address, meter);
    await place.send(place.admin, "registerHouse", [meter.address, owner, CAPACITY]);
  }
}

/** Standing prices for everybody, and money for the buyers. */
export async function openMarket(place: Neighbourhood, dice: ReturnType<typeof random>) {
  for (const owner of place.owners) await place.send(owner, "setAsk", [BigInt(1_000_000 + dice.below(3_000_000))]);
  for (const buyer of place.buyers) {
    await place.send(buyer, "deposit", [BigInt(dice.below(9_000_000))]);
    await place.send(buyer, "setBid", [BigInt(3_000_000 + dice.below(9_000_000)), BigInt(dice.below(3000))]);
  }
}

async function attest(place: Neighbourhood, dice: ReturnType<typeof random>) {
  const ended = (await place.currentSlot()) - 1;
  const readings: SignedReading[] = [];
  for (const meter of place.meters.values()) {
    if (dice.chance(0.2)) continue;
    const exportWh = dice.chance(0.1) ? 0n : BigInt(1 + dice.below(MAX_WH));
    readings.push(await place.sign(meter, ended - (dice.chance(0.2) ? dice.below(4) : 0), exportWh));
  }
  const anyMeter = dice.pick([...place.meters.values()]);
  const bad = [
    () => place.sign(anyMeter, ended, BigInt(MAX_WH + 1)),
    () => place.sign(anyMeter, ended + 5, 1n),
    () => place.sign(anyMeter, 2 ** 32 - 1, 2n ** 64n - 1n),
    () => place.sign(meterKey("a stranger"), ended, 1n),
    async () => ({ slot: ended, exportWh: 1n, signature: "0x1234" as Hex }),
  ];
  if (dice.chance(0.7)) readings.push(await dice.pick(bad)());
  await place.send(place.buyers[0] ?? place.admin, "attestReadings", [readings]);
}

/** Clears with fills in any order, some too large, some for nothing, some twice, some of who has no lot or bid. */
async function clear(place: Neighbourhood, dice: ReturnType<typeof random>) {
  const { owners, buyers, admin } = place;
  if (dice.chance(0.6)) await attest(place, dice);
  const fills = (among: Address[]) =>
    [...among, dice.pick([...owners, ...buyers])]
      .map((participant) => ({ participant, energyWh: BigInt(dice.below(900)), order: dice.below(100) }))
      .sort((a, b) => a.order - b.order);
  const last = await place.client.readContract({
    abi: gridxAbi,
    address: place.deployment.address,
    functionName: "lastClearing",
  });
  const ended = (await place.currentSlot()) - 1;
  // Sometimes one that has passed, and sometimes another price than the one that a slot has for good.
  const slot = dice.chance(0.9) ? Math.max(last.slot, ended - dice.below(3)) : ended - dice.below(12);
  const again = last.slot === slot && dice.chance(0.8);
  const pricePerKwh = again ? last.pricePerKwh : BigInt(2_000_000 + dice.below(6_000_000));
  const [asks, bids] = [fills(owners), fills([...buyers, ...owners.slice(0, 2)])];
  await place.attempt(admin, "clearSlot", [slot, pricePerKwh, asks, bids, 0n]);
}

/** Everybody asks, bids and exports in one slot, and that slot has ended. */
export async function fullSlot(place: Neighbourhood) {
  const { owners, buyers, admin } = place;
  await place.attempt(admin, "endEmergency", []);
  const slot = await place.currentSlot();
  for (const owner of owners) await place.send(owner, "setAsk", [2_000_000n]);
  for (const [index, buyer] of buyers.entries()) {
    await place.send(buyer, "deposit", [20_000_000n]);
    await place.send(buyer, "setBid", [9_000_000n, BigInt(300 + 100 * index)]);
  }
  await place.passSlots(1);
  const readings = await Promise.all([...place.meters.values()].map((meter) => place.sign(meter, slot, 700n)));
  await place.send(admin, "attestReadings", [readings]);
  const fills = (among: Address[]) => among.map((participant) => ({ participant, energyWh: 2000n }));
  return { slot, asks: fills(owners), bids: fills(buyers) };
}

async function declareEmergency(place: Neighbourhood, dice: ReturnType<typeof random>) {
  const { timestamp } = await place.client.getBlock();
  const endsAt = Number(timestamp) + 1 + dice.below(3 * SLOT);
  const allowances = [BigInt(dice.below(400)), BigInt(dice.below(4000))];
  const priceCap = BigInt(3_000_000 + dice.below(9_000_000));
  await place.attempt(place.admin, "declareEmergency", [priceCap, ...allowances, endsAt, dice.pick(TEXTS)]);
}

const TEXTS = ["", "Schule am Bach", "ग्राम पंचायत", "a\u0000b"];

/** One random act. Some are refused by the contract; these leave no trace. */
export async function act(place: Neighbourhood, dice: ReturnType<typeof random>) {
  const { owners, buyers, admin } = place;
  const price = () => BigInt(10_000 + dice.below(9_000_000));
  const slot = (await place.currentSlot()) - 1 - dice.below(6);
  const acts: (() => Promise<unknown>)[] = [
    () => attest(place, dice),
    () => attest(place, dice),
    () => place.passSlots(1 + dice.below(2)),
    () => place.attempt(dice.pick(owners), "setAsk", [dice.chance(0.1) ? 0n : price()]),
    () => place.attempt(dice.pick(owners), "setLotAsk", [slot, dice.chance(0.2) ? 0n : price()]),
    () => place.attempt(dice.pick(buyers), "deposit", [BigInt(1 + dice.below(50_000_000))]),
    () =>
      place.attempt(dice.pick([...owners, ...buyers]), "withdraw", [
        dice.pick(buyers),
        BigInt(1 + dice.below(900_000)),
      ]),
    ...Array.from({ length: 3 }, () => () => {
      const buyer = dice.pick([...buyers, ...owners]);
      return place.attempt(buyer, "logEnergyTrade", [dice.pick(owners), buyer, BigInt(1 + dice.below(300)), 10n ** 9n]);
    }),
    () => {
      const lines = owners.map((seller) => ({
        seller,
        slot,
        energyWh: BigInt(1 + dice.below(700)),
        pricePerKwh: 10n ** 9n,
      }));
      return place.attempt(dice.pick(buyers), "buyEnergy", [[...lines, ...lines], 1n]);
    },
    () =>
      place.attempt(dice.pick(buyers), "spendCarbon", [BigInt(1 + dice.below(40)), dice.pick(TEXTS), dice.pick(TEXTS)]),
    () => place.attempt(dice.pick(buyers), "collectFees", []),
    () => place.attempt(admin, "setTier", [dice.pick(buyers), dice.below(4)]),
    ...Array.from({ length: 2 }, () => () => {
      const bidder = dice.pick([...buyers, ...owners.slice(0, 1)]);
      return place.attempt(bidder, "setBid", [dice.chance(0.1) ? 0n : 2n * price(), BigInt(dice.below(3000))]);
    }),
    ...Array.from({ length: 3 }, () => () => clear(place, dice)),
    () => (dice.chance(0.5) ? declareEmergency(place, dice) : place.attempt(admin, "endEmergency", [])),
  ];
  await dice.pick(acts)();
}

/** What is too rare to leave to chance. */
export async function rareActs(place: Neighbourhood) {
  const { admin, owners } = place;
  const [first, second] = [...place.meters.values()];
  const [owner, other] = owners;
  if (!first || !second || !owner || !other) throw new Error("register houses first");
  const replacement = meterKey(`replacement of ${first.address}`);
  await place.send(admin, "replaceMeter", [first.address, replacement.address]);
  place.meters.delete(first.address);
  place.meters.set(replacement.address, replacement);
  // Beyond 31 bits, which a Postgres integer does not hold.
  await place.send(admin, "updateHouse", [second.address, other, 4_000_000_000]);
  const parameters = {
    feeBps: 250,
    tradingWindow: 9,
    shelfDelaySlots: 0,
    membersOnly: false,
    minPrice: 0n,
    maxPrice: 2n ** 96n - 1n,
    treasury: owner,
  };
  await place.send(admin, "setMarketParameters", [parameters]);
  await place.send(admin, "setEmissionFactor", [{ gramsPerMwh: 400_001, source: "a source", vintage: "2025" }]);
  // The most that each number can be, replaced while in force.
  const { timestamp } = await place.client.getBlock();
  const [most, longest] = [2n ** 64n - 1n, Number(timestamp) + 6 * 86_400];
  await place.send(admin, "declareEmergency", [2n ** 96n - 1n, most, most, longest, "Sturm \u0000"]);
  await place.send(admin, "declareEmergency", [1n, 0n, 0n, longest, ""]);
  await place.send(admin, "endEmergency", []);
  await place.send(owner, "setBid", [2n ** 96n - 1n, most]);
  const { slot, asks, bids } = await fullSlot(place);
  await place.send(admin, "clearSlot", [slot, 4_000_000n, asks, bids, 1000n]);
  const retired = meterKey("retired");
  await place.send(admin, "registerHouse", [retired.address, other, 3000]);
  await place.send(admin, "retireHouse", [retired.address]);
}
