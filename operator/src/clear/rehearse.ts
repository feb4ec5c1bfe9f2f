// What a dry run knows of the calls that it does not make: each one tried by a node, which changes nothing.
import { type Deployment, gridxAbi } from "@gridx/contracts";
import { type Address, decodeFunctionResult, encodeFunctionData, type Hex } from "viem";
import { z } from "zod";
import { gasMarket } from "../chain/fees.ts";
import type { Rpc } from "../chain/rpc.ts";
import type { SlotPlan } from "./plan.ts";

export interface Rehearsed {
  /** Trades that the call is to make. */
  trades: number;
  /** What the contract says it would settle; null where it refuses. */
  energyWh: bigint | null;
  gas: bigint | null;
  /** The gas at the present price, in the chain's own money, base units. */
  costWei: bigint | null;
  /** Why it would fail. */
  refusal: string | null;
}

const hexData = z.string().transform((text) => text as Hex);

/** The calls of a plan in order. Each is tried on the chain as it is, without those before it. */
export async function rehearse(
  rpc: Rpc,
  { address: to }: Pick<Deployment, "address">,
  { slot, plan, from }: { slot: number; plan: SlotPlan; from: Address },
): Promise<Rehearsed[]> {
  if (plan.parts.length === 0) return [];
  const { baseFee, tip } = await gasMarket(rpc);
  const calls = plan.parts.map(({ asks, bids }) => {
    const args = [slot, plan.clearing.pricePerKwh, asks, bids, 1n] as const;
    return { from, to, data: encodeFunctionData({ abi: gridxAbi, functionName: "clearSlot", args }) };
  });
  const answers = await rpc.settle(
    calls.flatMap((call) => [
      { method: "eth_call", params: [call, "latest"] },
      { method: "eth_estimateGas", params: [call, "latest"] },
    ]),
  );
  return plan.parts.map(({ pairs }, index): Rehearsed => {
    const [said, estimate] = answers.slice(2 * index, 2 * index + 2);
    const failed = [said, estimate].find((answer) => answer instanceof Error);
    if (failed instanceof Error) {
      return { trades: pairs.length, energyWh: null, gas: null, costWei: null, refusal: failed.message };
    }
    const data = hexData.parse(said);
    const energyWh = decodeFunctionResult({ abi: gridxAbi, functionName: "clearSlot", data });
    const gas = BigInt(z.string().parse(estimate));
    return { trades: pairs.length, energyWh, gas, costWei: gas * (baseFee + tip), refusal: null };
  });
}
