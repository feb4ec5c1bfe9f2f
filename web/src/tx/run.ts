// Runs a plan through the flow. Free of React and of wagmi, so that each joint can be tested alone.
import type { Address, Hex } from "viem";
import type { Verification } from "../chain/verifyTrade.ts";
import { t } from "../i18n/t.ts";
import { type Explanation, type Phase, PlanError } from "./explain.ts";
import type { BatchStep, Call, CallStep, FlowEvent, Means, PermitStep, Plan, Step, TypedData } from "./flow.ts";

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
  /** What the account's wallet can do beside that. */
  means(account: Address): Promise<Means>;
  /** Signs without sending. Throws `NotSupported` where the wallet can't. */
  signPermit(data: TypedData, account: Address): Promise<Hex>;
  /** Hands several calls over as one, and says by which id the wallet knows them. Throws `NotSupported` where it can't. */
  sendBatch(calls: readonly Call[], account: Address): Promise<string>;
  /** Waits for such a batch as `mined` does; its hash is that of its last transaction. Only the wallet that has it knows. */
  batchMined(id: string): Promise<Mined>;
  /** Waits, however often reading fails meanwhile; throws when it has waited for long. */
  mined(hash: Hex): Promise<Mined>;
  /** Waits until the indexer shows the transaction; false when it takes too long. */
  indexed(hash: Hex, onLag: () => void): Promise<boolean>;
  verify(hash: Hex, buyer: Address): Promise<Verification>;
  explain(cause: unknown, phase: Phase): Explanation;
}

type Emit = (event: FlowEvent) => void;

/** The wallet said that it had a means and has not. Nothing was sent. */
export class NotSupported extends Error {
  override name = "NotSupported";
  readonly means: keyof Means;

  constructor(means: keyof Means, cause?: unknown) {
    super(`the wallet has no ${means}`, { cause });
    this.means = means;
  }
}

export async function runPlan(plan: Plan, ports: Ports, emit: Emit): Promise<void> {
  let phase: Phase = "unsent";
  const enter = (next: Phase) => {
    phase = next;
  };
  try {
    const account = await ports.account();
    const last = await runSteps(plan, { account, ports, emit, enter });
    await conclude(plan, last, { account, ports, emit });
  } catch (cause) {
    emit(endingOf(ports.explain(cause, phase)));
    return;
  }
  plan.onDone?.();
}

/** Each step in turn; where the wallet turns out not to know a means, once more without it. */
async function runSteps(plan: Plan, context: StepContext): Promise<Hex> {
  const { account, ports, emit } = context;
  let means = await ports.means(account);
  for (;;) {
    const steps = await plan.prepare(account, means);
    const signatures = steps.filter((step) => "permit" in step).map(({ label }) => label);
    emit({ type: "validated", account, steps: steps.map(({ label }) => label), signatures });
    try {
      return await runEach(steps, context);
    } catch (cause) {
      if (!(cause instanceof NotSupported) || !means[cause.means]) throw cause;
      means = { ...means, [cause.means]: false };
    }
  }
}

async function runEach(steps: readonly Step[], context: StepContext): Promise<Hex> {
  let last: Hex | null = null;
  let permit: Hex | null = null;
  for (const [index, step] of steps.entries()) {
    context.emit({ type: "step", step: index });
    if ("permit" in step) permit = await signPermit(step, context);
    else if ("batch" in step) last = await runBatch(step, context);
    else last = await runStep(callOf(step, permit), context);
  }
  if (!last) throw new PlanError(t("tx.run.nothing"));
  return last;
}

function callOf({ call }: CallStep, permit: Hex | null): Call {
  if (typeof call !== "function") return call;
  if (permit === null) throw new Error("nothing was signed for this call");
  return call(permit);
}

async function signPermit({ permit }: PermitStep, { account, ports, emit, enter }: StepContext): Promise<Hex> {
  enter("unsent");
  emit({ type: "stage", stage: "sign" });
  return ports.signPermit(permit, account);
}

/** Only the first of its calls can be tried beforehand: the others build on it. */
async function runBatch({ batch }: BatchStep, { account, ports, emit, enter }: StepContext): Promise<Hex> {
  enter("unsent");
  const [first] = batch;
  if (first) await ports.simulate(first, account);
  emit({ type: "stage", stage: "sign" });
  enter("sending");
  const id = await ports.sendBatch(batch, account);
  enter("sent");
  emit({ type: "handed", batch: id });
  return followBatch(id, { ports, emit });
}

/** Until the calls that a wallet was handed are in a block. */
async function followBatch(id: string, { ports, emit }: Pick<Conclusion, "ports" | "emit">): Promise<Hex> {
  const mined = await ports.batchMined(id);
  emit({ type: "sent", hash: mined.hash });
  if (mined.status === "reverted") throw new PlanError(t("tx.run.reverted"));
  emit({ type: "stage", stage: "confirmed" });
  return mined.hash;
}

/** What was under way when the page was left. */
export interface Sent {
  account: Address;
  /** Labels of the plan's transactions, and which of them it is. */
  steps: readonly string[];
  step: number;
  /** A transaction's hash, or the id of calls whose hash the wallet has not said yet. */
  known: { hash: Hex } | { batch: string };
}

/** Takes a plan up again where its last transaction was sent. */
export async function resumePlan(plan: Plan, sent: Sent, ports: Ports, emit: Emit): Promise<void> {
  const { account, steps, step, known } = sent;
  emit({ type: "validated", account, steps });
  emit({ type: "step", step });
  emit("hash" in known ? { type: "sent", hash: known.hash } : { type: "handed", batch: known.batch });
  try {
    const hash = await ("hash" in known
      ? follow(known.hash, { ports, emit })
      : followBatch(known.batch, { ports, emit }));
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
