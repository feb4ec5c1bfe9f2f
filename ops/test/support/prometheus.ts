// Prometheus with the configuration that is written down, at this machine's addresses and in a hurry.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { OPS } from "./compose.ts";
import type { Machine } from "./machine.ts";
import { type Running, run } from "./run.ts";

const answerSchema = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});
const rulesSchema = z.object({
  data: z.object({
    groups: z.array(
      z.object({
        rules: z.array(
          z.object({
            name: z.string(),
            health: z.string(),
            lastError: z.string().optional(),
            state: z.string().optional(),
          }),
        ),
      }),
    ),
  }),
});

export interface Prometheus {
  process: Running;
  url: string;
  /** Values that are figures. */
  query(expr: string): Promise<number[]>;
  rules(): Promise<z.infer<typeof rulesSchema>["data"]["groups"][number]["rules"]>;
}

export function startPrometheus({ directory, here, ports }: Machine): Prometheus {
  const home = join(directory, "prometheus");
  mkdirSync(home);
  cpSync(join(OPS, "prometheus", "rules"), join(home, "rules"), { recursive: true });
  const config = here(readFileSync(join(OPS, "prometheus", "prometheus.yml"), "utf8"))
    .replace(/(scrape|evaluation)_interval: .*/g, "$1_interval: 1s")
    .replace(/scrape_timeout: .*/, "scrape_timeout: 1s");
  writeFileSync(join(home, "prometheus.yml"), config);
  const process = run(
    [
      "prometheus",
      `--config.file=${join(home, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(home, "data")}`,
      `--web.listen-address=127.0.0.1:${ports.prometheus}`,
    ],
    {},
  );
  const url = `http://127.0.0.1:${ports.prometheus}`;
  const ask = async (path: string): Promise<unknown> => {
    const response = await fetch(`${url}/api/v1/${path}`, { signal: AbortSignal.timeout(10_000) });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return response.json();
  };
  return {
    process,
    url,
    query: async (expr) => {
      const answer = answerSchema.parse(await ask(`query?query=${encodeURIComponent(expr)}`));
      return answer.data.result.map(({ value }) => Number(value[1])).filter(Number.isFinite);
    },
    rules: async () => rulesSchema.parse(await ask("rules")).data.groups.flatMap((group) => group.rules),
  };
}
