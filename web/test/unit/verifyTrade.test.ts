import { gridxAbi } from "@gridx/contracts";
import type { Trade } from "@gridx/indexer/client";
import { type Address, encodeFunctionData, type Hex, TimeoutError } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ChainReader } from "../../src/chain/replayBlock.ts";
import { verifyTrade } from "../../src/chain/verifyTrade.ts";
import { verifyPurchase } from "../../src/tx/verifyPurchase.ts";
import { honestRows, startMarket, type TestMarket } from "./support/market.ts";

let market: TestMarket;
let hash: Hex;
let rows: Trade[];

const verify = (claimed: readonly Trade[], reader: ChainReader = market.client, tradeId?: Hex) =>
  verifyTrade({
    reader,
    deployment: market.deployment,
    transactionHash: hash,
    claims: [{ source: "the list", rows: claimed }],
    tradeId,
  });

const only = (): Trade => {
  const [row] = rows;
  if (!row) throw new Error("no trade");
  return row;
};

beforeAll(async () => {
  market = await startMarket();
  const { send, seller, buyer, slot } = market;
  // The block holds facts before and after the trade, so that its id is not simply the head.
  const hashes = await market.inOneBlock([
    () => send(seller, "setAsk", [4_500_000n]),
    () => send(buyer, "deposit", [1n]),
    () => send(buyer, "buyEnergy", [[{ seller: seller.address, slot, energyWh: 1_234n, pricePerKwh: 5_000_000n }], 1n]),
    () => send(seller, "setAsk", [4_600_000n]),
  ]);
  hash = hashes[2] ?? "0x";
  rows = await honestRows(market, hash);
});

afterAll(() => market?.anvil.stop());

describe("a trade whose row is what the chain says", () => {
  it("is verified, with the head before it", async () => {
    const result = await verify(rows);
    expect(result).toMatchObject({ status: "verified", trades: [{ tradeId: only().tradeId, energyWh: 1_234n }] });
  });

  it("is verified alone, by its id", async () => {
    expect(await verify(rows, market.client, only().tradeId)).toMatchObject({ status: "verified" });
  });
});

describe("a row that says something else", () => {
  const otherHash: Hex = `0x${"ab".repeat(32)}`;
  const otherAddress: Hex = "0x00000000000000000000000000000000000000AA";
  const falsified: { [Field in keyof Trade]: Trade[Field] } = {
    tradeId: otherHash,
    seller: otherAddress,
    buyer: otherAddress,
    slot: 1,
    energyWh: 1_235n,
    pricePerKwh: 4_200_001n,
    payment: 1n,
    feePaid: 1n,
    carbonGrams: 1n,
    blockNumber: 1,
    blockTimestamp: 1,
    transactionHash: otherHash,
    logIndex: 99,
    cleared: true,
  };

  it.each(Object.keys(falsified) as (keyof Trade)[])("is a mismatch that names %s", async (field) => {
    const result = await verify([{ ...only(), [field]: falsified[field] }]);
    expect(result.status).toBe("mismatch");
    if (result.status !== "mismatch") return;
    expect(result.differences).toEqual([
      { source: "the list", field, onChain: String(only()[field]), claimed: String(falsified[field]) },
    ]);
  });

  it("is a mismatch when the row is missing or there twice", async () => {
    for (const claimed of [[], [only(), only()]]) {
      expect(await verify(claimed)).toMatchObject({ status: "mismatch", differences: [{ field: "number of trades" }] });
    }
  });

  it("is a mismatch when the chain holds no trade of that id", async () => {
    const result = await verify([{ ...only(), tradeId: otherHash }], market.client, otherHash);
    expect(result).toMatchObject({ status: "mismatch", differences: [{ field: "tradeId" }] });
  });
});

describe("a clearing", () => {
  it("is told by the chain: its trades are cleared, a purchase in the same transaction is not", async () => {
    const { sendAndWait, seller, buyer, admin, exportNext, client, deployment } = market;
    await sendAndWait(buyer, "setBid", [5_000_000n, 500n]);
    await sendAndWait(admin, "mint", [admin.address, 100_000_000n], deployment.token);
    await sendAndWait(admin, "approve", [deployment.address, 100_000_000n], deployment.token);
    const slot = await exportNext(2_000n);
    const line = { seller: seller.address, slot, energyWh: 300n, pricePerKwh: 5_000_000n };
    const fill = (participant: Address) => [{ participant, energyWh: 2_000n }];
    const args = [slot, 4_800_000n, fill(seller.address), fill(buyer.address), 1n] as const;
    const both = await sendAndWait(admin, "multicall", [
      [
        encodeFunctionData({ abi: gridxAbi, functionName: "buyEnergy", args: [[line], 1n] }),
        encodeFunctionData({ abi: gridxAbi, functionName: "clearSlot", args }),
      ],
    ]);
    const [direct, matched] = await honestRows(market, both);
    if (!direct || !matched) throw new Error("not two trades");
    const verifyRows = (...claimed: Trade[]) => {
      const claims = [{ source: "the list", rows: claimed }];
      return verifyTrade({ reader: client, deployment, transactionHash: both, claims });
    };
    expect(await verifyRows(direct, { ...matched, cleared: true })).toMatchObject({
      status: "verified",
      trades: [
        { energyWh: 300n, buyer: admin.address, cleared: false },
        { energyWh: 500n, buyer: buyer.address, cleared: true },
      ],
    });
    expect(await verifyRows(direct, matched)).toMatchObject({
      status: "mismatch",
      differences: [{ field: "cleared", onChain: "true", claimed: "false" }],
    });
  });
});

describe("a purchase", () => {
  it("is compared with the list of its buyer, whoever is connected now", async () => {
    const asked: string[] = [];
    const indexer = {
      transaction: async () => ({ hash, status: "indexed" as const, blockNumber: 1, trades: rows }),
      userTrades: async (user: string) => {
        asked.push(user);
        return { items: user === market.buyer.address ? rows : [], nextCursor: null };
      },
    };
    const sources = { reader: market.client, indexer, deployment: market.deployment };
    expect(await verifyPurchase(sources, hash, market.buyer.address)).toMatchObject({ status: "verified" });
    expect(asked).toEqual([market.buyer.address]);
    const hidden = { ...indexer, userTrades: async () => ({ items: [], nextCursor: null }) };
    expect(await verifyPurchase({ ...sources, indexer: hidden }, hash, market.buyer.address)).toMatchObject({
      status: "mismatch",
      differences: [{ source: "the indexer's trade list" }],
    });
  });
});

describe("an RPC that lies or knows too little", () => {
  it("is a mismatch when a fact of the block is left out", async () => {
    const reader: ChainReader = {
      ...market.client,
      getLogs: (async (request: Parameters<ChainReader["getLogs"]>[0]) =>
        (await market.client.getLogs(request)).slice(1)) as ChainReader["getLogs"],
    };
    const result = await verify(rows, reader);
    expect(result).toMatchObject({ status: "mismatch" });
    if (result.status === "mismatch") expect(result.differences.map((d) => d.field)).toContain("head");
  });

  it("can't be verified when the chain is reorganised between the reads", async () => {
    const head: Hex = `0x${"cd".repeat(32)}`;
    const onOtherFork = (request: Parameters<ChainReader["getBlock"]>[0]) =>
      request && "blockNumber" in request && request.blockNumber !== undefined;
    const reader: ChainReader = {
      ...market.client,
      readContract: (async () => head) as unknown as ChainReader["readContract"],
      getBlock: (async (request: Parameters<ChainReader["getBlock"]>[0]) => {
        const block = await market.client.getBlock(request);
        return onOtherFork(request) ? { ...block, hash: head } : block;
      }) as unknown as ChainReader["getBlock"],
    };
    expect(await verify(rows, reader)).toEqual({
      status: "cannot-verify",
      reason: "the chain was reorganised meanwhile",
    });
    // The same heads on a block that stayed are a lie.
    const lying: ChainReader = { ...reader, getBlock: market.client.getBlock };
    expect(await verify(rows, lying)).toMatchObject({ status: "mismatch" });
  });

  it("can't be verified without the state before the block", async () => {
    const reader: ChainReader = {
      ...market.client,
      readContract: (() => Promise.reject(new Error("missing trie node"))) as ChainReader["readContract"],
    };
    expect(await verify(rows, reader)).toEqual({ status: "cannot-verify", reason: "missing trie node" });
  });

  describe("without the state around the block", () => {
    /** As a node that keeps the newest states alone: it answers for now, and refuses a block by its number. */
    const pruned: ChainReader = {
      getTransactionReceipt: (...given) => market.client.getTransactionReceipt(...given),
      getBlock: ((...given: Parameters<ChainReader["getBlock"]>) =>
        market.client.getBlock(...given)) as ChainReader["getBlock"],
      getLogs: ((...given: Parameters<ChainReader["getLogs"]>) =>
        market.client.getLogs(...given)) as ChainReader["getLogs"],
      readContract: (async (call: Parameters<ChainReader["readContract"]>[0]) => {
        if (call.blockNumber !== undefined) throw new Error("state is pruned");
        return market.client.readContract(call);
      }) as ChainReader["readContract"],
    };
    const inPart = (claimed: readonly Trade[], headBefore?: Hex) =>
      verifyTrade({
        ...{ reader: pruned, deployment: market.deployment, transactionHash: hash, tradeId: only().tradeId },
        ...{ claims: [{ source: "the list", rows: claimed }], headBefore },
      });

    it("is verified in part, by the receipt's event, and by the head that is claimed to be before it", async () => {
      const whole = await verify(rows);
      if (whole.status !== "verified") throw new Error(whole.status);
      expect(await inPart(rows)).toMatchObject({ status: "in-part", trades: rows, folded: false });
      expect(await inPart(rows, whole.trades[0]?.headBefore)).toMatchObject({ status: "in-part", folded: true });
    });

    it("is a mismatch all the same, of a figure and of a head that does not make the id", async () => {
      expect(await inPart([{ ...only(), energyWh: 1_235n }])).toMatchObject({
        status: "mismatch",
        differences: [{ field: "energyWh", onChain: "1234", claimed: "1235" }],
      });
      expect(await inPart(rows, `0x${"ab".repeat(32)}`)).toMatchObject({
        status: "mismatch",
        differences: [{ field: "tradeId", onChain: only().tradeId }],
      });
    });

    it("is not taken for it when the RPC does not answer in time", async () => {
      const slow: ChainReader = {
        ...pruned,
        readContract: (async (call: Parameters<ChainReader["readContract"]>[0]) => {
          if (call.blockNumber !== undefined) throw new TimeoutError({ body: {}, url: "http://127.0.0.1" });
          return market.client.readContract(call);
        }) as ChainReader["readContract"],
      };
      const answer = await verifyTrade({
        reader: slow,
        deployment: market.deployment,
        transactionHash: hash,
        claims: [],
      });
      expect(answer).toMatchObject({ status: "cannot-verify" });
    });
  });

  it("is a mismatch when the head before it is another", async () => {
    const { deployment, client: reader } = market;
    const claim = { claims: [{ source: "the list", rows }], tradeId: only().tradeId };
    const headBefore: Hex = `0x${"ab".repeat(32)}`;
    const answer = await verifyTrade({ reader, deployment, transactionHash: hash, ...claim, headBefore });
    expect(answer).toMatchObject({ status: "mismatch", differences: [{ field: "headBefore", claimed: headBefore }] });
  });

  it("can't be verified when the transaction is unknown or no trade", async () => {
    const { deployment, client } = market;
    const unknown = await verifyTrade({
      reader: client,
      deployment,
      transactionHash: `0x${"12".repeat(32)}`,
      claims: [],
    });
    expect(unknown.status).toBe("cannot-verify");
    const transactionHash = await market.send(market.seller, "setAsk", [4_700_000n]);
    const noTrade = await verifyTrade({ reader: client, deployment, transactionHash, claims: [] });
    expect(noTrade).toMatchObject({ status: "cannot-verify" });
  });
});
