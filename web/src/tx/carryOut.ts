// Carries out what somebody wants: all of it is loaded when the first transaction is.
import type { QueryClient } from "@tanstack/react-query";
import type { Address, Hex } from "viem";
import type { ChainBlock } from "../chain/latestBlock.ts";
import { readerOf } from "../chain/reader.ts";
import type { Site } from "../config/loadSite.ts";
import { keys } from "../data/keys.ts";
import type { Session } from "../wallet/session.ts";
import type { FlowEvent } from "./flow.ts";
import type { Intent } from "./intent.ts";
import type { Pending } from "./pending.ts";
import { planOf } from "./plans/index.ts";
import { createPorts } from "./ports.ts";
import { resumePlan, runPlan, verifyInto } from "./run.ts";

export interface Work {
  site: Site;
  session: Session;
  queries: QueryClient;
  emit: (event: FlowEvent) => void;
}

async function portsOf({ site, session, queries }: Work) {
  const { config } = await session.engine();
  return createPorts({ site, config, now: () => queries.getQueryData<ChainBlock>(keys.block)?.timestamp ?? 0 });
}

const planFor = ({ site }: Work, intent: Intent) => planOf(intent, { site, reader: readerOf(site) });

export async function carryOut(work: Work, intent: Intent, onDone?: () => void): Promise<void> {
  const plan = { ...planFor(work, intent), onDone };
  const ports = await portsOf(work);
  work.emit({ type: "start", plan });
  await runPlan(plan, ports, work.emit);
}

/** Goes on with what was under way when the page was left. */
export async function takeUp(work: Work, pending: Pending): Promise<void> {
  const plan = planFor(work, pending.intent);
  const ports = await portsOf(work);
  work.emit({ type: "start", plan });
  await resumePlan(plan, pending, ports, work.emit);
}

export async function verifyAgain(work: Work, hash: Hex, buyer: Address): Promise<void> {
  await verifyInto(hash, buyer, await portsOf(work), work.emit);
}
