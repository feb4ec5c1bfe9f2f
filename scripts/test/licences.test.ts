import { describe, expect, it } from "vitest";
import { billOfMaterials } from "../licences/bill-of-materials.ts";
import { judge } from "../licences/judge.ts";

const one = (name: string, license: string) => ({ name, versions: ["1.0.0"], license });

describe("licences", () => {
  it("are refused where they don't go with ours, whatever else is offered with AND", () => {
    const free = ["MIT", "(MIT OR GPL-3.0-only)", "(MIT AND Zlib)", "BSD-3-Clause"];
    const other = ["AGPL-3.0-or-later", "(MIT AND GPL-3.0-only)", "Unknown", "SEE LICENSE IN LICENSE"];
    const { refused } = judge([...free, ...other].map((license, n) => one(`package-${n}`, license)));
    expect(refused.map((text) => text.split(" ")[0])).toEqual(other.map((_, n) => `package-${n + free.length}`));
  });

  it("come along by name only for a reason", () => {
    expect(judge([one("axe-core", "MPL-2.0"), one("lightningcss-linux-x64-gnu", "MPL-2.0")]).refused).toEqual([]);
    expect(judge([one("axe-core-2", "MPL-2.0")]).refused).toHaveLength(1);
  });

  it("are in the bill of materials by package URL", () => {
    const { components } = billOfMaterials([one("@scope/name", "(MIT OR Apache-2.0)"), one("plain", "ISC")]);
    expect(components).toMatchObject([
      { purl: "pkg:npm/%40scope/name@1.0.0", licenses: [{ expression: "(MIT OR Apache-2.0)" }] },
      { purl: "pkg:npm/plain@1.0.0", licenses: [{ license: { id: "ISC" } }] },
    ]);
  });
});
