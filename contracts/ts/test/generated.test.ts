import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { toEventSelector } from "viem";
import { describe, expect, it } from "vitest";
import { factEvents, gridxAbi, libraryEvents, nonFacts, rejectionReasons, skipReasons, tiers } from "../src/index.ts";
import { artifactOf } from "../src/node.ts";

const SOURCE = fileURLToPath(new URL("../src", import.meta.url));
const INTERFACE = fileURLToPath(new URL("../../src/interfaces/IGridX.sol", import.meta.url));

describe("src/generated/abi.ts", () => {
  const check = (target?: string) =>
    spawnSync(
      process.execPath,
      ["--import", "tsx", join(SOURCE, "generate.ts"), "--check", ...(target ? [target] : [])],
      {
        cwd: join(SOURCE, "../.."),
        encoding: "utf8",
      },
    );

  it("is what the contracts compile to", () => {
    const { status, stderr } = check();
    expect(stderr).toBe("");
    expect(status).toBe(0);
  });

  it("would be found out if it were not", () => {
    const folder = mkdtempSync(join(tmpdir(), "gridx-abi-"));
    const stale = join(folder, "abi.ts");
    writeFileSync(stale, readFileSync(join(SOURCE, "generated/abi.ts"), "utf8").replace("uint96", "uint128"));
    const { status, stderr } = check(stale);
    rmSync(folder, { recursive: true });
    expect(status).toBe(1);
    expect(stderr).toContain("is not what the contracts compile to");
  });
});

describe("events", () => {
  const events = gridxAbi.filter((item) => item.type === "event");
  const own = (text: string) => [...text.matchAll(/^ {4}event (\w+)\(/gm)].map(([, name = ""]) => name);

  it("are each a fact, a known non-fact or a library's, and nothing twice", () => {
    const known = [...factEvents.keys(), ...nonFacts, ...libraryEvents];
    expect(known.toSorted()).toEqual(events.map((event) => event.name).toSorted());
    expect(new Set(known).size).toBe(known.length);
  });

  it("of ours are the facts and the non-facts, those of libraries are not ours", () => {
    const ours = own(readFileSync(INTERFACE, "utf8"));
    expect(ours.length).toBeGreaterThan(15);
    expect(nonFacts).toEqual(["ReadingRejected", "FillSkipped", "CarbonEarned"]);
    expect([...factEvents.keys(), ...nonFacts].toSorted()).toEqual(ours.toSorted());
  });

  it("that are facts have their topic, their fields in order, and their id left out", () => {
    for (const event of events) {
      const fact = factEvents.get(event.name);
      if (!fact) continue;
      expect(fact.topic0).toBe(toEventSelector(event));
      const names = event.inputs.map((input) => input.name);
      expect(fact.inputs.map((input) => input.name)).toEqual(names);
      expect(fact.fields.map((field) => field.name)).toEqual(names.filter((name) => name !== fact.idField));
      if (fact.idField) expect(names[0]).toBe(fact.idField);
      // Only these can be read out of topics and data without loss.
      for (const input of event.inputs) {
        if (input.indexed) expect(input.type).not.toMatch(/string|bytes$|tuple|\[/);
        expect(input.type).toMatch(/^(address|bool|bytes32|string|tuple|uint\d+)$/);
      }
    }
  });
});

describe("enums", () => {
  const members = (name: string) => {
    const body = new RegExp(`enum ${name} \\{([^}]*)\\}`).exec(readFileSync(INTERFACE, "utf8"))?.[1] ?? "";
    return body
      .replaceAll(/\/\/.*$/gm, "")
      .split(",")
      .map((member) => member.trim());
  };

  it("are the contract's, in its order", () => {
    expect(members("RejectionReason")).toEqual(rejectionReasons);
    expect(members("SkipReason")).toEqual(skipReasons);
    expect(members("Tier").map((tier) => tier.toLowerCase())).toEqual(tiers);
  });
});

describe("artifactOf", () => {
  it("has code that fits on a chain", () => {
    const { bytecode } = artifactOf("GridX");
    expect(bytecode.length / 2 - 1).toBeLessThan(49_152);
  });
});
