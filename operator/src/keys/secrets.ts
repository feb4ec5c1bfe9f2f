// Values that nobody else may read: from a variable, or from the file that `<variable>_FILE` names.
import { readFileSync, statSync } from "node:fs";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Somebody has to change the environment; the message names the variable, never what it holds. */
export class UnsafeConfig extends Error {}

/** An empty variable counts as absent. */
export const given = (environment: Environment, name: string): string | undefined => environment[name] || undefined;

/** Refuses a file that every account of the machine can read. Windows has no such bits. */
export function requirePrivate(name: string, path: string): void {
  let mode: number;
  try {
    ({ mode } = statSync(path));
  } catch {
    throw new UnsafeConfig(`${name}: ${path} cannot be read; give the path of a file that is there`);
  }
  if (process.platform === "win32" || (mode & 0o007) === 0) return;
  const bits = (mode & 0o777).toString(8).padStart(4, "0");
  throw new UnsafeConfig(`${name}: everybody on this machine can reach ${path} (mode ${bits}); chmod 0400 it`);
}

export function readPrivateFile(name: string, path: string): string {
  requirePrivate(name, path);
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new UnsafeConfig(`${name}: ${path} cannot be read; give the path of a file that is there`);
  }
}

/** A secret, without the end of its line; undefined where neither variable is set. */
export function readSecret(environment: Environment, name: string): string | undefined {
  const [direct, path] = [given(environment, name), given(environment, `${name}_FILE`)];
  if (direct !== undefined && path !== undefined) {
    throw new UnsafeConfig(`${name} and ${name}_FILE are both set; set one`);
  }
  return path === undefined ? direct : readPrivateFile(`${name}_FILE`, path).replace(/\r?\n$/, "");
}

/** Takes secrets out of the environment once they are read, so that no child process or crash report has them. */
export function forgetSecrets(environment: Record<string, string | undefined>): void {
  for (const name of ["OPERATOR_PRIVATE_KEY", "OPERATOR_KEYSTORE_PASSWORD", "OPERATOR_SIGNER_TOKEN"]) {
    delete environment[name];
  }
}
