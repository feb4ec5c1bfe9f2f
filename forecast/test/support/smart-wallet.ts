import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Abi, Address, Hex } from "viem";
import { z } from "zod";
import type { TestChain } from "./world.ts";

const solc = createRequire(new URL("../../../package.json", import.meta.url))("solc") as {
  compile(input: string): string;
};

const outputSchema = z.object({
  contracts: z.object({
    "SmartWallet.sol": z.object({
      SmartWallet: z.object({
        abi: z.array(z.unknown()),
        evm: z.object({ bytecode: z.object({ object: z.string() }) }),
      }),
    }),
  }),
});

/** Puts a smart-contract wallet (ERC-1271) on the chain that says what its keeper signed. */
export async function deploySmartWallet({ client }: TestChain, keeper: Address, from: Address): Promise<Address> {
  const content = readFileSync(new URL("./SmartWallet.sol", import.meta.url), "utf8");
  const input = {
    language: "Solidity",
    sources: { "SmartWallet.sol": { content } },
    settings: { outputSelection: { "*": { "*": ["abi", "evm.bytecode.object"] } } },
  };
  const { contracts } = outputSchema.parse(JSON.parse(solc.compile(JSON.stringify(input))));
  const { abi, evm } = contracts["SmartWallet.sol"].SmartWallet;
  const hash = await client.deployContract({
    abi: abi as Abi,
    bytecode: `0x${evm.bytecode.object}` as Hex,
    args: [keeper],
    account: from,
    chain: client.chain,
  });
  const { contractAddress } = await client.waitForTransactionReceipt({ hash });
  if (!contractAddress) throw new Error("the wallet was not deployed");
  return contractAddress;
}
