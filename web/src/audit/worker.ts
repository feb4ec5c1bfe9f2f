// The audit beside the page, so that the page can be used meanwhile.
import { Auditor, OtherChain, Reorganised } from "./auditor.ts";
import type { FailureKind, FromWorker, ToWorker } from "./protocol.ts";
import { Refused, Unreachable } from "./rpc.ts";

const SAY_EVERY_MS = 100;
const say = (message: FromWorker) => postMessage(message);

let auditor: Auditor | null = null;
let stop = new AbortController();

function kindOf(cause: unknown): FailureKind {
  if (cause instanceof Unreachable) return "unreachable";
  if (cause instanceof Refused) return "refused";
  if (cause instanceof OtherChain) return "other-chain";
  return cause instanceof Reorganised ? "reorganised" : "unexpected";
}

async function go({ subject }: Extract<ToWorker, { type: "go" }>): Promise<void> {
  stop = new AbortController();
  const { signal } = stop;
  auditor ??= new Auditor(subject);
  let said = 0;
  try {
    const result = await auditor.run(signal, (progress) => {
      const now = performance.now();
      if (now - said < SAY_EVERY_MS && progress.block < progress.target) return;
      said = now;
      say({ type: "progress", progress });
    });
    say({ type: "result", result });
  } catch (cause) {
    if (signal.aborted) return say({ type: "stopped" });
    // What was read of blocks that are gone is of no use.
    if (cause instanceof Reorganised) auditor = null;
    say({ type: "failed", kind: kindOf(cause), reason: cause instanceof Error ? cause.message : String(cause) });
  }
}

async function ledgerAt(block: number): Promise<void> {
  const ledger = await auditor?.ledgerAt(block, stop.signal).catch(() => null);
  say({ type: "ledgerAt", block, ledger: ledger ?? null });
}

addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === "go") void go(data);
  else if (data.type === "stop") stop.abort();
  else void ledgerAt(data.block);
});
