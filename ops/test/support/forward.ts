// Stands in for the address of the database that moves with it: a virtual IP, a DNS name, a pooler.

import type { AddressInfo } from "node:net";
import { connect, createServer, type Socket } from "node:net";

export interface Forward {
  port: number;
  /** Ends what is open, and leads there from now on. */
  leadTo(port: number): void;
  close(): Promise<void>;
}

export async function forward(first: number): Promise<Forward> {
  let target = first;
  const open = new Set<Socket>();
  const server = createServer((from) => {
    const to = connect(target, "127.0.0.1");
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      open.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        open.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    leadTo: (port) => {
      target = port;
      cut();
    },
    close: () => {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
