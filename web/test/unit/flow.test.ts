import { type Address, UserRejectedRequestError } from "viem";
import { describe, expect, it } from "vitest";
import { explain, PlanError } from "../../src/tx/explain.ts";
import { type FlowEvent, type FlowState, flowReducer, idleFlow, type Plan } from "../../src/tx/flow.ts";
import { type Ports, runPlan } from "../../src/tx/run.ts";
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
const honest: Ports = {
  account: async () => ME,
  simulate: async () => {},
  sign: async ({ functionName }) => `0x${functionName === "approve" ? "01" : "02"}`,
  mined: async (hash) => ({ hash, status: "success" }),
  indexed: async () => true,
  verify: async () => ({ status: "verified", trades: [], blockNumber: 1n }),
  explain: (cause) => explain(cause, { format, now: 0 }, "POL"),
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

  it("starts nothing while a transaction is under way", () => {
    const running = flowReducer(idleFlow, { type: "start", plan });
    expect(flowReducer(running, { type: "start", plan: { ...plan, title: "Other" } })).toBe(running);
    expect(flowReducer(running, { type: "reset" })).toBe(running);
  });
});
