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
  for (const { address } of others) {
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
  const retired = meterKey("retired");
  await place.send(admin, "registerHouse", [retired.address, other, 3000]);
  await place.send(admin, "retireHouse", [retired.address]);
}
