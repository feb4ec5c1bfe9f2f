// The audit of the browser against a real chain: an honest RPC, a mean one, and ones that lie.
import { gridxAbi } from "@gridx/contracts";
import { numberToHex } from "viem";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Auditor, type AuditProgress, type LedgerAt } from "../../src/audit/auditor.ts";
import { checkIndexer } from "../../src/audit/indexer.ts";
import { startMarket, type TestMarket } from "./support/market.ts";
import { type Behaviour, type Call, startProxy } from "./support/rpcProxy.ts";

const SURPLUS = 77n;
const never = new AbortController().signal;
let market: TestMarket;
/** The block of the ask that a lying RPC leaves out. */
let askedIn: number;
let stops: (() => void)[] = [];

const auditorOf = (rpcUrl = market.anvil.rpcUrl) => {
  const { chainId, address, token, slotDuration, ringLength, startBlock } = market.deployment;
  const deployment = { chainId, address, token, slotDuration, ringLength };
  return new Auditor({ rpcUrl, deployment, startBlock, confirmations: 0 });
};
const through = async (behaviour: Behaviour) => {
  const proxy = await startProxy(market.anvil.rpcUrl, behaviour);
  stops.push(proxy.stop);
  return auditorOf(proxy.url);
};
const quiet = () => undefined;
const contractHead = (blockNumber?: bigint) =>
  market.client.readContract({
    ...{ address: market.deployment.address, abi: gridxAbi, functionName: "head" as const },
    ...(blockNumber !== undefined && { blockNumber }),
  });

beforeAll(async () => {
  market = await startMarket();
  const { sendAndWait, seller, buyer, admin, slot, client, deployment } = market;
  const line = { seller: seller.address, slot, energyWh: 1_234n, pricePerKwh: 5_000_000n };
  await sendAndWait(buyer, "buyEnergy", [[line], 1n]);
  const asked = await sendAndWait(seller, "setAsk", [4_600_000n]);
  askedIn = Number((await client.getTransactionReceipt({ hash: asked })).blockNumber);
  await client.mine({ blocks: 60 });
  await sendAndWait(buyer, "spendCarbon", [100n, "school", ""]);
  await sendAndWait(buyer, "withdraw", [buyer.address, 1_000_000n]);
  await sendAndWait(admin, "mint", [deployment.address, SURPLUS], deployment.token);
});
afterAll(() => market?.anvil.stop());
afterEach(() => {
  for (const stop of stops) stop();
  stops = [];
});

describe("an audit of an honest RPC", () => {
  it("makes the contract's head, every account and the surplus, and keeps all rules", async () => {
    const said: AuditProgress[] = [];
    const result = await auditorOf().run(never, (progress) => said.push(progress));
    expect(result).toMatchObject({ brokenRules: 0, apartAt: null, stateRefused: null, head: await contractHead() });
    expect(result.headOnChain).toBe(result.head);
    expect(result.state).toEqual({ accounts: expect.any(Number), difference: null, surplus: SURPLUS });
    expect(result.state?.accounts).toBeGreaterThanOrEqual(2);
    expect(result.block).toBe(Number((await market.client.getBlock()).number));
    expect(said.at(-1)).toEqual({ block: result.block, target: result.block, events: result.events });
  });

  it("tells the ledger after any block, as the contract held it then", async () => {
    const auditor = auditorOf();
    await auditor.run(never, quiet);
    for (const block of [market.deployment.startBlock, askedIn - 1, askedIn, askedIn + 30]) {
      expect((await auditor.ledgerAt(block, never))?.head).toBe(await contractHead(BigInt(block)));
    }
    await market.sendAndWait(market.seller, "setAsk", [4_650_000n]);
    const now = Number((await market.client.getBlock()).number);
    expect((await auditor.ledgerAt(now, never))?.head).toBe(await contractHead());
    expect(await auditor.ledgerAt(now + 1, never)).toBeNull();
  });

  it("comes to the same by one that refuses long ranges and batches, tells no times, and is busy", async () => {
    const expected = await auditorOf().run(never, quiet);
    let busy = 2;
    const mean = await through({
      status: (calls) => (calls.length > 1 ? 413 : busy-- > 0 ? 429 : null),
      refuse: ({ method, params }) => {
        const { fromBlock, toBlock } = (params[0] ?? {}) as { fromBlock?: string; toBlock?: string };
        const long = method === "eth_getLogs" && Number(toBlock) - Number(fromBlock) >= 7;
        return long ? "query returned more than 7 blocks" : null;
      },
      alter: ({ method }, result) =>
        method === "eth_getLogs" ? (result as object[]).map((log) => ({ ...log, blockTimestamp: undefined })) : result,
    });
    expect(await mean.run(never, quiet)).toEqual(expected);
  });

  it("goes on where it was stopped, and comes to the same", async () => {
    const expected = await auditorOf().run(never, quiet);
    const auditor = await through({ refuse: shortRanges(10) });
    const stop = new AbortController();
    const stopAt = (progress: AuditProgress) => {
      if (progress.block > askedIn) stop.abort();
    };
    await expect(auditor.run(stop.signal, stopAt)).rejects.toThrow();
    expect(await auditor.run(never, quiet)).toEqual(expected);
  });
});

const shortRanges = (most: number) => {
  return ({ method, params }: Call) => {
    const { fromBlock, toBlock } = (params[0] ?? {}) as { fromBlock?: string; toBlock?: string };
    return method === "eth_getLogs" && Number(toBlock) - Number(fromBlock) >= most ? "limit exceeded" : null;
  };
};

describe("an RPC that lies", () => {
  it("is found out where it drops an event, with the block", async () => {
    const lying = await through({
      alter: ({ method }, result) =>
        method === "eth_getLogs"
          ? (result as { blockNumber: string }[]).filter(({ blockNumber }) => Number(blockNumber) !== askedIn)
          : result,
    });
    const result = await lying.run(never, quiet);
    expect(result.head).not.toBe(result.headOnChain);
    expect(result.apartAt).toBe(askedIn);
    // The claim after it carries an id that no longer follows.
    expect(result.firstBroken).toMatchObject({ event: "CarbonSpent" });
  });

  it("is found out where it alters a trade, and where it shows another balance than the events make", async () => {
    const energy = (1_234).toString(16).padStart(64, "0");
    const trade = await through({
      alter: ({ method }, result) =>
        method === "eth_getLogs"
          ? JSON.parse(JSON.stringify(result).replaceAll(energy, (1_235).toString(16).padStart(64, "0")))
          : result,
    });
    expect((await trade.run(never, quiet)).firstBroken).toMatchObject({ event: "EnergyTradeLogged" });

    const { balance } = await market.client.readContract({
      ...{ address: market.deployment.address, abi: gridxAbi, functionName: "accountOf" as const },
      args: [market.buyer.address],
    });
    const word = (value: bigint) => numberToHex(value, { size: 32 }).slice(2);
    const robbing = await through({
      alter: ({ method }, result) =>
        method === "eth_call" ? String(result).replaceAll(word(balance), word(balance - 1n)) : result,
    });
    const { state, head, headOnChain } = await robbing.run(never, quiet);
    expect(head).toBe(headOnChain);
    expect(state?.difference).toEqual({
      ...{ of: market.buyer.address.toLowerCase(), field: "balance" },
      ...{ fromEvents: `${balance}`, onChain: `${balance - 1n}` },
    });
  });

  it("or serves another chain, is not audited", async () => {
    const other = await through({ alter: ({ method }, result) => (method === "eth_chainId" ? "0x89" : result) });
    await expect(other.run(never, quiet)).rejects.toMatchObject({ name: "OtherChain" });
  });
});

describe("the indexer", () => {
  const ledger: LedgerAt = { block: 9, head: "0xaa", facts: 5 };
  const honest = {
    market: async () => ({ blockNumber: 9, head: "0xaa" }),
    audit: async () => ({ blockNumber: 9, facts: 5, headRecomputed: "0xaa", headOnChain: "0xaa", firstMismatch: null }),
  };
  const check = (changes: object) => checkIndexer({ ...honest, ...changes } as never, async () => ledger);

  it("agrees, or each thing that it says otherwise is named", async () => {
    expect(await check({})).toEqual({ status: "equal", block: 9, facts: 5 });
    const audit = (changes: object) => async () => ({ ...(await honest.audit()), ...changes });
    const row = { index: 3, eventName: "AskSet", claimed: "0x01", computed: "0x02" };
    const cases = [
      [
        { market: async () => ({ blockNumber: 9, head: "0xbb" }) },
        { where: "market", indexer: "0xbb", events: "0xaa" },
      ],
      [{ audit: audit({ headRecomputed: "0xcc" }) }, { where: "audit", indexer: "0xcc", events: "0xaa" }],
      [{ audit: audit({ facts: 6 }) }, { where: "facts", indexer: "6", events: "5" }],
      [{ audit: audit({ firstMismatch: row }) }, { where: "row", indexer: "AskSet #3 0x01", events: "AskSet #3 0x02" }],
    ] as const;
    for (const [changes, difference] of cases) {
      expect(await check(changes)).toEqual({ status: "differs", differences: [{ block: 9, ...difference }] });
    }
  });

  it("is not accused of rows that are a block newer than the block that it names", async () => {
    const next = { block: 10, head: "0xbb", facts: 6 } as const;
    const at = async (block: number) => (block > 9 ? next : ledger);
    const newer = { ...honest, market: async () => ({ blockNumber: 9, head: "0xbb" }) };
    expect(await checkIndexer(newer as never, at)).toMatchObject({ status: "equal" });
    const older = { ...honest, market: async () => ({ blockNumber: 10, head: "0xaa" }) };
    expect(await checkIndexer(older as never, at)).toMatchObject({ status: "differs" });
  });

  it("is not accused where it is silent or ahead of the RPC", async () => {
    const silent = async () => {
      throw new Error("no answer");
    };
    expect(await check({ audit: silent })).toEqual({ status: "unread", reason: "no answer" });
    expect(await checkIndexer(honest as never, async () => null)).toEqual({ status: "unread", reason: "block 9" });
  });
});
