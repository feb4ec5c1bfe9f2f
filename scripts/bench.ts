// `npm run bench NAME`: medians on this machine, each beside a named baseline of the same run. Never part of the tests.
import { spawnSync } from "node:child_process";
import { ROOT } from "./checks.ts";

const BENCHES: Record<string, string> = {
  clearing: "operator/bench/solve.ts",
  "forecast-service": "forecast/bench/service.ts",
  forecast: "forecast/bench/forecast.ts",
  indexer: "indexer/bench/indexer.ts",
  load: "ops/bench/load.ts",
  price: "forecast/bench/price.ts",
  scale: "ops/bench/scale.ts",
  web: "web/bench/web.ts",
};

const [name = "", ...args] = process.argv.slice(2);
const file = BENCHES[name];
if (file) {
  const { status } = spawnSync(process.execPath, ["--import", "tsx", file, ...args], { cwd: ROOT, stdio: "inherit" });
  process.exitCode = status ?? 1;
} else {
  process.stderr.write(`there is no bench "${name}"; there is: ${Object.keys(BENCHES).join(", ")}\n`);
  process.exitCode = 1;
}
