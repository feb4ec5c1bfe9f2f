import { compileContracts } from "../../src/node.ts";

/** Once before all tests, so that no two of them compile at the same time. */
export default function setup(): void {
  compileContracts();
}
