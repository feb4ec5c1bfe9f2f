import { gridxAbi } from "@gridx/contracts";
import { encodeAbiParameters, keccak256, parseEventLogs } from "viem";
import { expect } from "vitest";
import type { freshChain } from "./simulation.ts";

/** Head, readings and trades from raw logs, sharing no code with what is tested but the ABI. */
export async function ownReplay({ client, deployment }: Awaited<ReturnType<typeof freshChain>>, toBlock: bigint) {
  const logs = await client.getLogs({ address: deployment.address, fromBlock: 0n, toBlock });
  const times = new Map<bigint, bigint>();
  let head = keccak256(
    encodeAbiParameters(
      [{ type: "uint256" }, { type: "address" }, { type: "address" }, { type: "uint32" }, { type: "uint16" }],
      [31337n, deployment.address, deployment.token, deployment.slotDuration, deployment.ringLength],
    ),
  );
  const readings = new Map<string, bigint>();
  const sums = { exportedWh: 0n, tradedWh: 0n, paid: 0n, fees: 0n, carbonGrams: 0n, trades: 0 };
  const lots = new Map<string, bigint>();
  const noFacts = ["ReadingRejected", "FillSkipped", "CarbonEarned", "RoleGranted", "RoleRevoked", "RoleAdminChanged"];
  for (const log of parseEventLogs({ abi: gridxAbi, logs })) {
    if (log.eventName === "EnergyAttested") {
      const { meter, seller, slot, exportWh } = log.args;
      expect(readings.has(`${meter}/${slot}`)).toBe(false);
      readings.set(`${meter}/${slot}`, exportWh);
      sums.exportedWh += exportWh;
      lots.set(`${seller}/${slot}`, (lots.get(`${seller}/${slot}`) ?? 0n) + exportWh);
    } else if (log.eventName === "EnergyTradeLogged") {
      const { seller, slot, energyWh, pricePerKwh, feePaid, carbonGrams } = log.args;
      const left = (lots.get(`${seller}/${slot}`) ?? 0n) - energyWh;
      expect(left >= 0n).toBe(true);
      lots.set(`${seller}/${slot}`, left);
      sums.tradedWh += energyWh;
      sums.paid += (energyWh * pricePerKwh + 999n) / 1000n;
      sums.fees += feePaid;
      sums.carbonGrams += carbonGrams;
      sums.trades += 1;
    }
    if (noFacts.includes(log.eventName) || log.eventName.startsWith("DefaultAdmin")) continue;
    const time = times.get(log.blockNumber) ?? (await client.getBlock({ blockNumber: log.blockNumber })).timestamp;
    times.set(log.blockNumber, time);
    const event = gridxAbi.find((item) => item.type === "event" && item.name === log.eventName);
    if (event?.type !== "event") throw new Error(log.eventName);
    const inputs = event.inputs.filter(({ name }) => name !== "tradeId" && name !== "claimId");
    const values = inputs.map(({ name }) => (log.args as Record<string, unknown>)[name]);
    const types = [{ type: "bytes32" }, { type: "bytes32" }, { type: "uint256" }, ...inputs];
    head = keccak256(encodeAbiParameters(types, [head, log.topics[0], time, ...values]));
  }
  return { head, readings, sums };
}
