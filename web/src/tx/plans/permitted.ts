import { type Abi, type Address, encodeFunctionData, type Hex } from "viem";
import { gridxCallAbi } from "../../chain/abi.ts";
import type { Call } from "../flow.ts";
import type { PermitSignature } from "./permit.ts";

/** Deposits by a permit what a call needs, and makes the call, in one transaction. */
export function permittedCall(address: Address, amount: bigint, call: Call): (signature: PermitSignature) => Call {
  return ({ deadline, v, r, s }) => {
    const deposit = encodeFunctionData({
      abi: gridxCallAbi,
      functionName: "depositWithPermit",
      args: [amount, deadline, v, r, s],
    });
    const { functionName, args } = call;
    const then: Hex = encodeFunctionData({ abi: call.abi as Abi, functionName, args });
    return { address, abi: gridxCallAbi, functionName: "multicall", args: [[deposit, then]] };
  };
}
