import { type Deployment, gridxAbi, parseGridxLogs, slotStart } from "@gridx/contracts";
import { encodeEventTopics } from "viem";
import { z } from "zod";
import { blockSchema, hex, latestBlock, logSchema, type Rpc } from "../chain/rpc.ts";
import type { QueuedReading } from "./queue.ts";

/** Public RPCs limit how many blocks a search for logs may span. */
const SPAN = 2_000;

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
  let { number: last, timestamp } = await latestBlock(rpc);
  while (timestamp >= earliest && last >= deployment.startBlock && found.size < sought.size) {
    const first = Math.max(deployment.startBlock, last - SPAN + 1);
    const filter = { address: deployment.address, topics, fromBlock: hex(first), toBlock: hex(last) };
    for (const log of parseGridxLogs(z.array(logSchema).parse(await rpc.call("eth_getLogs", filter)))) {
      const reading = log.eventName === "EnergyAttested" && sought.get(keyOf(log.args));
      if (reading) found.add(reading);
    }
    if (first === deployment.startBlock) break;
    ({ number: last, timestamp } = blockSchema.parse(await rpc.call("eth_getBlockByNumber", hex(first - 1), false)));
  }
  return found;
}
