// Processes of a test: started by a container's command, watched by what they print, and never left behind.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { ROOT } from "./compose.ts";

export interface Running {
  process: ChildProcess;
  output(): string;
  /** Exit code after a signal. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export const hasProgram = (name: string): boolean => spawnSync("sh", ["-c", `command -v ${name}`]).status === 0;

export function run(command: readonly string[], env: Readonly<Record<string, string>>): Running {
  const [program = "", ...args] = command;
  const { PATH = "", HOME = "" } = process.env;
  // Nothing but what the container would have.
  const child = spawn(program === "node" ? process.execPath : program, args, {
    cwd: ROOT,
    env: { PATH, HOME, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-200_000);
    });
  }
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const exited = new Promise<number | null>((resolve) => {
    child.once("error", (error) => {
      output += error.message;
      resolve(null);
    });
    child.once("exit", (code) => {
      process.off("exit", kill);
      resolve(code);
    });
  });
  return {
    process: child,
    output: () => output,
    end: (signal = "SIGTERM") => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      return exited;
    },
  };
}

export async function until(what: string, isDone: () => Promise<boolean>, seconds = 60): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await isDone().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await pause(100);
  }
}
