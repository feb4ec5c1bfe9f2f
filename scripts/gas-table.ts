// Writes gas, size and storage layout into docs/contract.md between markers; `--check` only compares.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { ROOT } from "./checks.ts";
import { type GridXArtifact, readGridX, solc, standardInput } from "./standard-json.ts";

const PAGE = "docs/contract.md";

/** Gas to stay within, by the name of the measurement. */
const TARGETS: [name: string, gas: number][] = [
  ["logEnergyTrade from the account", 62_000],
  ["logEnergyTrade that pulls from the wallet", 82_000],
  ["clearSlot, per trade, 100 sellers and 100 buyers in 100 trades", 31_000],
  ["attestReadings, per reading, batch of 100", 26_000],
];
const ELSEWHERE: [name: string, gas: number][] = [
  ["the original GridX contract, a trade that moves no money", 266_000],
  ["Seaport, basic order", 98_700],
  ["CoW Protocol, per trade, batch of 100", 63_200],
  ["Energy Web, per certificate issued", 544_000],
];
const RUNTIME_LIMIT = 24_576;
const CREATION_LIMIT = 49_152;

const figure = (value: number) => value.toLocaleString("en-US");
const code = (text: string) => text.replace(/^\w+/, "`$&`");

/** A table with columns of even width; numbers to the right. */
function table(head: string[], rows: string[][]): string {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const right = head.map((_, column) => rows.every((row) => /^(about )?[\d,]+( %)?$|^–$/.test(row[column] ?? "")));
  const pad = (text: string, column: number) =>
    right[column] ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0);
  const line = (cells: string[]) => `| ${cells.map(pad).join(" | ")} |`;
  const rule = widths.map((width, column) => (right[column] ? `${"-".repeat(width - 1)}:` : "-".repeat(width)));
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

function gas(): string {
  const snapshot = JSON.parse(readFileSync(join(ROOT, "contracts/snapshots/transactions.json"), "utf8"));
  const measured = z.record(z.string(), z.coerce.number()).parse(snapshot);
  const targets = new Map(TARGETS);
  const names = [...targets.keys(), ...Object.keys(measured).filter((name) => !targets.has(name))];
  const shown = (value: number | undefined) => (value === undefined ? "–" : figure(value));
  const ours = names.map((name) => [code(name), shown(targets.get(name)), shown(measured[name])]);
  const theirs = ELSEWHERE.map(([name, value]) => [name, `about ${figure(value)}`]);
  return `${table(["operation", "target", "measured"], ours)}\n\nBeside it:\n\n${table(["elsewhere", "gas"], theirs)}`;
}

function size({ bytecode, deployedBytecode }: GridXArtifact): string {
  const row = (name: string, hex: string, limit: number) => {
    const bytes = hex.length / 2 - 1;
    return [name, figure(bytes), figure(limit), `${Math.floor((100 * bytes) / limit)} %`];
  };
  return table(
    ["code", "bytes", "limit", "of it"],
    [row("on the chain", deployedBytecode.object, RUNTIME_LIMIT), row("creation", bytecode.object, CREATION_LIMIT)],
  );
}

const layoutSchema = z.object({
  storage: z.array(z.object({ label: z.string(), offset: z.number(), slot: z.string(), type: z.string() })),
  types: z.record(z.string(), z.object({ label: z.string(), numberOfBytes: z.string() })),
});

function storage(artifact: GridXArtifact): string {
  const output = JSON.parse(solc.compile(standardInput(artifact, ["storageLayout"])));
  const [file = "", contract = ""] = Object.entries(artifact.metadata.settings.compilationTarget)[0] ?? [];
  const { storage: variables, types } = layoutSchema.parse(output.contracts?.[file]?.[contract]?.storageLayout);
  const rows = variables.map(({ label, offset, slot, type }) => {
    const { label: name = type, numberOfBytes = "" } = types[type] ?? {};
    return [
      slot,
      String(offset),
      numberOfBytes,
      `\`${label}\``,
      `\`${name.replaceAll(/(struct|contract|enum) /g, "")}\``,
    ];
  });
  return table(["slot", "from byte", "bytes", "variable", "type"], rows);
}

/** The page with its generated parts anew. */
function generated(page: string): string {
  const artifact = readGridX();
  const parts = { gas: gas(), size: size(artifact), storage: storage(artifact) };
  return Object.entries(parts).reduce((text, [name, content]) => {
    const [from, to] = [`<!-- generated: ${name}, by npm run gas-table -->`, `<!-- end: ${name} -->`];
    const [start, end] = [text.indexOf(from), text.indexOf(to)];
    if (start < 0 || end < start) throw new Error(`${PAGE} lacks ${from} … ${to}`);
    return `${text.slice(0, start + from.length)}\n\n${content}\n\n${text.slice(end)}`;
  }, page);
}

try {
  const path = join(ROOT, PAGE);
  const page = readFileSync(path, "utf8");
  const current = generated(page);
  if (!process.argv.includes("--check")) writeFileSync(path, current);
  else if (current !== page)
    throw new Error(`${PAGE} does not show what was built and measured; run npm run gas-table`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
