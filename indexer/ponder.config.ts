import { gridxAbi } from "@gridx/contracts";
import { createConfig } from "ponder";
import { parseEnv } from "./env.ts";

const { deployment, rpcUrl, rpcWsUrl, database } = parseEnv(process.env);

export default createConfig({
  database,
  chains: {
    gridx: { id: deployment.chainId, rpc: rpcUrl, ws: rpcWsUrl, pollingInterval: 250 },
  },
  contracts: {
    GridX: { abi: gridxAbi, chain: "gridx", address: deployment.address, startBlock: deployment.startBlock },
  },
});
