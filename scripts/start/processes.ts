import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, createWriteStream, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Command {
  command: string;
  args: string[];
  /** The whole environment. */
  env: NodeJS.ProcessEnv;
  cwd?: string;
}

interface Service {
  /** Takes standard output by lines. */
  onLine?: (line: string) => void;
  /** Whether it may end. */
  done?: () => boolean;
}

/** Everything that was started, so that everything can be stopped. */
export class Processes {
  readonly #logs: string;
  readonly #running = new Map<string, ChildProcess>();
  readonly #stops: (() => Promise<void>)[] = [];
  #stopping = false;
  /** Called when a process ends that should not. */
  onCrash: (name: string, message: string) => void = () => {};

  constructor(logs: string) {
    this.#logs = logs;
  }

  /** A service: that it ends is a crash, unless it is `done`. Resolves with whether it ended well. */
  async serve(name: string, command: Command, { onLine, done = () => false }: Service = {}): Promise<boolean> {
    const code = await this.start(name, command, onLine);
    if (code === 0 && !done()) this.#crashed(name, `ended by itself\n${this.tailOf(name)}`);
    return code === 0 && done();
  }

  /** Another child that must not end. */
  watch(name: string, child: ChildProcess): void {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => appendFileSync(this.logOf(name), chunk));
    }
    child.once("exit", (code, signal) => {
      this.#crashed(name, `ended with ${code ?? signal}`);
    });
  }

  /**
   * Starts a program without a shell; its output goes to a log file, and stdout by lines to `onLine`. Resolves with its
   * exit code; anything but 0 is a crash.
   */
  start(name: string, { command, args, env, cwd }: Command, onLine?: (line: string) => void): Promise<number> {
    if (this.#stopping) return new Promise(() => {});
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    this.#running.set(name, child);
    const log = createWriteStream(this.logOf(name), { flags: "a" });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    if (onLine) {
      let rest = "";
      child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
        const lines = (rest + chunk).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) onLine(line);
      });
    }
    return new Promise((resolve) => {
      child.once("error", (error) => this.#crashed(name, error.message));
      child.once("close", (code, signal) => {
        this.#running.delete(name);
        log.end();
        if (code !== 0) this.#crashed(name, `ended with ${code ?? signal}\n${this.tailOf(name)}`);
        resolve(code ?? 1);
      });
    });
  }

  /** Ctrl-C reaches children too, some of them before us: what ends while we are told to stop is no crash. */
  #crashed(name: string, message: string): void {
    setTimeout(() => {
      if (!this.#stopping) this.onCrash(name, message);
    }, 300);
  }

  /** Something to stop that is no child of ours. */
  onStop(stop: () => Promise<void>): void {
    this.#stops.push(stop);
  }

  /** Ends everything: asked first, killed after five seconds. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all([
      ...[...this.#running.values()].map((child) => end(child)),
      ...this.#stops.map((stop) => stop()),
    ]);
  }

  logOf(name: string): string {
    return join(this.#logs, `${name}.log`);
  }

  tailOf(name: string): string {
    try {
      return readFileSync(this.logOf(name), "utf8").split("\n").slice(-25).join("\n");
    } catch {
      return "";
    }
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = new Promise((resolve) => child.once("close", resolve));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 5000);
  await closed;
  clearTimeout(timer);
}

/** Waits until a URL answers 200. */
export async function untilOk(url: string, what: string, milliseconds: number): Promise<void> {
  const deadline = Date.now() + milliseconds;
  let last = "no answer";
  while (Date.now() < deadline) {
    try {
      const response = await fetch(url);
      if (response.ok) return;
      last = `status ${response.status}`;
    } catch {
      last = "no answer";
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${what} is not ready after ${milliseconds / 1000} s (${url}: ${last})`);
}
