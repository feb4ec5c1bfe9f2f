import { type Address, encodeFunctionData, type Hex, type LocalAccount, maxUint96, toHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { gridxAbi, maxExportWh, type SignedReading, signReading, slotOf } from "../../src/index.ts";
import type { Random } from "./random.ts";
import { declareEmergencyCall, setEmissionFactorCall, spendCarbonCall, TEXTS } from "./texts.ts";
import type { World } from "./world.ts";

export interface Operation {
  from: Address;
  data: Hex;
}

const CAPACITY_WATTS = 12_000;
const ZERO: Address = "0x0000000000000000000000000000000000000000";
/** Order of secp256k1: `s` and `N - s` sign the same, and only the lower one is accepted. */
const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** One after the other, so that the same seed always makes the same. */
async function times<T>(count: number, make: () => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  while (made.length < count) made.push(await make());
  return made;
}

/** Makes operations, most of them valid, that together reach every fact and many refusals. */
export function operationsOf(world: World, random: Random) {
  const { chance, int, pick, big } = random;
  const { deployment, people, admin } = world;
  const { slotDuration, ringLength } = deployment;
  const meters: LocalAccount[] = [];
  const price = (): bigint => (chance(0.85) ? BigInt(int(1, 9)) * 1_000_000n : big(96));
  const capped = (amount: bigint): bigint => (amount > maxUint96 ? maxUint96 : amount);
  const newMeter = (): LocalAccount => {
    const meter = privateKeyToAccount(random.bytes(32));
    meters.push(meter);
    return meter;
  };
  const current = (): number => slotOf(world.now(), slotDuration);
  const capacity = (): number => (chance(0.7) ? CAPACITY_WATTS : int(0, 2 ** 32 - 1));

  async function reading(): Promise<SignedReading> {
    const meter = chance(0.02) ? privateKeyToAccount(random.bytes(32)) : pick(meters);
    const most = maxExportWh(BigInt(CAPACITY_WATTS), BigInt(slotDuration));
    const exportWh = chance(0.8) ? BigInt(int(1, Number(most))) : pick([0n, 1n, most, most + 1n, big(64)]);
    const slot = current() - (chance(0.8) ? int(1, 3) : int(-1, 40));
    const elsewhere = chance(0.03) ? { ...deployment, chainId: 1 } : deployment;
    const signed = await signReading(meter, elsewhere, { slot, exportWh });
    if (chance(0.92)) return signed;
    const s = BigInt(`0x${signed.signature.slice(66, 130)}`);
    const highS = `${signed.signature.slice(0, 66)}${toHex(N - s, { size: 32 }).slice(2)}${signed.signature.slice(130)}`;
    return { ...signed, signature: pick<Hex>(["0x", random.bytes(65), random.bytes(64), highS as Hex]) };
  }

  /** A lot, mostly one that is on sale, with a limit that mostly meets its ask. */
  async function offer(): Promise<{ seller: Address; slot: number; limit: bigint }> {
    const { client, deployment } = world;
    for (let tries = 12; tries > 0; tries -= 1) {
      const [seller, slot] = [pick(people), current() - int(1, 3)];
      const args = [seller, slot] as const;
      const quote = { abi: gridxAbi, address: deployment.address, functionName: "quoteOf", args } as const;
      const [available, , priceWithFee] = await client.readContract(quote);
      if (available === 0n || chance(0.1)) continue;
      // A basket's limit has 96 bits, so nothing there meets an ask at the very top.
      if (priceWithFee > maxUint96 || chance(0.1)) return { seller, slot, limit: maxUint96 };
      return { seller, slot, limit: chance(0.9) ? priceWithFee : priceWithFee - 1n };
    }
    return { seller: pick(people), slot: current() - int(0, 40), limit: price() };
  }

  const encode = encodeFunctionData<typeof gridxAbi>;
  const abi = gridxAbi;
  const call = {
    registerHouse: () =>
      encode({ abi, functionName: "registerHouse", args: [newMeter().address, pick(people), capacity()] }),
    updateHouse: () =>
      encode({ abi, functionName: "updateHouse", args: [pick(meters).address, pick([...people, ZERO]), capacity()] }),
    replaceMeter: () =>
      encode({
        abi,
        functionName: "replaceMeter",
        args: [pick(meters).address, chance(0.8) ? newMeter().address : pick(meters).address],
      }),
    retireHouse: () => encode({ abi, functionName: "retireHouse", args: [pick(meters).address] }),
    setTier: () =>
      encode({ abi, functionName: "setTier", args: [pick([...people, ZERO]), int(0, chance(0.9) ? 3 : 9)] }),
    attestReadings: async () => {
      const readings = await times(int(0, 8), reading);
      return encode({ abi, functionName: "attestReadings", args: [readings] });
    },
    setAsk: () => encode({ abi, functionName: "setAsk", args: [price()] }),
    setLotAsk: () => encode({ abi, functionName: "setLotAsk", args: [current() - int(0, 3), price() / 2n] }),
    deposit: () => encode({ abi, functionName: "deposit", args: [chance(0.5) ? BigInt(int(1, 10 ** 9)) : big(96)] }),
    withdraw: () =>
      encode({
        abi,
        functionName: "withdraw",
        args: [pick([...people, ZERO]), chance(0.7) ? BigInt(int(1, 10 ** 6)) : big(96)],
      }),
    logEnergyTrade: async (buyer: Address) => {
      const { seller, limit } = await offer();
      const args = [seller, chance(0.95) ? buyer : pick(people), BigInt(int(0, 300)), limit] as const;
      return encode({ abi, functionName: "logEnergyTrade", args });
    },
    buyEnergy: async () => {
      const offers = await times(int(0, 5), offer);
      const purchases = offers.map(({ seller, slot, limit }) => {
        const energyWh = chance(0.9) ? BigInt(int(0, 500)) : big(64);
        return { seller, slot, energyWh, pricePerKwh: limit };
      });
      return encode({ abi, functionName: "buyEnergy", args: [purchases, chance(0.9) ? 0n : big(64)] });
    },
    setBid: () => {
      const energyWh = chance(0.9) ? BigInt(int(0, 5000)) : big(64);
      return encode({ abi, functionName: "setBid", args: [chance(0.1) ? 0n : capped(3n * price()), energyWh] });
    },
    clearSlot: async () => {
      const { client, deployment } = world;
      const clearing = { abi: gridxAbi, address: deployment.address, functionName: "lastClearing" } as const;
      const last = await client.readContract(clearing);
      const slot = chance(0.9) ? Math.max(last.slot, current() - int(1, 3)) : current() - int(0, 40);
      const pricePerKwh = last.slot === slot && chance(0.9) ? last.pricePerKwh : capped(1_000_000n + price());
      const fills = () =>
        Array.from({ length: int(0, 9) }, () => ({
          participant: pick(people),
          energyWh: chance(0.9) ? BigInt(int(0, 900)) : big(64),
        }));
      const args = [slot, pricePerKwh, fills(), fills(), chance(0.95) ? 0n : big(64)] as const;
      return encode({ abi, functionName: "clearSlot", args });
    },
    declareEmergency: () => {
      const endsAt = world.now() + int(chance(0.9) ? 1 : -100, 2 * slotDuration);
      return declareEmergencyCall(
        [capped(5n * price()), BigInt(int(0, 500)), BigInt(int(0, 5000)), endsAt],
        longText(),
      );
    },
    endEmergency: () => encode({ abi, functionName: "endEmergency" }),
    spendCarbon: () => spendCarbonCall(chance(0.9) ? BigInt(int(1, 20)) : big(64), pick(TEXTS), longText()),
    setMarketParameters: () => {
      const tradingWindow = int(1, ringLength);
      const parameters = {
        feeBps: chance(0.9) ? int(0, 1000) : int(1001, 65_535),
        tradingWindow,
        shelfDelaySlots: chance(0.8) ? 0 : int(0, tradingWindow),
        membersOnly: chance(0.1),
        minPrice: chance(0.95) ? 0n : price(),
        maxPrice: chance(0.95) ? maxUint96 : price(),
        treasury: pick([...people, ZERO]),
      };
      return encode({ abi, functionName: "setMarketParameters", args: [parameters] });
    },
    setEmissionFactor: () => setEmissionFactorCall(int(0, 2_000_100), pick(TEXTS), longText()),
    collectFees: () => encode({ abi, functionName: "collectFees" }),
    pause: () => encode({ abi, functionName: "pause" }),
    unpause: () => encode({ abi, functionName: "unpause" }),
  };
  const longText = (): Hex => (chance(0.2) ? random.bytes(pick([256, 512, 513])) : pick(TEXTS));

  const byAdmin = ["setMarketParameters", "setEmissionFactor", "pause", "unpause", "setTier", "updateHouse"] as const;
  const byRegistrar = ["registerHouse", "registerHouse", "replaceMeter", "retireHouse"] as const;
  const often = [
    "attestReadings",
    "attestReadings",
    "buyEnergy",
    "logEnergyTrade",
    "buyEnergy",
    "setAsk",
    "setBid",
  ] as const;
  const seldom = ["setLotAsk", "deposit", "withdraw", "spendCarbon", "spendCarbon", "collectFees"] as const;

  async function multicall(from: Address): Promise<Hex> {
    const names = [pick(often), pick(seldom), pick([...often, ...seldom])];
    const data: Hex[] = [];
    for (const name of names) data.push(await call[name](from));
    return encode({ abi, functionName: "multicall", args: [data] });
  }

  async function next(): Promise<Operation> {
    if (meters.length < 8) return { from: admin, data: call.registerHouse() };
    const from = pick(people);
    if (chance(0.08)) return { from, data: await multicall(from) };
    if (chance(0.05)) return { from: chance(0.8) ? admin : from, data: call[pick(byRegistrar)]() };
    if (chance(0.1)) return { from: chance(0.95) ? admin : from, data: await call.clearSlot() };
    // An emergency refuses most of what else there is to do, too.
    if (chance(0.06)) return { from: admin, data: chance(0.2) ? call.declareEmergency() : call.endEmergency() };
    // A pause seldom lasts: it would refuse most of what else there is to do.
    if (chance(0.12))
      return { from: chance(0.9) ? admin : from, data: call[chance(0.5) ? "unpause" : pick(byAdmin)]() };
    return { from, data: await call[pick(chance(0.65) ? often : seldom)](from) };
  }
  return { next };
}
