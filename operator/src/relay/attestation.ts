import { type Deployment, gridxAbi, parseGridxLogs, slotStart } from "@gridx/contracts";
import { encodeEventTopics } from "viem";
import { searchLogs } from "../chain/logs.ts";
import { blockSchema, hex, latestBlock, type Rpc } from "../chain/rpc.ts";
import type { QueuedReading } from "./queue.ts";

type Sought = Pick<QueuedReading, "meter" | "slot" | "exportWh">;

const keyOf = ({ meter, slot, exportWh }: Sought): string => `${meter.toLowerCase()}/${slot}/${exportWh}`;

/**
 * Those of the readings that the chain holds exactly as they are. Looks back from now to the end of the earliest of
 * their slots, before which none can be attested, and stops when all are found.
 */
export async function findAttestations<T extends Sought>(
  rpc: Rpc,
  deployment: Deployment,
  readings: readonly T[],
): Promise<Set<T>> {
  const sought = new Map(readings.map((reading) => [keyOf(reading), reading]));
  const found = new Set<T>();
  if (sought.size === 0) return found;
  const meters = [...new Set(readings.map(({ meter }) => meter))];
  const topics = encodeEventTopics({ abi: gridxAbi, eventName: "EnergyAttested", args: { meter: meters } });
  const earliest = slotStart(Math.min(...readings.map(({ slot }) => slot)) + 1, deployment.slotDuration);
  const { number: to } = await latestBlock(rpc);
  const filter = { address: deployment.address, topics };
  for await (const { logs, first } of searchLogs(rpc, filter, { from: deployment.startBlock, to, backwards: true })) {
    for (const log of parseGridxLogs(logs)) {
      const reading = log.eventName === "EnergyAttested" && sought.get(keyOf(log.args));
      if (reading) found.add(reading);
    }
    if (found.size === sought.size) break;
    const { timestamp } = blockSchema.parse(await rpc.call("eth_getBlockByNumber", hex(first), false));
    if (timestamp < earliest) break;
  }
  return found;
}
