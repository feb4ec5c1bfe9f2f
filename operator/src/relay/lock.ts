import { randomUUID } from "node:crypto";
import { linkSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { uptime } from "node:os";
import { join } from "node:path";
import { z } from "zod";

/** A clock that is set after the start moves the time of the start that is reckoned from it. */
const CLOCK_SECONDS = 300;

/** A number names a process only until it ends; what it names then is told apart by when it started. */
const holderSchema = z.object({
  pid: z.number().int().positive(),
  /** On Linux the boot and the tick of it at which the process started. */
  started: z.string().nullable(),
  /** Unix seconds at which the machine started. */
  booted: z.number(),
});
type Holder = z.output<typeof holderSchema>;

/** Locks of this very process. */
const held = new Set<string>();

/** Claims a queue for this process; returns how to give it back. A lock of a process that is gone is taken over. */
export function lockFolder(folder: string, name: string): () => void {
  const path = join(realpathSync(folder), `${name}.lock`);
  claim(path);
  return () => release(path);
}

function claim(path: string): void {
  // Complete before it has its name: nobody ever reads half a lock.
  const own = `${path}.${randomUUID()}`;
  writeFileSync(own, JSON.stringify(ownIdentity()));
  try {
    if (!claimFree(own, path)) {
      refuseIfHeld(path);
      // One at a time replaces a lock that is stale, and only after another look: the first look is too old for that.
      const guard = `${path}.takeover`;
      claim(guard);
      try {
        if (!claimFree(own, path)) {
          if (refuseIfHeld(path) === undefined) throw new Error(`${path}: another process had this queue just now`);
          renameSync(own, path);
        }
      } finally {
        release(guard);
      }
    }
    held.add(path);
  } finally {
    rmSync(own, { force: true });
  }
}

function release(path: string): void {
  held.delete(path);
  rmSync(path, { force: true });
}

function claimFree(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function refuseIfHeld(path: string): Holder | null | undefined {
  const holder = readHolder(path);
  if (!holder || !isRunning(holder, path)) return holder;
  throw new Error(`${path}: process ${holder.pid} works on this queue; stop it first`);
}

/** undefined without a lock, null for one that says nothing. */
function readHolder(path: string): Holder | null | undefined {
  try {
    return holderSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? undefined : null;
  }
}

function isRunning({ pid, started, booted }: Holder, path: string): boolean {
  // A container gives every start of a program the same number.
  if (pid === process.pid) return held.has(path);
  const now = startOf(pid);
  if (started !== null && now !== null) return started === now;
  return Math.abs(booted - bootTime()) < CLOCK_SECONDS && exists(pid);
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

const ownIdentity = (): Holder => ({ pid: process.pid, started: startOf(process.pid), booted: bootTime() });

const bootTime = (): number => Math.round(Date.now() / 1000 - uptime());

/** null where the system does not tell, or no such process is there. */
function startOf(pid: number): string | null {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name, in parentheses, may hold spaces; the start is the 20th field after it.
    const tick = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    return tick ? `${boot}/${tick}` : null;
  } catch {
    return null;
  }
}
