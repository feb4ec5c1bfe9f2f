// Runs a plan through the flow. Free of React and of wagmi, so that each joint can be tested alone.
import type { Address, Hex } from "viem";
import type { Verification } from "../chain/verifyTrade.ts";
import { type Explanation, PlanError } from "./explain.ts";
import type { Call, FlowEvent, Plan } from "./flow.ts";

export interface Mined {
  hash: Hex;
  status: "success" | "reverted";
  /** The wallet sent another transaction in its place. */
  replacement?: "cancelled" | "replaced" | "repriced";
}

export interface Ports {
  /** The connected account, on the right chain. */
  account(): Promise<Address>;
  simulate(call: Call, account: Address): Promise<void>;
  sign(call: Call, account: Address): Promise<Hex>;
  mined(hash: Hex): Promise<Mined>;
  /** Waits until the indexer shows the transaction; false when it takes too long. */
  indexed(hash: Hex, onLag: () => void): Promise<boolean>;
  verify(hash: Hex): Promise<Verification>;
  explain(cause: unknown): Explanation;
}

export async function runPlan(plan: Plan, ports: Ports, emit: (event: FlowEvent) => void): Promise<void> {
  try {
    const account = await ports.account();
    const steps = await plan.prepare(account);
    emit({ type: "validated", steps: steps.map((step) => step.label) });
    let last: Hex | null = null;
    for (const [index, step] of steps.entries()) {
      emit({ type: "step", step: index });
      last = await runStep(step.call, account, ports, emit);
    }
    if (!last) throw new PlanError("There was nothing to do.");
    const shown = await ports.indexed(last, () => emit({ type: "lagging" }));
    if (plan.purchase) await verifyLast(last, shown, ports, emit);
    emit({ type: "done", shown });
  } catch (cause) {
    const explanation = ports.explain(cause);
    if (explanation.kind === "rejected") emit({ type: "rejected" });
    else emit({ type: "failed", message: explanation.message, remedy: explanation.remedy });
  }
}

async function runStep(call: Call, account: Address, ports: Ports, emit: (event: FlowEvent) => void): Promise<Hex> {
  await ports.simulate(call, account);
  emit({ type: "stage", stage: "sign" });
  const hash = await ports.sign(call, account);
  emit({ type: "sent", hash });
  const mined = await ports.mined(hash);
  if (mined.replacement === "cancelled" || mined.replacement === "replaced") {
    throw new PlanError(`The transaction was ${mined.replacement} in the wallet.`);
  }
  if (mined.hash !== hash) emit({ type: "sent", hash: mined.hash });
  if (mined.status === "reverted") {
    // The same call fails again, and this time it says why.
    await ports.simulate(call, account);
    throw new PlanError("The transaction was reverted when it was mined. Nothing changed but the network fee.");
  }
  emit({ type: "stage", stage: "confirmed" });
  return mined.hash;
}

async function verifyLast(hash: Hex, shown: boolean, ports: Ports, emit: (event: FlowEvent) => void): Promise<void> {
  if (!shown) {
    const reason = "the indexer has not shown the transaction yet";
    emit({ type: "verification", verification: { status: "cannot-verify", reason } });
    return;
  }
  emit({ type: "stage", stage: "indexed" });
  emit({ type: "verification", verification: "checking" });
  const verification = await ports.verify(hash).catch((cause: unknown): Verification => {
    return { status: "cannot-verify", reason: cause instanceof Error ? cause.message : String(cause) };
  });
  emit({ type: "verification", verification });
}
