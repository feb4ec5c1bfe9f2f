import {
  type Account,
  type Address,
  type Chain,
  createTestClient,
  type Hex,
  http,
  type PublicClient,
  publicActions,
  type TestClient,
  type Transport,
  type WalletClient,
  walletActions,
} from "viem";
import { artifactOf } from "./artifacts.ts";
import { chainOf, type Deployment } from "./deployments.ts";
import { gridxAbi } from "./generated/abi.ts";

/** CEA (India), CO2 baseline database V21, FY 2024-25, weighted average including renewables. */
export const CEA_EMISSION_FACTOR = {
  gramsPerMwh: 711_700,
  source: "CEA CO2 baseline database V21, weighted average including renewables",
  vintage: "FY 2024-25",
} as const;

export interface LocalMarket {
  slotDuration: number;
  ringLength?: number;
  feeBps?: number;
  tradingWindow?: number;
  shelfDelaySlots?: number;
  membersOnly?: boolean;
  /** Token base units per kWh. */
  minPrice?: bigint;
  maxPrice?: bigint;
  treasury?: Address;
  runId?: string;
}

/** A client for a local anvil that reads, writes with local accounts, and steers the chain. */
export function localClient(rpcUrl: string, chainId = 31337) {
  return createTestClient({ mode: "anvil", chain: chainOf(chainId), transport: http(rpcUrl), pollingInterval: 50 })
    .extend(publicActions)
    .extend(walletActions);
}
export type LocalClient = ReturnType<typeof localClient>;

type Deployer = Pick<
  TestClient<"anvil", Transport, Chain> & PublicClient & WalletClient,
  "deployContract" | "waitForTransactionReceipt" | "writeContract"
>;

/**
 * Deploys demo rupee and GridX on a local chain and gives the admin the operational roles.
 * Never for a chain where money is meant: the token can be minted by anyone.
 */
export async function deployLocal(client: LocalClient, admin: Account, market: LocalMarket): Promise<Deployment> {
  const chain = client.chain;
  const rupee = artifactOf("DemoRupee");
  const gridx = artifactOf("GridX");
  const token = await deployed(client, await client.deployContract({ ...rupee, account: admin, chain }));
  const ringLength = market.ringLength ?? 96;
  const argument = {
    token: token.address,
    slotDuration: market.slotDuration,
    ringLength,
    admin: admin.address,
    adminDelay: 0,
    market: {
      feeBps: market.feeBps ?? 100,
      tradingWindow: market.tradingWindow ?? ringLength,
      shelfDelaySlots: market.shelfDelaySlots ?? 0,
      membersOnly: market.membersOnly ?? false,
      minPrice: market.minPrice ?? 10_000n,
      maxPrice: market.maxPrice ?? 1_000_000_000n,
      treasury: market.treasury ?? admin.address,
    },
    emissionFactor: CEA_EMISSION_FACTOR,
  };
  const contract = await deployed(
    client,
    await client.deployContract({ ...gridx, args: [argument], account: admin, chain }),
  );
  for (const role of ["REGISTRAR_ROLE", "PAUSER_ROLE", "MARKET_OPERATOR_ROLE", "GRID_OPERATOR_ROLE"] as const) {
    const id = await client.readContract({ abi: gridxAbi, address: contract.address, functionName: role });
    const hash = await client.writeContract({
      abi: gridxAbi,
      address: contract.address,
      functionName: "grantRole",
      args: [id, admin.address],
      account: admin,
      chain,
    });
    await client.waitForTransactionReceipt({ hash });
  }
  return {
    chainId: chain.id,
    address: contract.address,
    startBlock: Number(contract.blockNumber),
    token: token.address,
    tokenSymbol: "dINR",
    tokenDecimals: 6,
    slotDuration: market.slotDuration,
    ringLength,
    runId: market.runId,
  };
}

async function deployed(client: Pick<Deployer, "waitForTransactionReceipt">, hash: Hex) {
  const receipt = await client.waitForTransactionReceipt({ hash });
  if (receipt.status !== "success" || !receipt.contractAddress) throw new Error(`deployment ${hash} reverted`);
  return { address: receipt.contractAddress, blockNumber: receipt.blockNumber };
}
