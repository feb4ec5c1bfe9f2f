import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { z } from "zod";
import { ROOT } from "../checks.ts";

it("the gas table of the docs shows what was measured", () => {
  const snapshot = JSON.parse(readFileSync(join(ROOT, "contracts/snapshots/transactions.json"), "utf8"));
  const page = readFileSync(join(ROOT, "docs/contract.md"), "utf8");
  const figures = Object.values(z.record(z.string(), z.coerce.number()).parse(snapshot));
  expect(figures.length).toBeGreaterThan(0);
  for (const gas of figures) expect(page).toMatch(new RegExp(`\\| ${gas.toLocaleString("en-US")} +\\|`));
});
