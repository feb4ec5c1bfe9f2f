import { compileContracts } from "@gridx/contracts/node";

/** Once before all tests, so that no two of them compile at the same time. */
export default function setup(): void {
  compileContracts();
}
