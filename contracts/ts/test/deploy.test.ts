import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Abi, type Address, getAddress, type Hex, keccak256, toHex } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deploymentSchema, gridxAbi } from "../src/index.ts";
import { type Anvil, artifactOf, type LocalClient, localClient, readDeployment, startAnvil } from "../src/node.ts";
import { testAccount } from "./support/world.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const DEPLOYER_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const AMOY = 80002;
const ZERO = "0x0000000000000000000000000000000000000000";
const TIMEOUT = 180_000;

const deployer = testAccount(0);
const admin = testAccount(1);
const treasury = testAccount(2);
const registrar = testAccount(3);
const pauser = testAccount(4);
const marketOperator = testAccount(5);

let folder: string;
let anvil: Anvil;
let client: LocalClient;
let token: Address;

/** Runs one of the repository's scripts against the test's chain; keeps what it writes in the test's folder. */
function run(script: string, args: string[], env: NodeJS.ProcessEnv = {}) {
  const { DEPLOYER_PRIVATE_KEY: _, ...inherited } = process.env;
  const child = spawn(process.execPath, ["--import", "tsx", `scripts/${script}.ts`, ...args], {
    cwd: ROOT,
    env: { ...inherited, FOUNDRY_BROADCAST: join(folder, "broadcast"), GRIDX_RPC_URL: anvil.rpcUrl, ...env },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return new Promise<{ status: number | null; output: string }>((resolve) =>
    child.on("close", (status) => resolve({ status, output })),
  );
}

const deploy = (parameters: string, args: string[] = [], env: NodeJS.ProcessEnv = {}) =>
  run("deploy", ["--network", "amoy", "--parameters", parameters, "--out", join(folder, "80002.json"), ...args], {
    DEPLOYER_PRIVATE_KEY: DEPLOYER_KEY,
    ...env,
  });

type Json = { [key: string]: string | number | boolean | Json };
/** Amoy's own parameter file with the test's token and people, and further changes. */
function parameters(name: string, change: (file: Json) => void = () => {}): string {
  const file = JSON.parse(readFileSync(join(ROOT, "contracts/script/config/amoy.json"), "utf8"));
  file.token = { address: token, symbol: "dINR", decimals: 6 };
  file.admin = admin.address;
  file.market.treasury = treasury.address;
  file.roles.registrar = registrar.address;
  file.roles.pauser = pauser.address;
  file.roles.marketOperator = marketOperator.address;
  file.roles.gridOperator = "nobody";
  change(file);
  const path = join(folder, `${name}.json`);
  writeFileSync(path, JSON.stringify(file));
  return path;
}

async function created(artifact: { abi: Abi; bytecode: Hex }): Promise<Address> {
  const hash = await client.deployContract({ ...artifact, account: deployer, chain: client.chain });
  const { contractAddress } = await client.waitForTransactionReceipt({ hash });
  if (!contractAddress) throw new Error("no contract");
  return getAddress(contractAddress);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "gridx-deploy-"));
  anvil = await startAnvil({ chainId: AMOY, flags: ["--silent"] });
  client = localClient(anvil.rpcUrl, AMOY);
  token = await created(artifactOf("DemoRupee"));
}, TIMEOUT);
afterAll(async () => {
  await anvil.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("deploy refuses, and says why,", { timeout: TIMEOUT }, () => {
  it.each([
    ["mumbai", "Mumbai (80001) was shut down in April 2024; use amoy (80002)"],
    ["goerli", "goerli is not one of local (31337), amoy (80002), polygon (137)"],
  ])("the network %s", async (network, message) => {
    const { status, output } = await run("deploy", ["--network", network]);
    expect(output).toContain(message);
    expect(status).toBe(1);
  });

  it("an endpoint of another chain", async () => {
    const { status, output } = await deploy(parameters("elsewhere", (file) => (file.chainId = 137)));
    expect(output).toContain("script failed: the parameter file is for chain 137, the RPC endpoint is of chain 80002");
    expect(status).toBe(1);
  });

  it("an admin who was not filled in", async () => {
    const { status, output } = await deploy(parameters("nobody", (file) => (file.admin = ZERO)));
    expect(output).toContain(`script failed: admin is still the placeholder ${ZERO}; fill it in`);
    expect(status).toBe(1);
  });

  it("to go on without a key", async () => {
    const { status, output } = await deploy(parameters("no-key"), [], { DEPLOYER_PRIVATE_KEY: undefined });
    expect(output).toContain("no key: pass --account NAME");
    expect(status).toBe(1);
    expect(readdirSync(folder)).not.toContain("80002.json");
  });
});

describe("deploy", { timeout: TIMEOUT }, () => {
  let output: string;

  beforeAll(async () => {
    const done = await deploy(parameters("good"));
    output = done.output;
    expect(done.status, output).toBe(0);
  }, TIMEOUT);

  it("writes what every part of the system reads", async () => {
    const path = join(folder, "80002.json");
    const deployment = deploymentSchema.parse(JSON.parse(readFileSync(path, "utf8")));
    expect(readDeployment(path)).toEqual(deployment);
    expect(deployment).toMatchObject({
      chainId: AMOY,
      token,
      tokenSymbol: "dINR",
      tokenDecimals: 6,
      slotDuration: 900,
      ringLength: 96,
    });
    const { address, startBlock } = deployment;
    expect(await client.getCode({ address, blockNumber: BigInt(startBlock - 1) })).toBeUndefined();
    expect(await client.getCode({ address, blockNumber: BigInt(startBlock) })).toMatch(/^0x/);
  });

  it("made the contract that the file describes, gave roles to those named, and keeps none", async () => {
    const { address } = readDeployment(join(folder, "80002.json"));
    const gridx = { abi: gridxAbi, address } as const;
    const file = JSON.parse(readFileSync(join(folder, "good.json"), "utf8"));
    expect(await client.readContract({ ...gridx, functionName: "marketParameters" })).toEqual({
      ...file.market,
      minPrice: 1000n,
      maxPrice: 1_000_000n,
    });
    expect(await client.readContract({ ...gridx, functionName: "emissionFactor" })).toBe(711_700);
    expect(await client.readContract({ ...gridx, functionName: "defaultAdminDelay" })).toBe(172_800);
    const holders = {
      REGISTRAR_ROLE: registrar,
      PAUSER_ROLE: pauser,
      MARKET_OPERATOR_ROLE: marketOperator,
      GRID_OPERATOR_ROLE: undefined,
    };
    for (const [role, holder] of Object.entries(holders)) {
      const has = (who: Address) =>
        client.readContract({ ...gridx, functionName: "hasRole", args: [keccak256(toHex(role)), who] });
      if (holder) expect(await has(holder.address)).toBe(true);
      expect(await has(deployer.address)).toBe(false);
    }
  });

  it("writes the same again, sending nothing, where asked to record", async () => {
    const again = join(folder, "again.json");
    const nonce = await client.getTransactionCount({ address: deployer.address });
    const { status, output: text } = await deploy(join(folder, "good.json"), ["--record", "--out", again]);
    expect(status, text).toBe(0);
    expect(readFileSync(again, "utf8")).toBe(readFileSync(join(folder, "80002.json"), "utf8"));
    expect(await client.getTransactionCount({ address: deployer.address })).toBe(nonce);
  });

  it("says what remains to be done and when; then the admin takes over", async () => {
    const { address } = readDeployment(join(folder, "80002.json"));
    const gridx = { abi: gridxAbi, address } as const;
    expect(await client.readContract({ ...gridx, functionName: "defaultAdmin" })).toBe(deployer.address);
    const [next, schedule] = await client.readContract({ ...gridx, functionName: "pendingDefaultAdmin" });
    const { timestamp } = await client.getBlock();
    expect(next).toBe(admin.address);
    expect(schedule - Number(timestamp)).toBeGreaterThan(172_000);
    expect(output).toContain("Not checked: whether the token takes a fee on transfer");
    expect(output).toContain("Nobody gets GRID_OPERATOR_ROLE.");
    expect(output).toContain(`(${schedule}), ${next} takes over`);
    expect(output).toContain("acceptDefaultAdminTransfer()");
    expect(output).toContain(`forge -- verify-contract ${address} contracts/src/GridX.sol:GridX --chain 80002`);
    expect(output).not.toContain(DEPLOYER_KEY.slice(2));
    await client.increaseTime({ seconds: 172_802 });
    await client.mine({ blocks: 1 });
    const accept = {
      ...gridx,
      functionName: "acceptDefaultAdminTransfer",
      account: admin,
      chain: client.chain,
    } as const;
    const hash = await client.writeContract({ ...accept, account: admin });
    expect((await client.waitForTransactionReceipt({ hash })).status).toBe("success");
    expect(await client.readContract({ ...gridx, functionName: "defaultAdmin" })).toBe(next);
  });

  it("refuses to replace a live network's file", async () => {
    const { status, output: text } = await deploy(parameters("again"));
    expect(text).toContain("amoy has a deployment; --force replaces the file, not the contract");
    expect(status).toBe(1);
  });

  it("is seen through by verify:source: equal code passes, one changed byte does not", async () => {
    const path = join(folder, "80002.json");
    const { address } = readDeployment(path);
    const code = (await client.getCode({ address })) ?? "0x";
    const fake = "0x00000000000000000000000000000000000f4ce5";
    const last = code.endsWith("00") ? "01" : "00";
    await client.setCode({ address: fake, bytecode: `${code.slice(0, -2)}${last}` as Hex });
    const fakePath = join(folder, "fake.json");
    writeFileSync(fakePath, JSON.stringify({ ...readDeployment(path), address: fake }));
    const good = await run("verify-source", ["--deployment", path]);
    expect(good.output).not.toContain("DIFFERENT");
    expect(good.output.match(/^equal /gm)).toHaveLength(4);
    expect(good.status).toBe(0);
    const bad = await run("verify-source", ["--deployment", fakePath]);
    expect(bad.output).toMatch(/^DIFFERENT code of 0x0+f4Ce5/im);
    expect(bad.status).toBe(1);
  });
});
