import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Deployment, SiteConfig } from "@gridx/contracts";
import { compileContracts, deployLocal, localClient, startAnvil } from "@gridx/contracts/node";
import { planSimulation, type SimulationPlan } from "@gridx/operator";
import { indexerCommand } from "../../indexer/launch.ts";
import { demoAccount } from "../../web/src/wallet/demo/accounts.ts";
import { demoKey, fundDemoWallets, HOME_WALLET } from "./demo-wallets.ts";
import { OperatorView } from "./operator-view.ts";
import type { StartOptions } from "./options.ts";
import type { Ports } from "./ports.ts";
import { Processes, untilOk } from "./processes.ts";
import { summaryOf } from "./summary.ts";
import { buildLocalPage } from "./web-build.ts";

/** Blocks of a fast clock are most of a slot apart; readings and clearing of a slot take two or three of them. */
const SHELF_DELAY_SLOTS = 4;

/** The operator's place under anvil's own mnemonic: its wallets hold play money on a chain that only this machine sees. */
const OPERATOR_INDEX = 0;

export interface Outcome {
  ok: boolean;
}

export interface Running {
  /** Ends when a limited run (`--slots`) is over. */
  finished: Promise<Outcome>;
  /** Rejects when something that should run has ended, or did not start. */
  crashed: Promise<never>;
  stop(): Promise<void>;
}

interface Context {
  root: string;
  runId: string;
  directory: string;
  ports: Ports;
  options: StartOptions;
  say: (text: string) => void;
}

/** Starts everything in order; see `Running` for what comes of it. */
export function runSystem(context: Context): Running {
  const processes = new Processes(join(context.directory, "logs"));
  const crashed = new Promise<never>((_, reject) => {
    processes.onCrash = (name, message) => reject(new Error(`${name} ${message}\nIts log: ${processes.logOf(name)}`));
  });
  crashed.catch(() => {});
  return { finished: start(context, processes), crashed, stop: () => processes.stop() };
}

async function start(context: Context, processes: Processes): Promise<Outcome> {
  const { options, say, directory, ports } = context;
  const started = Date.now();
  const step = (text: string) => say(`[${((Date.now() - started) / 1000).toFixed(1).padStart(5)} s] ${text}`);

  step("compiling the contracts");
  compileContracts();
  const plan = planSimulation({
    dataDir: options.data,
    days: options.days,
    seed: options.seed,
    now: options.now ?? Math.floor(Date.now() / 1000),
  });

  step(`starting a chain on port ${ports.chain}`);
  const anvil = await startAnvil({ port: ports.chain, timestamp: plan.genesisTimestamp, flags: ["--silent"] });
  processes.onStop(anvil.stop);
  processes.watch("chain", anvil.process);
  const deployment = await deploy(context, anvil.rpcUrl, plan.slotDuration);
  const deploymentPath = join(directory, "deployment.json");
  writeFileSync(deploymentPath, `${JSON.stringify(deployment, null, 2)}\n`);

  const site = siteConfig(deployment, ports, options.speed, plan);
  writeFileSync(join(directory, "gridx.json"), `${JSON.stringify(site, null, 2)}\n`);

  step(`${plan.description}: ${options.days} days of history`);
  const view = new OperatorView(step);
  const operator = operatorCommand(context, plan.now, deploymentPath, site);
  const done = () => view.summarised === true;
  const operatorEnded = processes.serve("operator", operator, { onLine: view.onLine, done });
  const pageBuilt = options.headless ? Promise.resolve() : buildWeb(context, processes, step);
  await view.live;

  step("starting indexer, forecast service and page");
  const indexer = indexerCommand({
    deploymentPath,
    rpcUrl: anvil.rpcUrl,
    wsUrl: anvil.wsUrl,
    port: ports.indexer,
    host: "127.0.0.1",
    dataDirectory: join(directory, "indexer"),
  });
  processes.serve("indexer", indexer);
  processes.serve("forecast", forecastCommand(context, deploymentPath, anvil.rpcUrl, site.indexerUrl, plan.place));
  await Promise.all([
    untilOk(`${site.indexerUrl}/api/ready`, "the indexer", 120_000),
    untilOk(`${site.forecastUrl}/health`, "the forecast service", 60_000),
    pageBuilt.then(() => (options.headless ? undefined : startPage(context, processes, ports))),
  ]);
  const pageUrl = options.headless ? null : `http://127.0.0.1:${ports.web}`;
  if (options.readyFile) {
    const ready = {
      pageUrl,
      rpcUrl: site.rpcUrl,
      indexerUrl: site.indexerUrl,
      forecastUrl: site.forecastUrl,
      deployment,
    };
    writeFileSync(options.readyFile, JSON.stringify(ready));
  }
  say(summaryOf({ site, pageUrl, options, notes: view.notes, seconds: (Date.now() - started) / 1000, directory }));

  const ok = await operatorEnded;
  if (options.slots !== undefined) say(`Whole run: ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return { ok };
}

async function deploy({ runId }: Context, rpcUrl: string, slotDuration: number): Promise<Deployment> {
  const client = localClient(rpcUrl);
  const admin = demoAccount(OPERATOR_INDEX);
  const deployment = await deployLocal(client, admin, { slotDuration, shelfDelaySlots: SHELF_DELAY_SLOTS, runId });
  await fundDemoWallets(client, admin, deployment);
  return deployment;
}

function siteConfig(
  deployment: Deployment,
  ports: Ports,
  clockSpeed: number,
  { description, ownedHouse }: SimulationPlan,
): SiteConfig {
  return {
    deployment,
    rpcUrl: `http://127.0.0.1:${ports.chain}`,
    indexerUrl: `http://127.0.0.1:${ports.indexer}`,
    forecastUrl: `http://127.0.0.1:${ports.forecast}`,
    demo: { clockSpeed, description, ...(ownedHouse !== null && { homeWallet: HOME_WALLET.number }) },
  };
}

function operatorCommand(context: Context, now: number, deploymentPath: string, site: SiteConfig) {
  const { root, options, directory, ports } = context;
  const args = ["--import", "tsx", "operator/src/cli.ts", "simulate"];
  const given: Record<string, string | number | undefined> = {
    deployment: deploymentPath,
    "rpc-url": site.rpcUrl,
    "state-dir": join(directory, "operator"),
    data: options.data,
    days: options.days,
    speed: options.speed,
    "block-time": options.blockTime,
    seed: options.seed,
    slots: options.slots,
    "indexer-url": site.indexerUrl,
    "forecast-url": site.forecastUrl,
    "page-url": `http://127.0.0.1:${ports.web}`,
    now,
  };
  for (const [name, value] of Object.entries(given)) if (value !== undefined) args.push(`--${name}`, String(value));
  const env = {
    ...process.env,
    OPERATOR_PRIVATE_KEY: demoKey(OPERATOR_INDEX),
    HOME_OWNER_PRIVATE_KEY: demoKey(HOME_WALLET.addressIndex),
  };
  return { command: process.execPath, args, cwd: root, env };
}

function forecastCommand(
  { root, directory, ports, options }: Context,
  deploymentPath: string,
  rpcUrl: string,
  indexerUrl: string,
  place: SimulationPlan["place"],
) {
  const page = [`http://127.0.0.1:${ports.web}`, `http://localhost:${ports.web}`].join(",");
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PORT: String(ports.forecast),
    HOST: "127.0.0.1",
    CORS_ORIGINS: page,
    GRIDX_DEPLOYMENT: deploymentPath,
    RPC_URL: rpcUrl,
    INDEXER_URL: indexerUrl,
    // What the simulated households reckon with.
    RETAIL_PRICE: "8.00",
    FEED_IN_TARIFF: "3.00",
    PGLITE_DIRECTORY: join(directory, "forecast"),
    CLOCK_SPEED: String(options.speed),
    COMMUNITY_LATITUDE: String(place.latitude),
    COMMUNITY_LONGITUDE: String(place.longitude),
    COMMUNITY_TIME_ZONE: place.timeZone,
    // The page, the meters and whoever tries things out all come from this machine.
    RATE_LIMIT_PER_MINUTE: "6000",
  };
  // Each run has a chain of its own, and its readings with it.
  delete env.DATABASE_URL;
  return { command: process.execPath, args: ["--import", "tsx", "src/server.ts"], cwd: join(root, "forecast"), env };
}

function viteCommand(root: string, args: string[], env: NodeJS.ProcessEnv) {
  const web = join(root, "web");
  return {
    command: process.execPath,
    args: [join(web, "node_modules/vite/bin/vite.js"), ...args],
    cwd: web,
    env: { ...process.env, ...env },
  };
}

function buildWeb({ root }: Context, processes: Processes, step: (text: string) => void): Promise<void> {
  return buildLocalPage(root, (env) => {
    step("building the page");
    return processes.start("web-build", viteCommand(root, ["build"], env));
  });
}

async function startPage({ root, directory }: Context, processes: Processes, ports: Ports): Promise<void> {
  const args = ["preview", "--host", "127.0.0.1", "--port", String(ports.web), "--strictPort"];
  processes.start(
    "web",
    viteCommand(root, args, { GRIDX_SITE_CONFIG: join(directory, "gridx.json"), VITE_CHAIN_ID: "31337" }),
  );
  await untilOk(`http://127.0.0.1:${ports.web}/gridx.json`, "the page", 30_000);
}
