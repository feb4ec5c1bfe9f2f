// What a deployment came to, read from the receipts and from the chain itself.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { chainOf, type Deployment, demoRupeeAbi, deploymentSchema, gridxAbi } from "@gridx/contracts";
import { createPublicClient, getAddress, type Hex, http, isAddressEqual, keccak256, toHex, zeroAddress } from "viem";
import { z } from "zod";
import { ROOT } from "../checks.ts";
import type { DeployOptions } from "./options.ts";

const hex = z.custom<Hex>((text) => typeof text === "string" && /^0x[0-9a-fA-F]*$/.test(text));
const broadcastSchema = z.object({
  transactions: z.array(
    z.looseObject({
      hash: hex,
      transactionType: z.string(),
      contractName: z.string().nullish(),
      contractAddress: hex.nullish(),
      transaction: z.looseObject({ from: hex, input: hex }),
    }),
  ),
  receipts: z.array(z.looseObject({ transactionHash: hex, blockNumber: hex, status: hex })),
});

const parametersSchema = z.looseObject({
  explorer: z.string(),
  admin: z.string(),
  roles: z.record(z.string(), z.string()),
});

export interface Outcome {
  deployment: Deployment;
  transaction: Hex;
  deployer: Hex;
  /** The transaction's input after the creation code. */
  constructorArguments: Hex;
  /** What remains to be done, in words. */
  remaining: string[];
}

/** The creation of GridX in forge's record of the last run on the chain. */
function creation(chainId: number, creationCode: Hex) {
  const folder = resolve(ROOT, process.env.FOUNDRY_BROADCAST ?? "contracts/broadcast");
  const path = join(folder, "Deploy.s.sol", String(chainId), "run-latest.json");
  const { transactions, receipts } = broadcastSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  const created = transactions.find(
    ({ transactionType, transaction }) => transactionType === "CREATE" && transaction.input.startsWith(creationCode),
  );
  const receipt = receipts.find(({ transactionHash }) => transactionHash === created?.hash);
  if (!created?.contractAddress || !receipt) throw new Error(`${path} has no creation of GridX with a receipt`);
  const failed = receipts.filter(({ status }) => BigInt(status) !== 1n).map(({ transactionHash }) => transactionHash);
  if (failed.length > 0) throw new Error(`reverted on the chain: ${failed.join(", ")}`);
  return {
    address: getAddress(created.contractAddress),
    transaction: created.hash,
    deployer: getAddress(created.transaction.from),
    startBlock: Number(BigInt(receipt.blockNumber)),
    lastBlock: receipts.reduce(
      (last, { blockNumber }) => (BigInt(blockNumber) > last ? BigInt(blockNumber) : last),
      0n,
    ),
    constructorArguments: `0x${created.transaction.input.slice(creationCode.length)}` as Hex,
  };
}

const at = (seconds: number) => `${new Date(seconds * 1000).toISOString().replace(".000Z", "Z")} (${seconds})`;

/** Reads back what was deployed; throws where the chain is not as the parameter file says. */
export async function outcomeOf(options: DeployOptions, creationCode: Hex): Promise<Outcome> {
  const { address, startBlock, lastBlock, ...created } = creation(options.chainId, creationCode);
  const parameters = parametersSchema.parse(JSON.parse(readFileSync(options.parameters, "utf8")));
  const client = createPublicClient({ chain: chainOf(options.chainId), transport: http(options.rpcUrl) });
  // The node that answers may be behind the one that took the transactions.
  for (let wait = 0; (await client.getBlockNumber({ cacheTime: 0 })) < lastBlock; wait += 1) {
    if (wait === 60) throw new Error(`the endpoint has not reached block ${lastBlock}; go on with --record`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  const gridx = { abi: gridxAbi, address } as const;
  const token = await client.readContract({ ...gridx, functionName: "token" });
  const erc20 = { abi: demoRupeeAbi, address: token } as const;
  const deployment = deploymentSchema.parse({
    chainId: options.chainId,
    address,
    startBlock,
    token,
    tokenSymbol: await client.readContract({ ...erc20, functionName: "symbol" }),
    tokenDecimals: await client.readContract({ ...erc20, functionName: "decimals" }),
    slotDuration: await client.readContract({ ...gridx, functionName: "slotDuration" }),
    ringLength: await client.readContract({ ...gridx, functionName: "ringLength" }),
  });

  const named = (text: string) => (text === "deployer" ? created.deployer : getAddress(text));
  for (const [role, holder] of Object.entries(parameters.roles)) {
    if (holder === "nobody") continue;
    const name = `${role.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}_ROLE`;
    const args = [keccak256(toHex(name)), named(holder)] as const;
    if (!(await client.readContract({ ...gridx, functionName: "hasRole", args }))) {
      throw new Error(`${address} is deployed, but ${holder} lacks ${name}; grant it or start anew`);
    }
  }

  const remaining: string[] = [];
  const [next, schedule] = await client.readContract({ ...gridx, functionName: "pendingDefaultAdmin" });
  const admin = named(parameters.admin);
  if (!isAddressEqual(admin, created.deployer)) {
    if (!isAddressEqual(next, admin)) {
      throw new Error(`${address} is deployed, but its next admin is ${next === zeroAddress ? "nobody" : next}`);
    }
    remaining.push(
      `After ${at(schedule)}, ${admin} takes over:`,
      `  npm run cast -- send ${address} "acceptDefaultAdminTransfer()" --rpc-url URL --account NAME`,
      `Until then the deployer ${created.deployer} is admin: keep its key safe.`,
    );
  }
  if (options.live) {
    remaining.push(
      "Publish the source, with an API key of etherscan.io in ETHERSCAN_API_KEY:",
      `  npm run forge -- verify-contract ${address} contracts/src/GridX.sol:GridX --chain ${options.chainId} --watch \\`,
      `    --constructor-args ${created.constructorArguments}`,
      "and see that it is what runs there:",
      `  npm run verify:source -- --deployment ${options.out} --rpc-url URL`,
      `${parameters.explorer}/address/${address}`,
    );
  }
  return { deployment, ...created, remaining };
}
