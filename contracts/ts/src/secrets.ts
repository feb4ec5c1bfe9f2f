import { readFileSync } from "node:fs";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment in which each of `names` may come from a file: `<NAME>_FILE` names one, as container secrets do, and
 * its content without the line's end is the value. A variable that is set to nothing counts as not set.
 */
export function withSecretFiles(
  environment: Environment,
  names: readonly string[],
): Record<string, string | undefined> {
  const result = { ...environment };
  for (const name of names) {
    const path = environment[`${name}_FILE`];
    delete result[`${name}_FILE`];
    if (!path) continue;
    if (environment[name]) throw new Error(`${name} and ${name}_FILE are both set; set one`);
    try {
      result[name] = readFileSync(path, "utf8").replace(/\r?\n$/, "");
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new Error(`${name}_FILE: ${path} can't be read (${code}); give the path of a readable file`);
    }
    if (result[name] === "") throw new Error(`${name}_FILE: ${path} is empty`);
  }
  return result;
}
