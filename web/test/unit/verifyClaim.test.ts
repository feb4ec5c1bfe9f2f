// A claim's certificate against a real chain: true ones, and RPCs that lie, forget or fall silent.
import type { Hex } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ClaimReader, type ClaimVerification, factorAt, verifyClaim } from "../../src/chain/verifyClaim.ts";
import { startMarket, type TestMarket } from "./support/market.ts";

const FACTOR = { gramsPerMwh: 500_000, source: "Island grid study", vintage: "2025" };
let market: TestMarket;
let hash: Hex;

const verify = (reader: ClaimReader = market.client, id = hash) =>
  verifyClaim({ reader, deployment: market.deployment, id });
const claimsOf = (result: ClaimVerification) => (result.status === "verified" ? result.claims : []);
/** The honest RPC, but for one answer. */
const but = (changes: Partial<ClaimReader>): ClaimReader => ({ ...market.client, ...changes });

beforeAll(async () => {
  market = await startMarket();
  const { send, sendAndWait, admin, seller, buyer, slot } = market;
  const line = { seller: seller.address, slot, energyWh: 2_000n, pricePerKwh: 5_000_000n };
  await sendAndWait(buyer, "buyEnergy", [[line], 1n]);
  // The block holds facts around the claim, so that its id is not simply the head.
  const hashes = await market.inOneBlock([
    () => send(seller, "setAsk", [4_500_000n]),
    () => send(buyer, "spendCarbon", [321n, "विद्यालय, Munroe ✓", "Annual report 2026"]),
    () => send(seller, "setAsk", [4_600_000n]),
  ]);
  hash = hashes[1] ?? "0x";
  await sendAndWait(admin, "setEmissionFactor", [FACTOR]);
});
afterAll(() => market?.anvil.stop());

describe("a claim that the chain holds", () => {
  it("is verified from the RPC alone, by its transaction and by its own id", async () => {
    const byTransaction = await verify();
    const told = { account: market.buyer.address, grams: 321n, transactionHash: hash };
    const texts = { beneficiary: "विद्यालय, Munroe ✓", reason: "Annual report 2026" };
    expect(byTransaction).toMatchObject({ status: "verified", claims: [{ ...told, ...texts }] });
    const [claim] = claimsOf(byTransaction);
    expect(await verify(market.client, claim?.claimId)).toEqual(byTransaction);
  });

  it("is found by its id on an RPC that shows few blocks at a time", async () => {
    await market.client.mine({ blocks: 120 });
    const [claim] = claimsOf(await verify());
    const stingy = but({
      getLogs: (async (request: { fromBlock?: bigint; toBlock?: bigint }) => {
        const { fromBlock, toBlock } = request;
        if (fromBlock !== undefined && (toBlock ?? 0n) - fromBlock > 20n) throw new Error("at most 20 blocks");
        return market.client.getLogs(request as never);
      }) as unknown as ClaimReader["getLogs"],
    });
    expect(claimsOf(await verify(stingy, claim?.claimId))).toEqual([claim]);
  });

  it("comes with the factor that was in force then, not with today's", async () => {
    const { client: reader, deployment } = market;
    const [claim] = claimsOf(await verify());
    expect(await factorAt({ reader, deployment }, claim?.blockNumber ?? 0n)).toMatchObject({
      gramsPerMwh: 711_700,
      origin: { source: expect.stringContaining("CEA") },
    });
    const { gramsPerMwh, source, vintage } = FACTOR;
    const { number: now } = await reader.getBlock();
    expect(await factorAt({ reader, deployment }, now)).toEqual({ gramsPerMwh, origin: { source, vintage } });
    const forgetful = but({ getLogs: (() => Promise.reject(new Error("no"))) as unknown as ClaimReader["getLogs"] });
    expect(await factorAt({ reader: forgetful, deployment }, now)).toEqual({ gramsPerMwh, origin: null });
  });
});

describe("no tick", () => {
  it("where the RPC writes another amount or name into the event", async () => {
    for (const [from, to] of [
      [(321).toString(16).padStart(64, "0"), (322).toString(16).padStart(64, "0")],
      [Buffer.from("Munroe").toString("hex"), Buffer.from("Monroe").toString("hex")],
    ] as const) {
      const lying = but({
        getLogs: (async (request: never) =>
          (await market.client.getLogs(request)).map((log) => ({
            ...log,
            data: log.data.replace(from, to) as Hex,
          }))) as unknown as ClaimReader["getLogs"],
      });
      const result = await verify(lying);
      expect(result.status).toBe("mismatch");
      if (result.status === "mismatch") {
        expect(result.differences.map(({ where }) => where)).toEqual(["claimId", "head", "receipt"]);
      }
    }
  });

  it("where it leaves out another fact of the block, or makes the claim up", async () => {
    const dropping = but({
      getLogs: (async (request: never) =>
        (await market.client.getLogs(request)).slice(1)) as unknown as ClaimReader["getLogs"],
    });
    expect(await verify(dropping)).toMatchObject({ status: "mismatch" });
    const [claim] = claimsOf(await verify());
    // A receipt of another transaction, with the claim's log put into it.
    const other = await market.sendAndWait(market.seller, "setAsk", [4_700_000n]);
    const madeUp = but({
      getTransactionReceipt: (async () => {
        const [own, forged] = await Promise.all([
          market.client.getTransactionReceipt({ hash: other }),
          market.client.getTransactionReceipt({ hash }),
        ]);
        return { ...own, logs: forged.logs };
      }) as ClaimReader["getTransactionReceipt"],
    });
    expect(await verify(madeUp, other)).toMatchObject({
      status: "mismatch",
      differences: [{ where: "receipt", computed: "", claimed: claim?.claimId }],
    });
  });

  it("where blocks were replaced meanwhile, and that is not called a lie", async () => {
    const other: Hex = `0x${"cd".repeat(32)}`;
    const moving = but({
      readContract: (async () => other) as unknown as ClaimReader["readContract"],
      getBlock: (async (request: { blockNumber?: bigint }) => {
        const block = await market.client.getBlock(request as never);
        return request.blockNumber === undefined ? block : { ...block, hash: other };
      }) as unknown as ClaimReader["getBlock"],
    });
    expect(await verify(moving)).toEqual({ status: "reorganised" });
  });

  it("where there is no such thing, nothing was retired, or the RPC does not say", async () => {
    expect(await verify(market.client, `0x${"12".repeat(32)}`)).toEqual({ status: "not-found" });
    const ask = await market.sendAndWait(market.seller, "setAsk", [4_800_000n]);
    expect(await verify(market.client, ask)).toEqual({ status: "no-claim" });
    const forgetful = but({
      readContract: (() => Promise.reject(new Error("missing trie node\nmore"))) as ClaimReader["readContract"],
    });
    expect(await verify(forgetful)).toEqual({ status: "cannot-verify", reason: "missing trie node" });
    const pruned = but({
      readContract: (async (call: Parameters<ClaimReader["readContract"]>[0]) => {
        if (call.blockNumber !== undefined) throw new Error("state is pruned");
        return market.client.readContract(call);
      }) as ClaimReader["readContract"],
    });
    expect(await verify(pruned)).toEqual({ status: "state-refused", inReceipt: 1 });
    const silent = but({
      getTransactionReceipt: () => Promise.reject(new Error("HTTP request failed.")),
    });
    expect(await verify(silent)).toEqual({ status: "cannot-verify", reason: "HTTP request failed." });
  });
});
