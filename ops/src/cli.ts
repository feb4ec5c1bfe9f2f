import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { prepare } from "./prepare.ts";

const HERE = join(import.meta.dirname, "..");
const HELP = `npm run ops:prepare -- --deployment FILE --public-rpc-url URL [--env ops/.env] [--directory ops]

Makes passwords and database URLs (those that are there stay), copies the deployment file and writes what the page is
told. --public-rpc-url is what readers' browsers ask: an RPC without a key of yours.
`;

function main(): void {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    options: { deployment: text, "public-rpc-url": text, env: text, directory: text, help: { type: "boolean" } },
  });
  if (values.help) return void process.stdout.write(HELP);
  const { deployment, "public-rpc-url": publicRpcUrl, directory = HERE, env = join(HERE, ".env") } = values;
  if (!deployment || !publicRpcUrl) throw new Error(`--deployment and --public-rpc-url are needed\n\n${HELP}`);
  if (!existsSync(deployment)) throw new Error(`--deployment: there is no file ${deployment}`);
  const { missing } = prepare({ directory, envFile: env, deployment, publicRpcUrl });
  for (const line of missing) process.stdout.write(`still to be written by you: ${line}\n`);
}

try {
  main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
