#!/usr/bin/env node
// Runs forge, cast or anvil from their platform packages. The npm wrappers of the same name exit 0
// whatever happens and orphan anvil when killed, so they are never used.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const ARCHITECTURES = { x64: "amd64", arm64: "arm64" };

/**
 * @param {"forge" | "cast" | "anvil"} tool
 * @returns {string} path of the native binary
 */
export function foundryBinary(tool) {
  const require = createRequire(import.meta.url);
  const platform = `@foundry-rs/${tool}-${process.platform}-${ARCHITECTURES[process.arch] ?? process.arch}`;
  const wrapper = createRequire(require.resolve(`@foundry-rs/${tool}/package.json`));
  let root;
  try {
    root = dirname(wrapper.resolve(`${platform}/package.json`));
  } catch {
    throw new Error(
      `${tool} has no build for this machine (${platform}); run \`npm run setup\` or use Linux, macOS or Windows on x64/arm64`,
    );
  }
  const binary = join(root, "bin", process.platform === "win32" ? `${tool}.exe` : tool);
  if (!existsSync(binary)) throw new Error(`${binary} is missing; remove node_modules and run \`npm run setup\``);
  return binary;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [tool, ...args] = process.argv.slice(2);
  const child = spawn(foundryBinary(tool), args, { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? (signal ? 1 : 0);
  });
}
