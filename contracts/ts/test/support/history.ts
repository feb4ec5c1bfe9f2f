import type { Hex } from "viem";
import { type Fact, factOf, gridxAbi, parseGridxLogs } from "../../src/index.ts";
import { operationsOf } from "./operations.ts";
import { randomFrom } from "./random.ts";
import type { World } from "./world.ts";

export interface History {
  /** In log order, each with its block. */
  facts: (Fact & { blockNumber: bigint })[];
  /** Head on the chain after each block since the deployment. */
  heads: Map<bigint, Hex>;
  /** Names of the events, and reasons of rejections and skips. */
  seen: Map<string, number>;
  reverted: number;
}

/** Plays a seed's operations, a few a block, with the clock running unevenly. */
export async function play(world: World, seed: number, operations: number): Promise<number> {
  const random = randomFrom(seed);
  const { next } = operationsOf(world, random);
  const { slotDuration, ringLength } = world.deployment;
  const sent: Hex[] = [];
  while (sent.length < operations) {
    for (let left = random.int(0, 5); left > 0; left -= 1) {
      const { from, data } = await next();
      sent.push(await world.send(from, data));
    }
    const jump = random.chance(0.02) ? ringLength * slotDuration : random.int(1, slotDuration);
    await world.mine(random.chance(0.3) ? 1 : jump);
  }
  const receipts = await Promise.all(sent.map((hash) => world.client.getTransactionReceipt({ hash })));
  return receipts.filter((receipt) => receipt.status === "reverted").length;
}

/** Everything that an outsider can know: the logs, the blocks' times and the heads. */
export async function readHistory(world: World, reverted: number): Promise<History> {
  const { client, deployment } = world;
  const { address } = deployment;
  const logs = await client.getLogs({ address, fromBlock: 0n, toBlock: "latest" });
  const history: History = { facts: [], heads: new Map(), seen: new Map(), reverted };
  const last = await client.getBlockNumber();
  const times = new Map<bigint, bigint>();
  for (let blockNumber = BigInt(deployment.startBlock); blockNumber <= last; blockNumber += 1n) {
    const [head, block] = await Promise.all([
      client.readContract({ abi: gridxAbi, address, functionName: "head", blockNumber }),
      client.getBlock({ blockNumber }),
    ]);
    history.heads.set(blockNumber, head);
    times.set(blockNumber, block.timestamp);
  }
  for (const log of logs) {
    const fact = factOf(log, times.get(log.blockNumber) ?? 0n);
    if (fact) history.facts.push({ ...fact, blockNumber: log.blockNumber });
  }
  for (const { eventName, args } of parseGridxLogs(logs)) {
    const skips = eventName === "ReadingRejected" || eventName === "FillSkipped";
    const kind = skips ? `${eventName} ${args.reason}` : eventName;
    history.seen.set(kind, (history.seen.get(kind) ?? 0) + 1);
    if (eventName === "SlotCleared" && args.trades > 0) history.seen.set("a match", 1);
  }
  return history;
}
