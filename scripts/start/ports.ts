import { randomInt } from "node:crypto";
import { freePort } from "@gridx/contracts/node";
import { z } from "zod";

const SERVICES = {
  web: { variable: "GRIDX_WEB_PORT", port: 3000 },
  indexer: { variable: "GRIDX_INDEXER_PORT", port: 3001 },
  forecast: { variable: "GRIDX_FORECAST_PORT", port: 8000 },
  chain: { variable: "GRIDX_CHAIN_PORT", port: 8545 },
} as const;

export type Service = keyof typeof SERVICES;
export type Ports = Record<Service, number>;

const portSchema = z.coerce.number().int().min(1).max(65_535);

const isFree = (port: number) =>
  freePort(port).then(
    () => true,
    () => false,
  );

/** Below the range from which systems take the port of any outgoing connection, so that it is free still when it is used. */
const AUTO = { first: 20_000, count: 12_000 };

async function anyPort(taken: readonly number[]): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = AUTO.first + randomInt(AUTO.count);
    if (!taken.includes(port) && (await isFree(port))) return port;
  }
  throw new Error(`no free port from ${AUTO.first} to ${AUTO.first + AUTO.count}; free some, or give them by name`);
}

/** The ports to use, all free now; throws naming each busy one and what to do. */
export async function choosePorts(mode: "default" | "auto", env = process.env): Promise<Ports> {
  const ports = {} as Ports;
  const problems: string[] = [];
  for (const [name, { variable, port: usual }] of Object.entries(SERVICES)) {
    const given = env[variable];
    if (mode === "auto" && given === undefined) {
      ports[name as Service] = await anyPort(Object.values(ports));
      continue;
    }
    const parsed = portSchema.safeParse(given ?? usual);
    if (!parsed.success) {
      problems.push(`${variable}=${given} is no port; give a number from 1 to 65535`);
    } else if (Object.values(ports).includes(parsed.data)) {
      problems.push(`${variable}: port ${parsed.data} is given twice`);
    } else if (!(await isFree(parsed.data))) {
      problems.push(
        `Port ${parsed.data} (${name}) is in use. Stop what listens there, or choose another: ${variable}=${parsed.data + 100} npm start`,
      );
    } else ports[name as Service] = parsed.data;
  }
  if (problems.length > 1) {
    problems.push("Is GridX running already? For a second one beside it: npm start -- --ports auto");
  }
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return ports;
}
