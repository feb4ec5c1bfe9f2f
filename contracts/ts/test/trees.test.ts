import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { gridxAbi } from "../src/index.ts";

const TESTS = fileURLToPath(new URL("../../test/", import.meta.url));
const INTERFACE = fileURLToPath(new URL("../../src/interfaces/IGridX.sol", import.meta.url));

const files = readdirSync(TESTS);
const read = (file: string) => readFileSync(TESTS + file, "utf8");
const names = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, name = ""]) => name);

/** Test functions by the name of their contract. */
const tests = new Map<string, Set<string>>();
const solidity = files.filter((file) => file.endsWith(".t.sol")).map(read);
for (const text of solidity) {
  const [contract = ""] = names(text, /^contract (\w+Test) is /gm);
  tests.set(contract, new Set(names(text, /^ {4}function (test\w+)\(/gm)));
}

interface Leaf {
  call: string;
  text: string;
  contract: string;
  test: string;
}
const calls: string[] = [];
const leaves: Leaf[] = [];
const malformed: string[] = [];
for (const file of files.filter((name) => name.endsWith(".tree"))) {
  let [contract, call] = ["", ""];
  const lines = read(file).split("\n");
  for (const [index, line] of lines.entries()) {
    if (line === "") continue;
    const root = /^(\w+)::(\w+)$/.exec(line);
    if (root) {
      [, contract = "", call = ""] = root;
      calls.push(call);
      continue;
    }
    const depth = (text: string) => text.search(/\w/);
    const [, kind, text = "", other, test = ""] =
      /^[│ ├└─]+ (when|it should) (.+?)(?: → (?:(\w+)\.)?(\w+))?$/.exec(line) ?? [];
    if (kind === "it should" && test) leaves.push({ call, text, contract: other ?? contract, test });
    // A condition leads somewhere.
    else if (kind !== "when" || test || depth(lines[index + 1] ?? "") <= depth(line))
      malformed.push(`${file}: ${line}`);
  }
}

describe("a tree", () => {
  it("has conditions that lead to what should be, and names the test that shows each", () => {
    expect(malformed).toEqual([]);
    expect(leaves.length).toBeGreaterThan(200);
    expect(leaves.filter(({ contract, test }) => !tests.get(contract)?.has(test))).toEqual([]);
  });

  it("stands for each call that changes state, once", () => {
    const changing = gridxAbi.filter((item) => item.type === "function" && item.stateMutability === "nonpayable");
    expect(changing.length).toBeGreaterThan(30);
    expect(calls.toSorted()).toEqual(changing.map((item) => "name" in item && item.name).toSorted());
  });
});

/** An expectation that is not met fails its test, so what is expected somewhere is reached. */
describe("of IGridX", () => {
  const text = readFileSync(INTERFACE, "utf8");
  const all = solidity.join("\n") + read("Checks.sol") + read("Clearing.sol");
  const missing = (items: string[], expectation: (name: string) => RegExp) => {
    expect(items.length).toBeGreaterThan(5);
    return items.filter((name) => !expectation(name).test(all));
  };

  it("each error is expected", () => {
    const errors = names(text, /^ {4}error (\w+)\(/gm);
    const expectation = (name: string) =>
      new RegExp(`expect(Partial)?Revert\\(\\s*(abi\\.encodeWithSelector\\(\\s*)?IGridX\\.${name}\\.selector`);
    expect(missing(errors, expectation)).toEqual([]);
  });

  it("each event is expected", () => {
    expect(missing(names(text, /^ {4}event (\w+)\(/gm), (name) => new RegExp(`emit IGridX\\.${name}\\(`))).toEqual([]);
  });

  it.each(["RejectionReason", "SkipReason"])("each %s is expected", (name) => {
    const body = new RegExp(`enum ${name} \\{([^}]*)\\}`).exec(text)?.[1] ?? "";
    const reasons = names(body, /^ {8}(\w+),?$/gm).filter((reason) => reason !== "None");
    expect(missing(reasons, (reason) => new RegExp(`IGridX\\.${name}\\.${reason}\\b`))).toEqual([]);
  });
});
