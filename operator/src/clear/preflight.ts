// What must be right before slots are cleared, and what to do about it where it is not.
import { setTimeout } from "node:timers/promises";
import type { Deployment } from "@gridx/contracts";
import type { Address } from "viem";
import { z } from "zod";
import { query, readRules } from "../chain/contract.ts";
import type { Rpc } from "../chain/rpc.ts";
import type { ClearEvent } from "./events.ts";

/** Waiting does not help: somebody has to change something. */
export class Misconfigured extends Error {}

export interface Preflight {
  rpc: Rpc;
  deployment: Deployment;
  /** Who is to clear; null where nothing is sent. */
  operator: Address | null;
  grace?: number | undefined;
  emit: (event: ClearEvent) => void;
}

const text = z.string();
const LOOKS = 4;

/** A node that lags does not know a contract that was just deployed. */
async function isThere(rpc: Rpc, address: Address): Promise<boolean> {
  for (let look = 1; ; look += 1) {
    if (text.parse(await rpc.call("eth_getCode", address, "latest")) !== "0x") return true;
    if (look === LOOKS) return false;
    await setTimeout(500 * look);
  }
}

export async function preflight({ rpc, deployment, operator, grace, emit }: Preflight): Promise<void> {
  const { chainId, address, slotDuration } = deployment;
  const chain = await rpc.call("eth_chainId");
  if (Number(text.parse(chain)) !== chainId) {
    throw new Misconfigured(
      `--rpc-url is of chain ${Number(text.parse(chain))}, the deployment of chain ${chainId}: give the RPC of ${chainId}`,
    );
  }
  if (!(await isThere(rpc, address))) {
    throw new Misconfigured(`no contract at ${address} on chain ${chainId}: give --deployment of one that is there`);
  }
  const { tradingWindow, shelfDelaySlots } = await readRules(rpc, deployment, "latest");
  if (grace !== undefined && grace >= tradingWindow * slotDuration) {
    const most = tradingWindow * slotDuration - 1;
    throw new Misconfigured(`--grace: 0 to ${most} (a slot can be cleared for ${tradingWindow} slots), not ${grace}`);
  }
  if (shelfDelaySlots === 0) {
    const message =
      "shelfDelaySlots is 0: direct purchases come before the clearing; set it to 1 (setMarketParameters)";
    emit({ event: "warning", message });
  }
  if (operator === null) return;
  const [role] = await query(rpc, deployment, "latest", [{ name: "MARKET_OPERATOR_ROLE" }]);
  const [granted] = await query(rpc, deployment, "latest", [{ name: "hasRole", args: [role, operator] }]);
  if (granted !== true) {
    throw new Misconfigured(
      `${operator} may not clear: grant it MARKET_OPERATOR_ROLE (grantRole(${role}, ${operator}))`,
    );
  }
  const balance = BigInt(text.parse(await rpc.call("eth_getBalance", operator, "latest")));
  if (balance > 0n) return;
  const nothing = `${operator} has nothing to pay gas with`;
  const isFree = BigInt(text.parse(await rpc.call("eth_gasPrice"))) === 0n;
  if (!isFree) throw new Misconfigured(`${nothing}: fund it on chain ${chainId}`);
  emit({ event: "warning", message: `${nothing}; at present gas is free on chain ${chainId}` });
}
