// Runs a plan through the flow. Free of React and of wagmi, so that each joint can be tested alone.
import type { Address, Hex } from "viem";
import type { Verification } from "../chain/verifyTrade.ts";
import { t } from "../i18n/t.ts";
import { type Explanation, type Phase, PlanError } from "./explain.ts";
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
  /** Waits, however often reading fails meanwhile; throws when it has waited for long. */
  mined(hash: Hex): Promise<Mined>;
  /** Waits until the indexer shows the transaction; false when it takes too long. */
  indexed(hash: Hex, onLag: () => void): Promise<boolean>;
  verify(hash: Hex, buyer: Address): Promise<Verification>;
  explain(cause: unknown, phase: Phase): Explanation;
}

type Emit = (event: FlowEvent) => void;

export async function runPlan(plan: Plan, ports: Ports, emit: Emit): Promise<void> {
  let phase: Phase = "unsent";
  const enter = (next: Phase) => {
    phase = next;
  };
  try {
    const account = await ports.account();
    const steps = await plan.prepare(account);
    emit({ type: "validated", account, steps: steps.map((step) => step.label) });
    let last: Hex | null = null;
    for (const [index, step] of steps.entries()) {
      emit({ type: "step", step: index });
      last = await runStep(step.call, { account, ports, emit, enter });
    }
    if (!last) throw new PlanError(t("tx.run.nothing"));
    await conclude(plan, last, { account, ports, emit });
  } catch (cause) {
    emit(endingOf(ports.explain(cause, phase)));
    return;
  }
  plan.onDone?.();
}

/** A transaction that was under way when the page was left. */
export interface Sent {
  account: Address;
  /** Labels of the plan's transactions, and which of them it is. */
  steps: readonly string[];
  step: number;
  hash: Hex;
}

/** Takes a plan up again where its last transaction was sent. */
export async function resumePlan(plan: Plan, sent: Sent, ports: Ports, emit: Emit): Promise<void> {
  const { account, steps, step } = sent;
  emit({ type: "validated", account, steps });
  emit({ type: "step", step });
  emit({ type: "sent", hash: sent.hash });
  try {
    const hash = await follow(sent.hash, { ports, emit });
    // What comes after it was never handed to the wallet, and the chain has moved on.
    if (step + 1 < steps.length) emit({ type: "interrupted" });
    else await conclude(plan, hash, { account, ports, emit });
  } catch (cause) {
    emit(endingOf(ports.explain(cause, "sent")));
  }
}

interface Conclusion {
  account: Address;
  ports: Ports;
  emit: Emit;
}

async function conclude(plan: Plan, last: Hex, { account, ports, emit }: Conclusion): Promise<void> {
  const shown = await ports.indexed(last, () => emit({ type: "lagging" })).catch(() => false);
  if (plan.purchase) await verifyLast(last, { account, shown, ports, emit });
  emit({ type: "done", shown });
}

function endingOf(explanation: Explanation): FlowEvent {
  switch (explanation.kind) {
    case "rejected":
      return { type: "rejected" };
    case "unread":
      return { type: "unread", message: explanation.message };
    case "failed":
      return { type: "failed", message: explanation.message, remedy: explanation.remedy };
  }
}

interface StepContext {
  account: Address;
  ports: Ports;
  emit: Emit;
  enter: (phase: Phase) => void;
}

async function runStep(call: Call, { account, ports, emit, enter }: StepContext): Promise<Hex> {
  enter("unsent");
  await ports.simulate(call, account);
  emit({ type: "stage", stage: "sign" });
  enter("sending");
  const hash = await ports.sign(call, account);
  enter("sent");
  emit({ type: "sent", hash });
  const again = () => ports.simulate(call, account);
  return follow(hash, { ports, emit, again });
}

interface Follow {
  ports: Ports;
  emit: Emit;
  /** The same call, tried once more: a failure says why. */
  again?: () => Promise<void>;
}

/** Until a transaction is in a block; its hash, which is another one where the wallet has sped it up. */
async function follow(hash: Hex, { ports, emit, again }: Follow): Promise<Hex> {
  const mined = await ports.mined(hash);
  if (mined.replacement === "cancelled" || mined.replacement === "replaced") {
    throw new PlanError(t(mined.replacement === "cancelled" ? "tx.run.cancelled" : "tx.run.replaced"));
  }
  if (mined.hash !== hash) emit({ type: "sent", hash: mined.hash });
  if (mined.status === "reverted") {
    // The same call fails again, and this time it says why; a failure to ask is no answer.
    await again?.().catch((cause: unknown) => {
      if (ports.explain(cause, "sent").kind === "failed") throw cause;
    });
    throw new PlanError(t("tx.run.reverted"));
  }
  emit({ type: "stage", stage: "confirmed" });
  return mined.hash;
}

interface VerifyContext {
  account: Address;
  /** Whether the indexer has it. */
  shown: boolean;
  ports: Ports;
  emit: Emit;
}

async function verifyLast(hash: Hex, { account, shown, ports, emit }: VerifyContext): Promise<void> {
  if (!shown) {
    const reason = t("tx.verify.notShown");
    emit({ type: "verification", hash, verification: { status: "cannot-verify", reason } });
    return;
  }
  emit({ type: "stage", stage: "indexed" });
  await verifyInto(hash, account, ports, emit);
}

/** Recomputes a purchase's trades, and says what came of it under the transaction's hash. */
export async function verifyInto(hash: Hex, buyer: Address, ports: Ports, emit: Emit): Promise<void> {
  emit({ type: "verification", hash, verification: "checking" });
  const verification = await ports.verify(hash, buyer).catch((cause: unknown): Verification => {
    return { status: "cannot-verify", reason: cause instanceof Error ? cause.message : String(cause) };
  });
  emit({ type: "verification", hash, verification });
}
