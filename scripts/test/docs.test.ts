import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { z } from "zod";
import { ROOT } from "../checks.ts";

it("the gas table of the docs shows what was measured", () => {
  const snapshot = JSON.parse(readFileSync(join(ROOT, "contracts/snapshots/transactions.json"), "utf8"));
  const page = readFileSync(join(ROOT, "docs/contract.md"), "utf8");
  const figures = Object.values(z.record(z.string(), z.coerce.number()).parse(snapshot));
  expect(figures.length).toBeGreaterThan(0);
  for (const gas of figures) expect(page).toMatch(new RegExp(`\\| +${gas.toLocaleString("en-US")} +\\|`));
});

it("the worked example of the ledger head comes out as written, with cast", () => {
  const page = readFileSync(join(ROOT, "docs/contract.md"), "utf8");
  const example = /```sh\n(head0=[\s\S]*?)```/.exec(page)?.[1] ?? "";
  const written = [...example.matchAll(/^echo .* # (0x[0-9a-f]{64})$/gm)].map(([, hash]) => hash);
  expect(written).toHaveLength(3);
  const script = `cast() { "${process.execPath}" "${join(ROOT, "scripts/foundry.mjs")}" cast "$@"; }\n${example}`;
  expect(execFileSync("bash", ["-euc", script], { encoding: "utf8" }).trim().split("\n")).toEqual(written);
});

it("every test that the threat table names exists", () => {
  const page = readFileSync(join(ROOT, "docs/contract.md"), "utf8");
  const named = [...page.matchAll(/`((?:test|testFuzz|invariant)_\w+)`/g)].map(([, name]) => name ?? "");
  expect(named.length).toBeGreaterThan(40);
  const folder = join(ROOT, "contracts/test");
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".sol"));
  const solidity = sources.map((file) => readFileSync(join(folder, file), "utf8")).join("\n");
  expect(named.filter((name) => !solidity.includes(`function ${name}(`))).toEqual([]);
});
