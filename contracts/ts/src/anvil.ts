import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { foundryBinary } from "../../../scripts/foundry.mjs";

export interface AnvilOptions {
  /** 0 or absent picks a free one. */
  port?: number;
  /** Seconds between blocks; absent mines a block for each transaction. */
  blockTime?: number;
  /** Unix seconds of the genesis block. */
  timestamp?: number;
  chainId?: number;
  accounts?: number;
  /** More flags of anvil. */
  flags?: string[];
  onOutput?: (text: string) => void;
}

export interface Anvil {
  rpcUrl: string;
  wsUrl: string;
  port: number;
  process: ChildProcess;
  stop(): Promise<void>;
}

/** A free port on loopback: the one asked for, or any. Rejects where that one is in use. */
export function freePort(wanted = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(wanted, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}

/** Starts a local chain on loopback and waits until it answers. */
export async function startAnvil(options: AnvilOptions = {}): Promise<Anvil> {
  // Another chain on the port would answer in this one's place.
  const port = await freePort(options.port).catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`anvil did not start on port ${options.port}: ${cause.code ?? cause.message}`, { cause });
  });
  const flags = ["--host", "127.0.0.1", "--port", String(port), "--chain-id", String(options.chainId ?? 31337)];
  // First come, first mined: a reading sent before a purchase is mined before it.
  flags.push("--order", "fifo", "--accounts", String(options.accounts ?? 10));
  if (options.blockTime !== undefined) flags.push("--block-time", String(options.blockTime));
  if (options.timestamp !== undefined) flags.push("--timestamp", String(options.timestamp));
  flags.push(...(options.flags ?? []));
  const child = spawn(foundryBinary("anvil"), flags, { stdio: ["ignore", "pipe", "pipe"] });
  // No chain outlives the process that started it.
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("exit", () => process.off("exit", kill));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4000);
      options.onOutput?.(chunk.toString());
    });
  }
  const rpcUrl = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + 20_000;
  while (!(await answers(rpcUrl))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`anvil did not start on port ${port}:\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), 5000);
    await exited;
    clearTimeout(timer);
  };
  return { rpcUrl, wsUrl: `ws://127.0.0.1:${port}`, port, process: child, stop };
}

async function answers(rpcUrl: string): Promise<boolean> {
  try {
    const response = await fetch(rpcUrl, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] }),
    });
    return response.ok;
  } catch {
    return false;
  }
}
