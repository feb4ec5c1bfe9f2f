// Does everything agree: what the operator did, what the chain's logs say, what the contract's state says?
import { demoRupeeAbi, gridxAbi } from "@gridx/contracts";
import type { Address } from "viem";
import { z } from "zod";
import { bidSchema, clearingSchema, emergencySchema } from "../chain/contract.ts";
import { blockSchema, hex, view } from "../chain/rpc.ts";
import { deficitWhOf } from "../neighbourhood.ts";
import type { Check } from "./output.ts";
import type { ReplayedChain, ReplayedLot } from "./replay-chain.ts";
import type { OwnTrade } from "./tally.ts";
import type { World } from "./world.ts";

const bytes32 = z.string().regex(/^0x[0-9a-f]{64}$/);

/** Keeps checks and the first few things that are wrong with each. */
export class Checks {
  readonly list: Check[] = [];

  add(name: string, problems: readonly string[]): void {
    const ok = problems.length === 0;
    const more = problems.length > 3 ? ` and ${problems.length - 3} more` : "";
    this.list.push(ok ? { name, ok } : { name, ok, detail: `${problems.slice(0, 3).join("; ")}${more}` });
  }

  equal(name: string, ...pairs: [what: string, one: unknown, other: unknown][]): void {
    this.add(
      name,
      pairs.filter(([, one, other]) => one !== other).map(([what, one, other]) => `${what}: ${one} and ${other}`),
    );
  }
}

type Question = "accountOf" | "lotOf" | "bidOf" | "lastClearing" | "emergency" | "head" | "accruedFees" | "balanceOf";

/** Asks the contract, or the token for `balanceOf`, at one block. */
function readAll(
  { rpc, deployment }: World,
  block: number,
  questions: readonly { view: Question; args: readonly unknown[] }[],
): Promise<unknown[]> {
  const [contract, token] = [
    { to: deployment.address, abi: gridxAbi },
    { to: deployment.token, abi: demoRupeeAbi },
  ];
  const views = questions.map(({ view: functionName, args }) => ({
    ...(functionName === "balanceOf" ? token : contract),
    functionName,
    args,
  }));
  return view(rpc, views, block);
}

export async function headAt(world: World, block: number): Promise<string> {
  return bytes32.parse((await readAll(world, block, [{ view: "head", args: [] }]))[0]);
}

const amounts = z.object({ balance: z.bigint(), carbonGrams: z.bigint(), carbonEarnedGrams: z.bigint() });
const lotState = z.object({ slot: z.number(), attestedWh: z.bigint(), soldWh: z.bigint(), ask: z.bigint() });

/** The contract's state against its logs. */
export async function checkState(world: World, chain: ReplayedChain, block: number, checks: Checks): Promise<void> {
  const { deployment } = world;
  checks.equal("ledger head on-chain = head recomputed from the logs", [
    "head",
    await headAt(world, block),
    chain.head,
  ]);
  checks.add("ids of trades and claims follow from the facts", chain.mismatch ? [chain.mismatch] : []);

  const accounts = [...chain.accounts];
  const states = await readAll(
    world,
    block,
    accounts.map(([address]) => ({ view: "accountOf", args: [address] })),
  );
  const wrong: string[] = [];
  let balances = 0n;
  for (const [index, [address, expected]] of accounts.entries()) {
    const state = amounts.parse(states[index]);
    balances += state.balance;
    for (const field of ["balance", "carbonGrams", "carbonEarnedGrams"] as const) {
      if (state[field] !== expected[field]) wrong.push(`${address} ${field}: ${state[field]} and ${expected[field]}`);
    }
  }
  checks.add(`${accounts.length} accounts: money and carbon as the logs make them`, wrong);

  const [fees, held] = z.tuple([z.bigint(), z.bigint()]).parse(
    await readAll(world, block, [
      { view: "accruedFees", args: [] },
      { view: "balanceOf", args: [deployment.address] },
    ]),
  );
  checks.equal("accrued fees as the logs make them", ["fees", fees, chain.fees]);
  checks.add("the contract holds the money of all accounts and fees", held >= balances + fees ? [] : [`${held}`]);

  // A ring keeps the newest lot of each of its places.
  const cells = new Map<string, ReplayedLot>();
  for (const lot of chain.lots.values()) {
    const key = `${lot.seller}/${lot.slot % deployment.ringLength}`;
    if (lot.slot > (cells.get(key)?.slot ?? -1)) cells.set(key, lot);
  }
  const lots = [...cells.values()];
  const cellStates = await readAll(
    world,
    block,
    lots.map(({ seller, slot }) => ({ view: "lotOf", args: [seller, slot] })),
  );
  const wrongLots = lots.flatMap((lot, index) => {
    const state = lotState.parse(cellStates[index]);
    const same = (["slot", "attestedWh", "soldWh", "ask"] as const).every((field) => state[field] === lot[field]);
    return same ? [] : [`${lot.seller} slot ${lot.slot}`];
  });
  checks.add(`${lots.length} lots: attested, sold and ask as the logs make them`, wrongLots);
  const oversold = [...chain.lots.values()].filter((lot) => lot.soldWh > lot.attestedWh);
  checks.add(
    "no lot sold more than was attested",
    oversold.map((lot) => `${lot.seller} slot ${lot.slot}`),
  );
}

/** Standing bids, clearings and the emergency against the logs. */
export async function checkClearing(world: World, chain: ReplayedChain, block: number, checks: Checks): Promise<void> {
  checks.add("clearings: in order, one price a slot, every ask and bid within its limits", chain.clearingProblems);
  const bids = [...chain.bids];
  const [last, emergency, ...states] = await readAll(world, block, [
    { view: "lastClearing", args: [] },
    { view: "emergency", args: [] },
    ...bids.map(([buyer]) => ({ view: "bidOf" as const, args: [buyer] })),
  ]);
  const wrong = bids.flatMap(([buyer, bid], index) => {
    const state = bidSchema.parse(states[index]);
    const same = (["pricePerKwh", "maxWhPerSlot", "slot", "filledWh"] as const).every((key) => state[key] === bid[key]);
    return same ? [] : [buyer];
  });
  checks.add(`${bids.length} standing bids as the logs make them`, wrong);
  const { slot, pricePerKwh } = clearingSchema.parse(last);
  checks.equal(
    "the newest clearing as the logs make it",
    ["slot", slot, chain.lastClearing.slot],
    ["price", pricePerKwh, chain.lastClearing.pricePerKwh],
  );
  const { endsAt, priceCap } = emergencySchema.parse(emergency);
  const { timestamp } = blockSchema.parse(await world.rpc.call("eth_getBlockByNumber", hex(block), false));
  const inForce = chain.emergency && chain.emergency.endsAt > timestamp ? chain.emergency : { endsAt: 0, priceCap: 0n };
  checks.equal(
    "the emergency as the logs make it",
    ["end", endsAt, inForce.endsAt],
    ["price cap", priceCap, inForce.priceCap],
  );
}

const tradeKey = (
  trade: Pick<OwnTrade, "seller" | "buyer" | "slot" | "energyWh" | "pricePerKwh" | "cleared">,
): string => [trade.seller, trade.buyer, trade.slot, trade.energyWh, trade.pricePerKwh, trade.cleared].join("/");

/** What the operator signed, sold and bought against the logs, and against the wallets' and accounts' money. */
export async function checkOwn(world: World, chain: ReplayedChain, block: number, checks: Checks): Promise<void> {
  const { tally, players, byAddress, neighbourhood } = world;
  const readings = [...tally.attested].filter(([key, exportWh]) => chain.readings.get(key) !== exportWh);
  checks.add(
    `${tally.attested.size} readings of the meters are on the chain as signed`,
    readings.map(([key]) => key),
  );
  checks.equal(
    "no reading on the chain but those",
    ["attested", chain.readings.size, tally.attested.size],
    ["rejected", chain.rejected, tally.rejected],
  );

  const own = chain.trades.filter(({ buyer }) => byAddress.has(buyer));
  const remaining = new Map<string, { fee: bigint; carbonGrams: bigint }[]>();
  for (const { feePaid, ...trade } of own) {
    const same = remaining.get(tradeKey(trade)) ?? [];
    remaining.set(tradeKey(trade), [...same, { fee: feePaid, carbonGrams: trade.carbonGrams }]);
  }
  const missing = tally.trades.filter((trade) => {
    const found = remaining.get(tradeKey(trade))?.pop();
    return found?.fee !== trade.fee || found?.carbonGrams !== trade.carbonGrams;
  });
  checks.add(
    `${tally.trades.length} purchases are on the chain with the fee and carbon reckoned`,
    missing.map(tradeKey),
  );
  checks.equal("no purchase of the households but those", ["trades", own.length, tally.trades.length]);

  const bought = new Map<string, bigint>();
  for (const { buyer, slot, energyWh } of own) {
    bought.set(`${buyer}/${slot}`, (bought.get(`${buyer}/${slot}`) ?? 0n) + energyWh);
  }
  // A standing bid was set before the slot's deficit was known; only the shelf is for what is known to be missing.
  const shopped = new Set(own.flatMap(({ buyer, slot, cleared }) => (cleared ? [] : [`${buyer}/${slot}`])));
  const greedy = [...bought].filter(([key, energyWh]) => {
    if (!shopped.has(key)) return false;
    const [buyer, slot] = key.split("/");
    const household = byAddress.get(buyer as Address);
    const energy = household && neighbourhood.energyOf(household.house.name, Number(slot));
    return !energy || energyWh > BigInt(deficitWhOf(energy));
  });
  checks.add(
    "no household bought from the shelf beyond what it lacked in a slot",
    greedy.map(([key]) => key),
  );

  // Sales to people at the page are none of the operator's purchases; they come from the logs.
  const wallets = players.map(({ owner }) => owner.address);
  const [inWallet, inAccount] = await Promise.all([
    readAll(
      world,
      block,
      wallets.map((wallet) => ({ view: "balanceOf", args: [wallet] })),
    ),
    readAll(
      world,
      block,
      wallets.map((wallet) => ({ view: "accountOf", args: [wallet] })),
    ),
  ]);
  const money = wallets.flatMap((wallet, index) => {
    const has = z.bigint().parse(inWallet[index]) + amounts.parse(inAccount[index]).balance;
    let expected = tally.minted.get(wallet) ?? 0n;
    for (const { buyer, seller, payment, fee } of tally.trades) {
      if (buyer === wallet) expected -= payment + fee;
      if (seller === wallet) expected += payment;
    }
    const others = chain.trades.filter(({ seller, buyer }) => seller === wallet && !byAddress.has(buyer));
    for (const { energyWh, pricePerKwh } of others) expected += (energyWh * pricePerKwh + 999n) / 1000n;
    return has === expected ? [] : [`${wallet} has ${has}, should have ${expected}`];
  });
  checks.add(`${wallets.length} households have the money that their trades leave them`, money);
}
