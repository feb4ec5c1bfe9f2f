import { gridxAbi } from "@gridx/contracts";
import { createConfig } from "ponder";
import { parseEnv } from "./env.ts";

const { deployment, rpcUrls, rpcWsUrl, database } = parseEnv(process.env);

/**
 * Ponder asks a new RPC at most 20 times a second and finds out slowly that it may ask more. A chain on this machine has
 * no such limit; named so often it is asked so much more.
 */
const LOCAL_SHARES = 16;
const isLocal = (url: string) => ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname);
const rpc = rpcUrls.flatMap((url) => Array.from({ length: isLocal(url) ? LOCAL_SHARES : 1 }, () => url));

/** Of each process, replicas too. */
const MOST_CONNECTIONS = 20;

export default createConfig({
  database: database.kind === "postgres" ? { ...database, poolConfig: { max: MOST_CONNECTIONS } } : database,
  chains: {
    gridx: { id: deployment.chainId, rpc, ws: rpcWsUrl, pollingInterval: 250 },
  },
  contracts: {
    GridX: { abi: gridxAbi, chain: "gridx", address: deployment.address, startBlock: deployment.startBlock },
  },
});
