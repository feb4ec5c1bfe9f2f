// A smart-contract wallet (ERC-1271) that says what its keeper signed; also for tests of other packages.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Abi, type Address, encodeDeployData, type Hex } from "viem";
import { z } from "zod";

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

/** What a transaction without a receiver carries to make one. */
export function smartWalletCode(keeper: Address): Hex {
  const content = readFileSync(new URL("./SmartWallet.sol", import.meta.url), "utf8");
  const input = {
    language: "Solidity",
    sources: { "SmartWallet.sol": { content } },
    settings: { outputSelection: { "*": { "*": ["abi", "evm.bytecode.object"] } } },
  };
  const { contracts } = outputSchema.parse(JSON.parse(solc.compile(JSON.stringify(input))));
  const { abi, evm } = contracts["SmartWallet.sol"].SmartWallet;
  return encodeDeployData({ abi: abi as Abi, bytecode: `0x${evm.bytecode.object}`, args: [keeper] });
}
