// Finds a Chromium for tests and screenshots, and installs one where none is found.
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";

export interface BrowserLaunchOptions {
  executablePath?: string;
  args: string[];
}

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const MACOS = ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];

function onPath(name: string): string | undefined {
  for (const directory of (process.env.PATH ?? "").split(delimiter)) {
    const path = join(directory, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {}
  }
  return undefined;
}

function installed(): string | undefined {
  return NAMES.map(onPath).find((path) => path !== undefined) ?? MACOS.find(existsSync);
}

async function fromPlaywright(): Promise<string | undefined> {
  const { chromium } = await import("@playwright/test");
  const path = chromium.executablePath();
  if (existsSync(path)) return path;
  spawnSync(process.execPath, ["node_modules/@playwright/test/cli.js", "install", "chromium"], {
    cwd: "web",
    stdio: "ignore",
    timeout: 180_000,
  });
  return existsSync(path) ? path : undefined;
}

function fromDebian(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0 || !onPath("apt-get")) return undefined;
  const packages = ["chromium", "fonts-liberation"];
  for (const args of [["update"], ["install", "-y", "--no-install-recommends", ...packages]]) {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    if (spawnSync("apt-get", args, { stdio: "ignore", timeout: 300_000, env }).status !== 0) return undefined;
  }
  return installed();
}

async function fromNpm(): Promise<string | undefined> {
  if (process.platform !== "linux" || process.arch !== "x64") return undefined;
  process.env.AWS_EXECUTION_ENV = "AWS_Lambda_nodejs22.x";
  const { default: chromium } = await import("@sparticuz/chromium");
  return chromium.executablePath();
}

/**
 * How to launch a browser: `CHROMIUM`, else one on the system, else Playwright's own, else Debian's, else the npm
 * build. Throws with what to do where there is none.
 */
export async function browserLaunchOptions(): Promise<BrowserLaunchOptions> {
  const executablePath =
    process.env.CHROMIUM || installed() || (await fromPlaywright()) || fromDebian() || (await fromNpm());
  if (!executablePath) {
    throw new Error("no Chromium found and none could be installed; install Chrome or Chromium, or set CHROMIUM");
  }
  const args = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];
  if (process.getuid?.() === 0) args.push("--no-sandbox");
  return { executablePath, args };
}
