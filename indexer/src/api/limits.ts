import { parseEnv } from "../../env.ts";

/** What whoever runs the indexer grants to callers. */
export const { maxEventStreams, maxEventStreamsPerCaller, rateLimit } = parseEnv(process.env);
