import { endStreams } from "./events/routes.ts";

/**
 * Vite, through which Ponder loads this code, ends the process on SIGTERM before Ponder has closed the database and
 * given back its lock; the next start would wait 25 s for that lock. SIGINT is Ponder's alone, so it takes both.
 */
export function endInOrder() {
  // An open stream would hold up the end of the server.
  process.once("SIGINT", endStreams);
  process.removeAllListeners("SIGTERM");
  process.on("SIGTERM", () => process.emit("SIGINT"));
}
