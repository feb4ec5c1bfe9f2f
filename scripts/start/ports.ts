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

/** The ports to use, all free now; throws naming each busy one and what to do. */
export async function choosePorts(mode: "default" | "auto", env = process.env): Promise<Ports> {
  const ports = {} as Ports;
  const problems: string[] = [];
  for (const [name, { variable, port: usual }] of Object.entries(SERVICES)) {
    const given = env[variable];
    if (mode === "auto" && given === undefined) {
      ports[name as Service] = await freePort();
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
