import { describe, expect, it } from "vitest";
import { treesOf } from "../mutants/compile.ts";
import { type Mutant, mutantsOf, mutated } from "../mutants/mutate.ts";

const SOURCE = `// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Ünïcode, so that bytes are not characters; 1 + 1 < 3 is no code.
contract Tiny {
    event Paid(address to, uint256 amount);
    error Refused();

    uint256 private total;

    modifier guarded() {
        require(msg.sender != address(0), Refused());
        _;
    }

    function pay(address a, address b, uint256 amount) external guarded returns (bool) {
        // amount + 1
        if (amount > 10 && a != b) total += amount;
        split(a, b);
        emit Paid(a, amount);
        return !(amount == 1 days);
    }

    function split(address a, address b) private {}
}
`;

const file = "contracts/src/Tiny.sol";
const mutants = (source: string): Mutant[] => {
  const tree = treesOf({ [file]: { content: source } }, [])[file];
  if (!tree) throw new Error("no tree");
  return mutantsOf(file, source, tree);
};
const changes = (source: string) => mutants(source).map(({ before, after }) => `${before} → ${after}`);

describe("mutantsOf", () => {
  it("makes every small fault, and none in comments", () => {
    expect(changes(SOURCE).toSorted()).toEqual(
      [
        "msg.sender != address(0) → !(msg.sender != address(0))",
        "msg.sender != address(0) → true",
        "msg.sender != address(0) → (msg.sender == address(0))",
        "0 → 1",
        "guarded → ",
        "amount > 10 && a != b → !(amount > 10 && a != b)",
        "amount > 10 && a != b → true",
        "amount > 10 && a != b → false",
        "amount > 10 && a != b → (amount > 10 || a != b)",
        "amount > 10 → (amount >= 10)",
        "amount > 10 → (amount <= 10)",
        "10 → 11",
        "10 → 9",
        "a != b → (a == b)",
        "total += amount → total -= amount",
        "total += amount; → {}",
        "a, b → b, a",
        "split(a, b); → {}",
        "emit Paid(a, amount); → {}",
        "!(amount == 1 days) → (amount == 1 days)",
        "amount == 1 days → (amount != 1 days)",
        "1 → 2",
        "1 → 0",
      ].toSorted(),
    );
  });

  it("makes sources that compile, each different from the first", () => {
    const all = mutants(SOURCE);
    for (const mutant of all) {
      const source = mutated(SOURCE, mutant);
      expect(source).not.toBe(SOURCE);
      expect(() => treesOf({ [file]: { content: source } }, [])).not.toThrow();
    }
  });

  it("names each fault once, and the same wherever the code stands", () => {
    const keys = mutants(SOURCE).map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    const moved = SOURCE.replace("contract Tiny", "// another line\n\ncontract Tiny").replace(
      "amount > 10 &&",
      "amount  >\n10 &&",
    );
    expect(mutants(moved).map(({ key }) => key)).toEqual(keys);
    expect(keys).toContain(`${file} | Tiny.pay | guarded | nothing`);
  });
});
