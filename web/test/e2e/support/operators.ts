// What the people who run the community do on the chain, with wallets of their own.
import {
  type ContractFunctionArgs,
  type ContractFunctionName,
  encodeAbiParameters,
  type Hex,
  keccak256,
  numberToHex,
  toBytes,
} from "viem";
import { freshSigner, type Signer } from "./wallet.ts";
import { abi, type World } from "./world.ts";

export type Role = "REGISTRAR_ROLE" | "PAUSER_ROLE" | "MARKET_OPERATOR_ROLE" | "GRID_OPERATOR_ROLE";

const idOf = (role: Role): Hex => keccak256(toBytes(role));
const cellOf = (key: Hex, type: "address" | "bytes32", place: bigint | Hex): Hex =>
  keccak256(encodeAbiParameters([{ type }, { type: "bytes32" }], [key, numberToHex(BigInt(place), { size: 32 })]));
const MOST_PLACES = 16n;

/**
 * Gives a wallet a role by writing the contract's storage. The admin's own key is at work in the operator's process,
 * which counts its nonces: a transaction of ours with that key would get in its way.
 */
export async function giveRole({ client, contract }: World, account: Hex, role: Role): Promise<void> {
  const has = () =>
    client.readContract({ address: contract, abi, functionName: "hasRole", args: [idOf(role), account] });
  const set = (cell: Hex, value: bigint) =>
    client.request({
      method: "anvil_setStorageAt" as never,
      params: [contract, cell, numberToHex(value, { size: 32 })] as never,
    });
  for (let place = 0n; place < MOST_PLACES; place += 1n) {
    // mapping(bytes32 role => { mapping(address => bool) hasRole; … }) at some place of the contract.
    const cell = cellOf(account, "address", cellOf(idOf(role), "bytes32", place));
    await set(cell, 1n);
    if (await has()) return;
    await set(cell, 0n);
  }
  throw new Error(`the contract's storage holds no ${role} where it was looked for`);
}

type WriteName = ContractFunctionName<typeof abi, "nonpayable">;

/** A way to send with a wallet that waits until it is mined, to the contract unless told otherwise. */
export function senderOf({ client, contract }: World, signer: Signer) {
  return async <name extends WriteName>(
    functionName: name,
    args: ContractFunctionArgs<typeof abi, "nonpayable", name>,
    address: Hex = contract,
  ) => {
    const call = { address, abi, functionName, args, account: signer.account };
    await client.simulateContract(call as never);
    const hash = await signer.writeContract(call as never);
    const { status } = await client.waitForTransactionReceipt({ hash });
    if (status !== "success") throw new Error(`${functionName} reverted`);
    return hash;
  };
}

/** A fresh wallet with a role, and a way to send with it. */
export async function operatorOf(world: World, role: Role) {
  const signer = await freshSigner(world);
  await giveRole(world, signer.account.address, role);
  return senderOf(world, signer);
}
