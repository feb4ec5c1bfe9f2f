import { subscribe } from "node:diagnostics_channel";
import { Server } from "node:http";
import { z } from "zod";

/** In which a request's headers are there, and all of it; Node looks every 30 s. Answers may take as long as they want. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;

const connected = z.object({ socket: z.object({ server: z.instanceof(Server) }) });

/** Ponder makes the server and gives nobody a hand on it: its first connection does. */
export function limitSlowCallers() {
  subscribe("net.server.socket", (message) => {
    const { data } = connected.safeParse(message);
    if (!data) return;
    data.socket.server.headersTimeout = HEADERS_MS;
    data.socket.server.requestTimeout = REQUEST_MS;
  });
}
