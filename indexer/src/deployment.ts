import { parseEnv } from "../env.ts";

/** The contract that this process indexes, and the chain's RPC. */
export const { deployment, rpcUrls } = parseEnv(process.env);
