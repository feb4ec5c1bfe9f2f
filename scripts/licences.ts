// Which licences come with the packages: refuses one that does not go with Apache-2.0, and writes an SBOM.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { z } from "zod";
import { ROOT } from "./checks.ts";
import { billOfMaterials } from "./licences/bill-of-materials.ts";
import { judge } from "./licences/judge.ts";

const HELP = `npm run licences [-- --sbom FILE]

Lists the licences of all packages and fails where one is not allowed (scripts/licences/judge.ts). --sbom writes what is
needed to run GridX as CycloneDX 1.6 JSON.
`;

const listed = z.record(
  z.string(),
  z.array(z.object({ name: z.string(), versions: z.array(z.string()), license: z.string() })),
);
export type Package = z.infer<typeof listed>[string][number];

function packages(more: string[] = []): Package[] {
  const args = ["--yes", "pnpm@10.34.8", "licenses", "list", "--json", ...more];
  const { status, stdout, stderr } = spawnSync("npx", args, { cwd: ROOT, encoding: "utf8", maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`pnpm could not list the licences; run npm run setup first:\n${stderr}${stdout}`);
  return Object.values(listed.parse(JSON.parse(stdout))).flat();
}

function main(): void {
  const { values } = parseArgs({ options: { sbom: { type: "string" }, help: { type: "boolean" } } });
  if (values.help) return void process.stdout.write(HELP);
  const { counts, refused } = judge(packages());
  for (const [licence, count] of counts) process.stdout.write(`${String(count).padStart(4)} ${licence}\n`);
  for (const text of refused) process.stdout.write(`REFUSED ${text}\n`);
  if (refused.length > 0) process.exitCode = 1;
  if (values.sbom) {
    writeFileSync(values.sbom, `${JSON.stringify(billOfMaterials(packages(["--prod"])), null, 2)}\n`);
    process.stdout.write(`${values.sbom}\n`);
  }
}

main();
