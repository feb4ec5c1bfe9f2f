import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Claims a queue for this process; returns how to give it back. A lock of a process that is gone is taken over. */
export function lockFolder(folder: string, name: string): () => void {
  const path = join(folder, `${name}.lock`);
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      writeFileSync(path, String(process.pid), { flag: "wx" });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      const holder = Number(readFileSync(path, "utf8"));
      if (isRunning(holder)) throw new Error(`${path}: process ${holder} works on this queue; stop it first`);
      rmSync(path, { force: true });
    }
  }
  throw new Error(`${path}: another process took this queue`);
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
