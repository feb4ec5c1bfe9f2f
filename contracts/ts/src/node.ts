// What needs Node: the local chain, compiled contracts, deployment files.
import { readFileSync } from "node:fs";
import { type Deployment, deploymentSchema } from "./deployments.ts";

export * from "./anvil.ts";
export * from "./artifacts.ts";
export * from "./deploy.ts";
export * from "./secrets.ts";

/** Reads a deployment file; the error names the file and each wrong field. */
export function readDeployment(path: string): Deployment {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new Error(`${path} is no readable deployment file; \`npm start\` writes one for the local chain`, { cause });
  }
  const parsed = deploymentSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`${path} is no deployment file: ${issues.join("; ")}`);
}
