// The contract's own words at one block.
import { gridxAbi } from "@gridx/contracts";
import type { Books } from "@gridx/contracts/books";
import { type Abi, type Address, decodeFunctionResult, encodeFunctionData, type Hex, parseAbi } from "viem";
import { z } from "zod/mini";
import { hex, hexText, type Rpc } from "./rpc.ts";

interface Question {
  functionName: string;
  args?: readonly unknown[];
}

const abi: Abi = gridxAbi;
const tokenAbi: Abi = parseAbi(["function balanceOf(address) view returns (uint256)"]);
const IN_ONE_CALL = 200;
const bigint = z.bigint();

async function view(rpc: Rpc, to: Address, of: Abi, question: Question, block: number): Promise<unknown> {
  const data = encodeFunctionData({ abi: of, ...question });
  const answer = hexText.parse(await rpc.call("eth_call", { to, data }, hex(block)));
  return decodeFunctionResult({ abi: of, functionName: question.functionName, data: answer });
}

export async function headAt(rpc: Rpc, contract: Address, block: number): Promise<Hex> {
  return hexText.parse(await view(rpc, contract, abi, { functionName: "head" }, block));
}

/** Hundreds of views in each `eth_call`, through the contract's own `multicall`. */
async function viewMany(rpc: Rpc, to: Address, questions: readonly Question[], block: number): Promise<unknown[]> {
  const calls = [];
  for (let from = 0; from < questions.length; from += IN_ONE_CALL) {
    const part = questions.slice(from, from + IN_ONE_CALL);
    const args = [part.map((question) => encodeFunctionData({ abi, ...question }))];
    const data = encodeFunctionData({ abi, functionName: "multicall", args });
    calls.push({ method: "eth_call", params: [{ to, data }, hex(block)] });
  }
  const results = (await rpc.all(calls)).flatMap((answer) =>
    z.array(hexText).parse(decodeFunctionResult({ abi, functionName: "multicall", data: hexText.parse(answer) })),
  );
  return questions.map(({ functionName }, index) =>
    decodeFunctionResult({ abi, functionName, data: results[index] ?? "0x" }),
  );
}

export interface StateDifference {
  /** An address, or a view of the contract. */
  of: string;
  field: string;
  fromEvents: string;
  onChain: string;
}

export interface StateCheck {
  accounts: number;
  difference: StateDifference | null;
  /** Token base units that the contract holds beyond all accounts and fees; negative is a hole. */
  surplus: bigint;
}

const accountSchema = z.object({ balance: bigint, carbonGrams: bigint, carbonEarnedGrams: bigint });

/** All accounts' money and carbon, the fees, and the token balance behind them. */
export async function checkState(rpc: Rpc, books: Books, block: number): Promise<StateCheck> {
  const { address, token } = books.deployment;
  const accounts = [...books.accounts];
  const questions = accounts.map(([owner]) => ({ functionName: "accountOf", args: [owner] }));
  const answers = await viewMany(rpc, address, [{ functionName: "accruedFees" }, ...questions], block);
  const [fees, ...found] = answers;
  let difference: StateDifference | null = null;
  const compare = (of: string, field: string, fromEvents: bigint, onChain: bigint) => {
    if (fromEvents === onChain) return;
    difference ??= { of, field, fromEvents: `${fromEvents}`, onChain: `${onChain}` };
  };
  compare("contract", "accruedFees", books.fees, bigint.parse(fees));
  let owed = books.fees;
  for (const [index, [owner, account]] of accounts.entries()) {
    const onChain = accountSchema.parse(found[index]);
    for (const field of ["balance", "carbonGrams", "carbonEarnedGrams"] as const) {
      compare(owner, field, account[field], onChain[field]);
    }
    owed += account.balance;
  }
  const balanceOf = { functionName: "balanceOf", args: [address] };
  const held = bigint.parse(await view(rpc, token, tokenAbi, balanceOf, block));
  return { accounts: accounts.length, difference, surplus: held - owed };
}
