import { pino } from "pino";

/** Lines of JSON beside Ponder's own, at its level. No process id or host name: a log should be of use to its reader. */
export const logger = pino({ level: process.env.PONDER_LOG_LEVEL ?? "info", base: { service: "indexer" } });
