import { join } from "node:path";
import type { Deployment } from "@gridx/contracts";
import type { Hex } from "viem";
import { createRpc, latestBlock } from "../chain/rpc.ts";
import { deficitWhOf, type NoteKind } from "../neighbourhood.ts";
import { ReadingQueue } from "../relay/queue.ts";
import { checkIndexer, type IndexerResult } from "./check-indexer.ts";
import { playHistory } from "./history.ts";
import { LivePlay } from "./live.ts";
import { MeteredFeed, type MeteredFeedOptions } from "./metered-feed.ts";
import type { Emit, SimulationSummary } from "./output.ts";
import { openNeighbourhood, planOf, type SimulationOptions } from "./plan.ts";
import { registerAll } from "./register.ts";
import { type ReplayedChain, replayChain } from "./replay-chain.ts";
import { Checks, checkClearing, checkOwn, checkState, headAt } from "./verify.ts";
import { createWorld, type World } from "./world.ts";

export interface SimulateOptions extends SimulationOptions {
  deployment: Deployment;
  rpcUrl: string;
  operatorKey: Hex;
  /** Of a wallet that owns the first home with solar and trades by hand: nothing is sent from it after the registration. */
  ownerKey?: Hex;
  stateDir: string;
  /** Seconds of the world between blocks. */
  blockTime?: number;
  /** Seconds of the chain's clock in one of the world. */
  speed?: number;
  /** Live slots after which it checks everything and ends; absent plays on. */
  slots?: number;
  indexerUrl?: string;
  /** Forecast service that is kept supplied with readings. */
  forecast?: MeteredFeedOptions;
  emit: Emit;
  signal: AbortSignal;
}

/** A meter's bitmap reaches 31 slots back; a block that jumps further would lose readings. */
const MOST_SLOTS_A_BLOCK = 8;

/** Plays a neighbourhood on a local chain. Resolves with a summary where a number of slots was asked for. */
export async function simulate(options: SimulateOptions): Promise<SimulationSummary | null> {
  const { deployment, rpcUrl, operatorKey, ownerKey, stateDir, blockTime = 2, speed = 360, emit, signal } = options;
  const started = Date.now();
  const fixed = { ...options, now: options.now ?? Math.floor(Date.now() / 1000) };
  const neighbourhood = openNeighbourhood(fixed);
  const plan = planOf(neighbourhood, fixed);
  checkPace(blockTime, speed, plan.slotDuration);
  const rpc = createRpc(rpcUrl, { signal });
  const world = await createWorld({ rpc, deployment, neighbourhood, plan, operatorKey, ownerKey, emit, signal });
  for (const note of neighbourhood.notes) {
    const { house, kind, from, to, hours } = note;
    const inHistory = note.fromSlot < plan.liveSlot && note.toSlot > plan.firstSlot;
    if (inHistory) emit({ event: "note", house, kind, from, to, hours });
  }
  // A queue belongs to one run of a chain: an earlier one's readings would carry valid signatures.
  const genesis = await latestBlock(rpc);
  const run = deployment.runId ?? genesis.hash.slice(2, 14);
  const folder = join(stateDir, `run-${run}`);
  const queue = new ReadingQueue(folder);
  try {
    await registerAll(world);
    await playHistory(world);
    const { number: block, timestamp } = await latestBlock(rpc);
    const historySeconds = (Date.now() - started) / 1000;
    emit({ event: "live", slot: plan.liveSlot, block, timestamp, speed, historySeconds });
    const live = new LivePlay(
      world,
      { queue, stateDir: folder, blockTime, speed, slots: options.slots ?? null },
      block,
    );
    const end = new AbortController();
    const feed = options.forecast ? new MeteredFeed(world, options.forecast) : null;
    const feeding = feed?.run(() => live.nextSlot, end.signal);
    await live.run();
    end.abort();
    await feeding;
    if (options.slots === undefined || signal.aborted) return null;
    return await summarize(world, { queued: queue.size, liveSlots: live.slotsPlayed, started, ...options });
  } finally {
    queue.close();
  }
}

function checkPace(blockTime: number, speed: number, slotDuration: number): void {
  const step = blockTime * speed;
  if (!Number.isInteger(blockTime) || blockTime < 1)
    throw new Error(`the block time must be whole seconds, not ${blockTime}`);
  if (!Number.isInteger(step) || step < 1) throw new Error(`${blockTime} s at speed ${speed} are no whole seconds`);
  if (step <= slotDuration * MOST_SLOTS_A_BLOCK) return;
  throw new Error(`at speed ${speed} a block jumps ${step} s, more than ${MOST_SLOTS_A_BLOCK} slots; go slower`);
}

async function summarize(
  world: World,
  {
    queued,
    liveSlots,
    started,
    indexerUrl,
  }: { queued: number; liveSlots: number; started: number; indexerUrl?: string },
): Promise<SimulationSummary> {
  const { rpc, deployment, tally, plan, neighbourhood } = world;
  const { number: block } = await latestBlock(rpc);
  const chain = await replayChain(rpc, deployment, block);
  const checks = new Checks();
  checks.add("no reading is left in the queue", queued === 0 ? [] : [`${queued}`]);
  await checkState(world, chain, block, checks);
  await checkClearing(world, chain, block, checks);
  await checkOwn(world, chain, block, checks);
  let indexer: IndexerResult | null = null;
  if (indexerUrl !== undefined) {
    try {
      indexer = await checkIndexer(world, indexerUrl, chain, block, checks);
    } catch (error) {
      checks.add("the indexer answers", [error instanceof Error ? error.message : String(error)]);
      indexer = { block: 0, headEqual: false, totalsEqual: false };
    }
  }
  const notes: Partial<Record<NoteKind, number>> = {};
  for (const { kind, fromSlot, toSlot } of neighbourhood.notes) {
    if (fromSlot < plan.liveSlot + liveSlots && toSlot > plan.firstSlot) notes[kind] = (notes[kind] ?? 0) + 1;
  }
  return {
    event: "summary",
    ok: checks.list.every(({ ok }) => ok),
    historySlots: plan.liveSlot - plan.firstSlot,
    liveSlots,
    seconds: (Date.now() - started) / 1000,
    ...totalsOf(chain),
    aheadWh: aheadOf(world, chain),
    readingsRejected: chain.rejected,
    tokenSymbol: deployment.tokenSymbol,
    tokenDecimals: deployment.tokenDecimals,
    gas: Object.fromEntries(
      [...tally.gas].map(([kind, use]) => [
        kind,
        { ...use, gasPerTransaction: use.gasUsed / BigInt(use.transactions) },
      ]),
    ),
    block,
    headOnChain: await headAt(world, block),
    headRecomputed: chain.head,
    indexer,
    notes,
    checks: checks.list,
  };
}

/** Wh that clearings brought households beyond their deficits. */
function aheadOf({ neighbourhood, byAddress }: World, { trades }: ReplayedChain): bigint {
  const got = new Map<string, { name: string; slot: number; energyWh: bigint }>();
  for (const { buyer, slot, energyWh, cleared } of trades) {
    const name = byAddress.get(buyer)?.house.name;
    if (!cleared || name === undefined) continue;
    const before = got.get(`${name}/${slot}`)?.energyWh ?? 0n;
    got.set(`${name}/${slot}`, { name, slot, energyWh: before + energyWh });
  }
  return [...got.values()].reduce((sum, { name, slot, energyWh }) => {
    const energy = neighbourhood.energyOf(name, slot);
    const excess = energyWh - (energy ? BigInt(deficitWhOf(energy)) : 0n);
    return excess > 0n ? sum + excess : sum;
  }, 0n);
}

function totalsOf({ readings, trades, accounts }: ReplayedChain) {
  const sum = (values: Iterable<bigint>) => [...values].reduce((total, value) => total + value, 0n);
  return {
    readingsAttested: readings.size,
    exportedWh: sum(readings.values()),
    tradedWh: sum(trades.map(({ energyWh }) => energyWh)),
    trades: trades.length,
    clearedSlots: new Set(trades.flatMap(({ slot, cleared }) => (cleared ? [slot] : []))).size,
    clearedWh: sum(trades.map(({ energyWh, cleared }) => (cleared ? energyWh : 0n))),
    boughtWh: sum(trades.map(({ energyWh, cleared }) => (cleared ? 0n : energyWh))),
    paid: sum([...accounts.values()].map(({ paid }) => paid)),
    fees: sum(trades.map(({ feePaid }) => feePaid)),
    carbonGrams: sum(trades.map(({ carbonGrams }) => carbonGrams)),
  };
}
