import { createIndexerClient, type IndexerClient } from "@gridx/indexer/client";
import { type ReplayedChain, replayChain } from "./replay-chain.ts";
import { type Checks, headAt } from "./verify.ts";
import type { World } from "./world.ts";

/** An indexer that is this far behind has stopped. */
const PATIENCE_MILLISECONDS = 120_000;
const PAGE = 200;
const ATTEMPTS = 5;

export interface IndexerResult {
  block: number;
  headEqual: boolean;
  totalsEqual: boolean;
}

/** Waits until the indexer has come to a block, then compares its head and totals with the chain's. */
export async function checkIndexer(
  world: World,
  url: string,
  chain: ReplayedChain,
  block: number,
  checks: Checks,
): Promise<IndexerResult> {
  const client = createIndexerClient(url);
  for (let attempt = 1; ; attempt += 1) {
    const audit = await reached(world, client, block);
    // It may be further than the replay where others trade; each head is compared at its own block.
    const headOnChain = await headAt(world, audit.blockNumber);
    const headProblems = [
      ...(audit.headRecomputed === headOnChain ? [] : [`${audit.headRecomputed}, on the chain ${headOnChain}`]),
      ...(audit.equal ? [] : [`it says that its own head differs from ${audit.headOnChain}`]),
      ...(audit.firstMismatch ? [`fact ${audit.firstMismatch.index} ${audit.firstMismatch.eventName}`] : []),
    ];
    const expected =
      headOnChain === chain.head ? chain : await replayChain(world.rpc, world.deployment, audit.blockNumber);
    const totalProblems = await compareTotals(client, expected);
    // Totals that were read while something happened belong to no one block.
    const after = await client.audit();
    if (after.headRecomputed !== audit.headRecomputed && attempt < ATTEMPTS) continue;
    checks.add("indexer's head = head on-chain", headProblems);
    checks.add("indexer's totals = the chain's", totalProblems);
    return { block: audit.blockNumber, headEqual: headProblems.length === 0, totalsEqual: totalProblems.length === 0 };
  }
}

async function reached({ signal }: World, client: IndexerClient, block: number) {
  const deadline = Date.now() + PATIENCE_MILLISECONDS;
  let last = "no answer";
  while (Date.now() < deadline) {
    signal.throwIfAborted();
    try {
      const audit = await client.audit(AbortSignal.timeout(10_000));
      if (audit.blockNumber >= block) return audit;
      last = `it is at block ${audit.blockNumber}`;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`the indexer did not come to block ${block} within ${PATIENCE_MILLISECONDS / 1000} s: ${last}`);
}

/** All rows of a list. */
async function all<T>(page: (cursor?: string) => Promise<{ items: T[]; nextCursor: string | null }>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const answer = await page(cursor);
    items.push(...answer.items);
    cursor = answer.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}

async function compareTotals(client: IndexerClient, chain: ReplayedChain): Promise<string[]> {
  const [users, houses, wallets] = await Promise.all([
    all((cursor) => client.users({ limit: PAGE, cursor })),
    all((cursor) => client.houses({ limit: PAGE, cursor })),
    all((cursor) => client.leaderboard({ limit: PAGE, cursor })),
  ]);
  const problems: string[] = [];
  const compare = (what: string, indexed: bigint, expected: bigint) => {
    if (indexed !== expected) problems.push(`${what}: ${indexed} and ${expected}`);
  };
  const byAddress = new Map(users.map((user) => [user.address, user] as const));
  const carbon = new Map(wallets.map((wallet) => [wallet.address, wallet] as const));
  const fields = ["balance", "deposited", "withdrawn", "boughtWh", "soldWh", "paid", "feesPaid", "earned"] as const;
  for (const [address, account] of chain.accounts) {
    const user = byAddress.get(address);
    if (!user) problems.push(`${address} is missing`);
    else for (const field of fields) compare(`${address} ${field}`, user[field], account[field]);
    // Only those who earned carbon are on the leaderboard.
    compare(`${address} carbon`, carbon.get(address)?.balanceGrams ?? 0n, account.carbonGrams);
    compare(`${address} carbon earned`, carbon.get(address)?.earnedGrams ?? 0n, account.carbonEarnedGrams);
  }
  const sum = (values: Iterable<bigint>) => [...values].reduce((total, value) => total + value, 0n);
  compare("Wh exported", sum(houses.map(({ exportedWh }) => exportedWh)), sum(chain.readings.values()));
  compare("readings", sum(houses.map(({ readings }) => BigInt(readings))), BigInt(chain.readings.size));
  compare("purchases", sum(users.map(({ purchases }) => BigInt(purchases))), BigInt(chain.trades.length));
  return problems;
}
