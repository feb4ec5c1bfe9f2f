// A chain with six houses of six owners, and the service on a database of its own.
import { randomBytes } from "node:crypto";
import { type Deployment, gridxAbi, type MeteredReading, signMeteredBatch } from "@gridx/contracts";
import { type Anvil, deployLocal, localClient, startAnvil } from "@gridx/contracts/node";
import { sql } from "drizzle-orm";
import type { Address, Hex, LocalAccount } from "viem";
import { generatePrivateKey, mnemonicToAccount, privateKeyToAccount } from "viem/accounts";
import { createSiweMessage } from "viem/siwe";
import { createApp } from "../../src/app.ts";
import type { Config } from "../../src/config.ts";
import type { DatabasePlace } from "../../src/database/database.ts";
import { openServices, type Services } from "../../src/services.ts";

export const PAGE = "http://127.0.0.1:3000";
export const SLOT = 900;
const CAPACITY = 5_000;
const admin = mnemonicToAccount("test test test test test test test test test test test junk");

export interface TestHome {
  id: string;
  meter: LocalAccount;
  owner: LocalAccount;
}

export interface TestChain {
  anvil: Anvil;
  deployment: Deployment;
  client: ReturnType<typeof localClient>;
  homes: TestHome[];
  /** Calls the contract as its admin, and waits. */
  call(
    functionName: "registerHouse" | "updateHouse" | "replaceMeter" | "retireHouse" | "setTier",
    args: readonly unknown[],
  ): Promise<void>;
  addHome(tier?: number): Promise<TestHome>;
  /** The newest block's time. */
  now(): Promise<number>;
}

export async function startChain(homes = 6): Promise<TestChain> {
  const anvil = await startAnvil();
  const client = localClient(anvil.rpcUrl);
  const runId = randomBytes(6).toString("hex");
  const deployment = await deployLocal(client, admin, { slotDuration: SLOT, runId });
  const chain: TestChain = {
    anvil,
    deployment,
    client,
    homes: [],
    call: async (functionName, args) => {
      const request = { abi: gridxAbi, address: deployment.address, account: admin, chain: client.chain };
      const hash = await client.writeContract({ ...request, functionName, args } as Parameters<
        typeof client.writeContract
      >[0]);
      const { status } = await client.waitForTransactionReceipt({ hash });
      if (status !== "success") throw new Error(`${functionName} reverted`);
    },
    addHome: async (tier = 1) => {
      const [meter, owner] = [privateKeyToAccount(generatePrivateKey()), privateKeyToAccount(generatePrivateKey())];
      await chain.call("registerHouse", [meter.address, owner.address, CAPACITY]);
      await chain.call("setTier", [owner.address, tier]);
      const home = { id: meter.address.toLowerCase(), meter, owner };
      chain.homes.push(home);
      return home;
    },
    now: async () => Number((await client.getBlock()).timestamp),
  };
  for (let index = 0; index < homes; index += 1) await chain.addHome();
  return chain;
}

export function configOf(chain: Pick<TestChain, "deployment" | "anvil">, more: Partial<Config> = {}): Config {
  return {
    host: "127.0.0.1",
    port: 0,
    logLevel: "silent",
    corsOrigins: [PAGE],
    prices: {
      tiered: { base: 5_000_000n, lowStep: -500_000n, highStep: 500_000n, lowBelowKwh: 2, highAboveKwh: 4 },
      token: { symbol: "INR", decimals: 6 },
      grid: { retailPerKwh: 8_000_000n, feedInPerKwh: 3_000_000n },
    },
    indexerUrl: null,
    batteries: [],
    deployment: chain.deployment,
    rpcUrls: [chain.anvil.rpcUrl],
    database: { kind: "pglite" },
    signInOrigins: [PAGE],
    rateLimit: { perMinute: 0, trustedProxies: 0 },
    clockSpeed: 1,
    place: { latitude: 18.5, longitude: 0, timeZone: "Asia/Kolkata" },
    trainEveryHours: 24,
    weatherUrl: null,
    ...more,
  };
}

export interface TestService {
  services: Services;
  request(path: string, init?: RequestInit & { token?: string; json?: unknown }): Promise<Response>;
  /** Signs in and gives the bearer token. */
  signIn(account: LocalAccount): Promise<string>;
  /** Sends readings of a home, signed by its meter or another's. */
  send(home: TestHome, readings: readonly MeteredReading[], signer?: LocalAccount): Promise<Response>;
  close(): Promise<void>;
}

export async function startService(
  chain: TestChain,
  database: DatabasePlace = { kind: "pglite" },
  more: Partial<Config> = {},
): Promise<TestService> {
  const services = await openServices(configOf(chain, { database, ...more }));
  // Each request sees the chain as it is.
  const app = createApp(services);
  const request: TestService["request"] = async (path, { token, json, ...init } = {}) => {
    const headers = new Headers(init.headers);
    if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
    if (json !== undefined || init.method === "POST") headers.set("content-type", "application/json");
    return app.request(path, { ...init, headers, ...(json !== undefined && { body: JSON.stringify(json) }) });
  };
  return {
    services,
    request,
    signIn: async (account) => {
      const { message } = await messageFor(request, account.address);
      const signature = await account.signMessage({ message });
      const response = await request("/api/session", { method: "POST", json: { message, signature } });
      const { data } = (await response.json()) as { data: { token: string } | null };
      if (!data) throw new Error(`signing in was answered ${response.status}`);
      return data.token;
    },
    send: async (home, readings, signer = home.meter) => {
      const signature = await signAs(signer, home.meter.address, chain.deployment, readings);
      const batches = [{ meter: home.meter.address, readings, signature }];
      return request("/api/readings", { method: "POST", json: { batches } });
    },
    close: () => services.close(),
  };
}

async function signAs(
  signer: LocalAccount,
  meter: Address,
  deployment: Deployment,
  readings: readonly MeteredReading[],
): Promise<Hex> {
  const claimed = { ...signer, address: meter };
  return signMeteredBatch(claimed as LocalAccount, deployment, readings);
}

type SiweFields = Parameters<typeof createSiweMessage>[0];

/** A message as the page makes it, with a fresh nonce. */
export async function messageFor(request: TestService["request"], address: Address, more: Partial<SiweFields> = {}) {
  const answer = await request("/api/session/nonce", { method: "POST" });
  const { data } = (await answer.json()) as { data: { nonce: string; chainId: number } };
  const fields: SiweFields = {
    address,
    chainId: data.chainId,
    domain: new URL(PAGE).host,
    nonce: data.nonce,
    uri: PAGE,
    version: "1",
    issuedAt: new Date(),
    expirationTime: new Date(Date.now() + 3_600_000),
    ...more,
  };
  return { message: createSiweMessage(fields), fields };
}

/** A reading that nobody doubts. */
export const readingAt = (start: number, more: Partial<MeteredReading> = {}): MeteredReading => ({
  start,
  lengthSeconds: SLOT,
  productionWh: 300,
  consumptionWh: 120,
  temperatureCentiCelsius: 2_150,
  version: 1,
  ...more,
});

/** The last start of a slot that is over. */
export const lastSlot = (now: number): number => Math.floor(now / SLOT) * SLOT - SLOT;

export const rowsOf = async (service: TestService, table: string): Promise<Record<string, unknown>[]> => {
  const result = await service.services.database.db.execute(sql.raw(`SELECT * FROM ${table}`));
  return (result as unknown as { rows: Record<string, unknown>[] }).rows;
};
