// A chain with a random history behind an RPC that a test can make lie.
import { gridxAbi } from "@gridx/contracts";
import { compileContracts } from "@gridx/contracts/node";
import { type AbiEvent, type Hex, toEventSelector } from "viem";
import { z } from "zod";
import { play } from "../../../contracts/ts/test/support/history.ts";
import { startWorld, type World } from "../../../contracts/ts/test/support/world.ts";
import { type AuditOptions, type AuditResult, audit } from "../../src/audit/audit.ts";
import { createRpc } from "../../src/chain/rpc.ts";
import { type AlteringRpc, alteringRpc, type ListedLog } from "./altering-rpc.ts";

export const topicOf = (name: string): Hex => {
  const event = gridxAbi.find((item) => item.type === "event" && item.name === name);
  if (!event) throw new Error(name);
  return toEventSelector(event as AbiEvent);
};

export const isSame = (one: ListedLog, other: ListedLog): boolean =>
  one.blockNumber === other.blockNumber && one.logIndex === other.logIndex;
export const placed = (log: ListedLog): string => `block ${Number(log.blockNumber)}`;

export interface AuditedWorld {
  world: World;
  /** Every log of the contract. */
  all: ListedLog[];
  /** A log of an event, with history before and after it. */
  middle(name: string): ListedLog;
  /** Audits through an RPC that `prepare` has spoilt. */
  check(options?: Partial<AuditOptions>, prepare?: (rpc: AlteringRpc) => void): Promise<AuditResult>;
  stop(): Promise<void>;
}

export async function auditedWorld(seed: number, operations: number): Promise<AuditedWorld> {
  compileContracts();
  const world = await startWorld({ slotDuration: 900, ringLength: 8, minPrice: 0n, maxPrice: 2n ** 96n - 1n });
  await play(world, seed, operations);
  const { address } = world.deployment;
  const range = { address, fromBlock: "0x0", toBlock: "latest" };
  const all = z.custom<ListedLog[]>().parse(await createRpc(world.anvil.rpcUrl).call("eth_getLogs", range));
  const middle = (name: string): ListedLog => {
    const logs = all.filter(({ topics }) => topics[0] === topicOf(name));
    const log = logs[Math.floor(logs.length / 2)];
    if (!log) throw new Error(`no ${name}`);
    return log;
  };
  const check: AuditedWorld["check"] = async (options = {}, prepare = () => {}) => {
    const rpc = await alteringRpc(world.anvil.rpcUrl);
    prepare(rpc);
    try {
      return await audit({ rpcUrl: rpc.url, address, pause: 1, ...options });
    } finally {
      await rpc.close();
    }
  };
  return { world, all, middle, check, stop: () => world.stop() };
}
