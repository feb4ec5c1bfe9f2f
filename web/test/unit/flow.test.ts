import { type Address, HttpRequestError, UserRejectedRequestError, WaitForCallsStatusTimeoutError } from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import type { Verification } from "../../src/chain/verifyTrade.ts";
import { explain, isNotSupported, PlanError } from "../../src/tx/explain.ts";
import {
  type Call,
  type FlowEvent,
  type FlowState,
  flowReducer,
  idleFlow,
  type Means,
  type Plan,
} from "../../src/tx/flow.ts";
import { type Mined, NotSupported, type Ports, resumePlan, runPlan, type Sent } from "../../src/tx/run.ts";
import { createFormat } from "../../src/ui/format.ts";

const ME: Address = "0x00000000000000000000000000000000000000AA";
const format = createFormat({ tokenDecimals: 6, tokenSymbol: "dINR", slotDuration: 900 }, "en");
const call = (functionName: string) => ({ address: ME, abi: [], functionName, args: [] });
const plan: Plan = {
  title: "Buy",
  figures: [],
  purchase: true,
  success: "Bought.",
  prepare: async () => [
    { label: "Approve", call: call("approve") },
    { label: "Buy", call: call("buyEnergy") },
  ],
};
const BATCH = { batch: "of the wallet" };
const honest: Ports = {
  account: async () => ME,
  simulate: async () => {},
  sign: async ({ functionName }) => `0x${functionName === "approve" ? "01" : "02"}`,
  means: async () => ({ batch: false, permit: false }),
  signPermit: async () => "0xaa",
  sendBatch: async () => "batch",
  batchMined: async () => ({ hash: "0x03", status: "success" }),
  mined: async (hash) => ({ hash, status: "success" }),
  indexed: async () => true,
  verify: async () => ({ status: "verified", trades: [], blockNumber: 1n }),
  explain: (cause, phase) => explain(cause, { format, now: 0 }, "POL", phase),
};

async function run(ports: Partial<Ports>, given: Plan = plan) {
  let state: FlowState = flowReducer(idleFlow, { type: "start", plan: given });
  const events: FlowEvent[] = [];
  await runPlan(given, { ...honest, ...ports }, (event) => {
    events.push(event);
    state = flowReducer(state, event);
  });
  return { state, events };
}

/** Takes up what was under way when the page was left. */
async function resume(step: number, ports: Partial<Ports>, known: Sent["known"] = { hash: "0x02" }) {
  let state: FlowState = flowReducer(idleFlow, { type: "start", plan });
  let signed = 0;
  const sign = async () => {
    signed += 1;
    return "0x99" as const;
  };
  const sent = { account: ME, steps: ["Approve", "Buy"], step, known };
  const states: FlowState[] = [];
  await resumePlan(plan, sent, { ...honest, sign, sendBatch: sign, ...ports }, (event) => {
    state = flowReducer(state, event);
    states.push(state);
  });
  return { state, states, signed };
}

describe("after a reload", () => {
  it("the last transaction is followed to its end, and nothing is signed", async () => {
    const { state, signed } = await resume(1, {});
    expect(state).toMatchObject({ status: "done", stage: "indexed", hash: "0x02", account: ME });
    expect(state.verification).toMatchObject({ status: "verified" });
    expect(signed).toBe(0);
    const lost = await resume(1, { mined: () => Promise.reject(new Error("offline")) });
    expect(lost.state).toMatchObject({ status: "unread", hash: "0x02" });
    const reverted = await resume(1, { mined: async (hash) => ({ hash, status: "reverted" }) });
    expect(reverted.state).toMatchObject({ status: "failed", failure: { remedy: "none" } });
  });

  it("a batch of calls is asked about by the wallet's id, and goes through the same stages as a transaction", async () => {
    const asked: string[] = [];
    const resumed = (mined: () => Promise<Mined>) => {
      const batchMined = (id: string) => {
        asked.push(id);
        return mined();
      };
      return resume(1, { batchMined, mined: () => Promise.reject(new Error("no hash")) }, BATCH);
    };
    const { state, states, signed } = await resumed(async () => ({ hash: "0x03", status: "success" }));
    expect(states.map(({ stage }) => stage).filter((stage, index, all) => stage !== all[index - 1])).toEqual([
      ...["validate", "simulate", "pending", "confirmed", "indexed"],
    ]);
    expect(states.find(({ stage }) => stage === "pending")).toMatchObject({ status: "running", hash: null, ...BATCH });
    expect(state).toMatchObject({ status: "done", hash: "0x03", verification: { status: "verified" } });
    expect([asked, signed]).toEqual([["of the wallet"], 0]);
    const reverted = await resumed(async () => ({ hash: "0x03", status: "reverted" }));
    expect(reverted.state).toMatchObject({ status: "failed", failure: { remedy: "none" } });
    const refused = await resumed(() => Promise.reject(new PlanError("None of it.")));
    expect(refused.state).toMatchObject({ status: "failed", failure: { message: "None of it." } });
    const late = await resumed(() => Promise.reject(new WaitForCallsStatusTimeoutError({ id: "x" })));
    expect(late.state).toMatchObject({
      status: "unread",
      hash: null,
      failure: { message: expect.stringMatching(/Look at your wallet/) },
    });
  });

  it("what came after an earlier one is not sent by itself", async () => {
    const { state, signed } = await resume(0, {});
    expect(state).toMatchObject({ status: "interrupted", step: 0 });
    expect(signed).toBe(0);
  });
});

describe("the transaction flow", () => {
  it("goes through all stages of each step, and verifies a purchase last", async () => {
    const { state, events } = await run({});
    expect(events.map((event) => (event.type === "stage" ? event.stage : event.type))).toEqual([
      ...["validated", "step", "sign", "sent", "confirmed", "step", "sign", "sent", "confirmed"],
      ...["indexed", "verification", "verification", "done"],
    ]);
    expect(state).toMatchObject({
      status: "done",
      stage: "indexed",
      hash: "0x02",
      verification: { status: "verified" },
    });
  });

  it("treats a declined signature as a decision: nothing failed, nothing was sent", async () => {
    const wrapped = new Error("wallet", { cause: new UserRejectedRequestError(new Error("no")) });
    for (const cause of [wrapped, { code: 4001, message: "User rejected" }]) {
      const { state } = await run({ sign: () => Promise.reject(cause) });
      expect(state).toMatchObject({ status: "rejected", hash: null, failure: null, verification: null });
    }
  });

  it("stops where the plan can't be done, and says why and what helps", async () => {
    const broke = { ...plan, prepare: () => Promise.reject(new PlanError("5 dINR are missing.", "get-tokens")) };
    const { state } = await run({}, broke);
    expect(state).toMatchObject({
      status: "failed",
      stage: "validate",
      failure: { message: "5 dINR are missing.", remedy: "get-tokens" },
    });
  });

  describe("with a wallet that can do more than one transaction at a time", () => {
    /** As plans make their steps: by what the wallet can do. */
    const asked: Means[] = [];
    const able: Plan = {
      ...plan,
      prepare: async (_, means) => {
        asked.push(means);
        if (means.batch) return [{ label: "Buy", batch: [call("approve"), call("buyEnergy")] }];
        if (!means.permit) return plan.prepare(ME, means);
        const permit = { domain: {}, types: {}, primaryType: "Permit", message: {} };
        return [
          { label: "Permit", permit },
          { label: "Buy", call: (signature) => ({ ...call("multicall"), args: [signature] }) },
        ];
      },
    };
    const all = async () => ({ batch: true, permit: true });
    const none = Promise.reject.bind(Promise);
    beforeEach(() => asked.splice(0));

    it("confirms once, and follows the batch to its last transaction", async () => {
      const { state } = await run({ means: all, sign: () => none(new Error("one by one")) }, able);
      expect(state).toMatchObject({ status: "done", hash: "0x03", batch: "batch", steps: ["Buy"] });
      const declined = await run({ means: all, sendBatch: () => none({ code: 4001 }) }, able);
      expect(declined.state).toMatchObject({ status: "rejected", hash: null });
      const reverted = await run({ means: all, batchMined: async () => ({ hash: "0x03", status: "reverted" }) }, able);
      expect(reverted.state).toMatchObject({ status: "failed", failure: { remedy: "none" } });
      const lost = await run({ means: all, batchMined: () => none(new Error("timeout")) }, able);
      expect(lost.state).toMatchObject({ status: "unread" });
    });

    it("signs a permit without sending, and uses it in the one call that is sent", async () => {
      const sent: unknown[] = [];
      const permit = async () => ({ batch: false, permit: true });
      const sign = async ({ args }: Call) => {
        sent.push(args);
        return "0x02" as const;
      };
      const { state } = await run({ means: permit, sign }, able);
      expect(state).toMatchObject({ status: "done", steps: ["Permit", "Buy"], signatures: ["Permit"] });
      expect(sent).toEqual([["0xaa"]]);
      const declined = await run({ means: permit, sign, signPermit: () => none({ code: 4001 }) }, able);
      expect(declined.state).toMatchObject({ status: "rejected", step: 0 });
      expect(sent).toHaveLength(1);
    });

    it("does without what the wallet turns out not to have", async () => {
      const sendBatch = () => none(new NotSupported("batch"));
      const signPermit = () => none(new NotSupported("permit"));
      const { state } = await run({ means: all, sendBatch, signPermit }, able);
      expect(asked).toEqual([
        { batch: true, permit: true },
        { batch: false, permit: true },
        { batch: false, permit: false },
      ]);
      expect(state).toMatchObject({ status: "done", hash: "0x02", steps: ["Approve", "Buy"], signatures: [] });
    });

    it("takes an error for that only where it says so", () => {
      expect(isNotSupported(new Error("wallet", { cause: { code: 4200 } }))).toBe(true);
      expect(isNotSupported({ code: 5750 })).toBe(true);
      expect(isNotSupported({ code: 4001 })).toBe(false);
      expect(isNotSupported(new Error("timeout"))).toBe(false);
    });
  });

  it("does not sign what the simulation refuses", async () => {
    let signed = 0;
    const { state } = await run({
      simulate: () => Promise.reject(new PlanError("refused")),
      sign: async () => {
        signed += 1;
        return "0x01";
      },
    });
    expect(state).toMatchObject({ status: "failed", stage: "simulate" });
    expect(signed).toBe(0);
  });

  it("asks the contract why a mined transaction was reverted", async () => {
    let simulations = 0;
    const { state } = await run({
      simulate: async () => {
        simulations += 1;
        if (simulations > 1) throw new PlanError("sold out meanwhile");
      },
      mined: async (hash) => ({ hash, status: "reverted" }),
    });
    expect(state).toMatchObject({ status: "failed", stage: "pending", failure: { message: "sold out meanwhile" } });
  });

  it("follows a transaction that was sped up, and ends with one that was cancelled", async () => {
    const faster = await run({ mined: async () => ({ hash: "0x99", status: "success", replacement: "repriced" }) });
    expect(faster.state).toMatchObject({ status: "done", hash: "0x99" });
    const cancelled = await run({ mined: async () => ({ hash: "0x99", status: "success", replacement: "cancelled" }) });
    expect(cancelled.state).toMatchObject({ status: "failed" });
  });

  it("never claims verification when the indexer is late, lies or breaks", async () => {
    const late = await run({ indexed: async () => false });
    expect(late.state).toMatchObject({ status: "done", lagging: true, verification: { status: "cannot-verify" } });
    const broken = await run({ verify: () => Promise.reject(new Error("bad answer")) });
    expect(broken.state).toMatchObject({ verification: { status: "cannot-verify", reason: "bad answer" } });
    const difference = { source: "the list", field: "energyWh", onChain: "1", claimed: "2" };
    const lies = await run({ verify: async () => ({ status: "mismatch", trades: [], differences: [difference] }) });
    expect(lies.state.verification).toMatchObject({ status: "mismatch" });
  });

  it("never offers to send again what has a hash, and says so calmly", async () => {
    const offline = () => Promise.reject(new HttpRequestError({ url: "http://127.0.0.1:1", details: "fetch failed" }));
    const lost = await run({ mined: offline });
    expect(lost.state).toMatchObject({ status: "unread", stage: "pending", hash: "0x01", failure: { remedy: "none" } });
    expect(lost.state.failure?.message).not.toMatch(/not sent|nothing was/i);
    const handedOut = await run({ sign: offline });
    expect(handedOut.state).toMatchObject({ status: "failed", hash: null, failure: { remedy: "none" } });
    expect(handedOut.state.failure?.message).not.toMatch(/not sent|nothing was/i);
    // It is mined: whatever the indexer does, it succeeded.
    expect((await run({ indexed: offline })).state).toMatchObject({ status: "done", lagging: true });
    // Before the second transaction is handed out, it can be tried again.
    let simulations = 0;
    const between = await run({ simulate: () => (++simulations === 2 ? offline() : Promise.resolve()) });
    expect(between.state).toMatchObject({ status: "failed", step: 1, hash: null, failure: { remedy: "retry" } });
    // A reverted one is settled, even where the chain can't be asked why.
    let asked = 0;
    const reverted = await run({
      simulate: () => (++asked === 2 ? offline() : Promise.resolve()),
      mined: async (hash) => ({ hash, status: "reverted" }),
    });
    expect(reverted.state).toMatchObject({ status: "failed", failure: { remedy: "none" } });
    expect(reverted.state.failure?.message).toMatch(/reverted/);
  });

  it("keeps what was found out about one transaction away from another", async () => {
    const { state } = await run({ verify: () => Promise.reject(new Error("late")) });
    const verification: Verification = { status: "verified", trades: [], blockNumber: 1n };
    const late = { type: "verification", hash: "0x77", verification } satisfies FlowEvent;
    expect(flowReducer(state, late)).toBe(state);
    expect(flowReducer(idleFlow, late)).toBe(idleFlow);
    expect(flowReducer(state, { ...late, hash: "0x02" }).verification).toBe(verification);
    const next = flowReducer(state, { type: "start", plan });
    expect(flowReducer(next, { ...late, hash: "0x02" })).toBe(next);
  });

  it("verifies for the account that the plan started with", async () => {
    let connected = ME;
    const buyers: Address[] = [];
    const { state } = await run({
      account: async () => connected,
      mined: async (hash) => {
        connected = "0x00000000000000000000000000000000000000bb";
        return { hash, status: "success" };
      },
      verify: async (_, buyer) => {
        buyers.push(buyer);
        return { status: "verified", trades: [], blockNumber: 1n };
      },
    });
    expect(buyers).toEqual([ME]);
    expect(state.account).toBe(ME);
  });

  it("tells the plan of its success, and of nothing else", async () => {
    let told = 0;
    const telling = { ...plan, onDone: () => (told += 1) };
    await run({ sign: () => Promise.reject({ code: 4001 }) }, telling);
    await run({ mined: () => Promise.reject(new Error("lost")) }, telling);
    expect(told).toBe(0);
    await run({}, telling);
    expect(told).toBe(1);
  });

  it("starts nothing while a transaction is under way", () => {
    const running = flowReducer(idleFlow, { type: "start", plan });
    expect(flowReducer(running, { type: "start", plan: { ...plan, title: "Other" } })).toBe(running);
    expect(flowReducer(running, { type: "reset" })).toBe(running);
  });
});
