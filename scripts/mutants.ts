// Puts small faults into the contract, one at a time, and sees whether a test notices; `--help` says how.
import { fork } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { z } from "zod";
import { fastestPipeline, treesOf } from "./mutants/compile.ts";
import { type Mutant, mutantsOf } from "./mutants/mutate.ts";
import { CACHE, copyOf, install, judge, makeProject } from "./mutants/project.ts";
import { readEquivalent, report, shown } from "./mutants/report.ts";
import type { Job, Result } from "./mutants/worker.ts";

const HELP = `npm run mutants -- [options]

Mutation test of contracts/src: operators, bounds, conditions, constants, deleted statements and modifiers, swapped
arguments. Works on copies, in memory; no file of the repository changes. Survivors are printed with their key; those
that no test can kill belong into contracts/test/mutants-equivalent.json, with the reason.

  --seed N          order of the sample (default 1)
  --sample N        how many mutants (default: as many as the hours allow)
  --hours H         begin no mutant after that (default 2)
  --files A,B       only sources whose path contains one of these
  --jobs N          processes (default: half of the processors)
  --resume          go on after the last run, where sources and tests are still the same
  --without-test R  leave out tests whose name matches R
  --list            only list the mutants
  --help
`;
const RESULTS = join(CACHE, "results.jsonl");
const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const count = z.coerce.number().int().min(1);
const optionsSchema = z.object({
  seed: z.coerce.number().int().default(1),
  sample: count.default(Number.MAX_SAFE_INTEGER),
  hours: z.coerce.number().positive().default(2),
  files: z.string().default(""),
  jobs: count.default(Math.max(1, Math.floor(availableParallelism() / 2))),
  resume: z.boolean().default(false),
  "without-test": z.string().optional(),
  list: z.boolean().default(false),
});

/** All of them, in an order that the seed alone decides (mulberry32, Fisher-Yates). */
function shuffled<T>(items: T[], seed: number): T[] {
  const list = [...items];
  let state = seed >>> 0;
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  for (let i = list.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [list[i], list[j]] = [list[j] as T, list[i] as T];
  }
  return list;
}

function earlierResults(hash: string): Result[] {
  if (!existsSync(RESULTS)) return [];
  const lines = readFileSync(RESULTS, "utf8").split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Result).filter((result) => result.hash === hash);
}

/** Has a process judge mutants until none is left. */
function runWorker(job: Omit<Job, "mutant">, next: () => Mutant | undefined, done: (result: Result) => void) {
  const path = fileURLToPath(new URL("./mutants/worker.ts", import.meta.url));
  const child = fork(path, { execArgv: ["--import", "tsx"] });
  const stop = () => child.kill();
  process.once("exit", stop);
  return new Promise<void>((resolve, reject) => {
    const send = () => {
      const mutant = next();
      if (mutant) child.send({ ...job, mutant });
      else child.disconnect();
    };
    child.on("message", (message) => {
      done(message as Result);
      send();
    });
    child.on("error", reject);
    child.on("exit", (code) => {
      process.off("exit", stop);
      if (code === 0) resolve();
      else reject(new Error(`a worker ended with ${code}`));
    });
    send();
  });
}

async function main(): Promise<void> {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const { values } = parseArgs({
    options: {
      seed: text,
      sample: text,
      hours: text,
      files: text,
      jobs: text,
      "without-test": text,
      resume: flag,
      list: flag,
      help: flag,
    },
  });
  if (values.help) return say(HELP);
  const options = optionsSchema.parse(values);
  const equivalent = readEquivalent();
  mkdirSync(CACHE, { recursive: true });
  say("Building a copy …");
  const exclude = options["without-test"];
  const { hash, ...built } = makeProject();
  const project = { ...built, hash: exclude ? `${hash} without ${exclude}` : hash };
  const wanted = options.files.split(",");
  const trees = Object.entries(treesOf(project.sources, project.remappings));
  const all = trees.flatMap(([file, tree]) => {
    const ours = /^contracts\/src\/(?!interfaces\/|demo\/)/.test(file) && wanted.some((part) => file.includes(part));
    return ours ? mutantsOf(file, project.sources[file]?.content ?? "", tree) : [];
  });
  if (options.list) {
    for (const mutant of all) say(shown(mutant));
    return say(`${all.length} mutants`);
  }

  const { pipeline, code } = fastestPipeline(project.sources, project.remappings);
  install(project.directory, code);
  const started = Date.now();
  const { result, by } = judge(project.directory, exclude, 600_000);
  if (result !== "passed") throw new Error(`without any fault the tests must pass, but ${by ?? "they take too long"}`);
  const seconds = (Date.now() - started) / 1000;
  if (!options.resume) rmSync(RESULTS, { force: true });
  const results = earlierResults(project.hash);
  const known = new Set(results.map(({ key }) => key));
  const sample = shuffled(all, options.seed).slice(0, options.sample);
  const left = sample.filter(({ key }) => !known.has(key));
  say(
    `${all.length} mutants, ${sample.length} in the sample, ${left.length} to judge with ${options.jobs} processes in at most ` +
      `${options.hours} h; the tests take ${seconds.toFixed(1)} s where nothing is wrong`,
  );

  const deadline = started + options.hours * 3_600_000;
  const total = left.length;
  const next = () => (Date.now() < deadline ? left.shift() : undefined);
  const done = (outcome: Result) => {
    results.push(outcome);
    appendFileSync(RESULTS, `${JSON.stringify(outcome)}\n`);
    const status = outcome.status === "survived" && equivalent.has(outcome.key) ? "equivalent" : outcome.status;
    say(
      `${total - left.length}/${total} ${status} ${outcome.file}:${outcome.line} (${outcome.seconds} s) ${outcome.by ?? ""}`,
    );
    if (status === "survived") say(shown(outcome));
  };
  const timeout = Math.round(60_000 + seconds * 5000);
  const workers = Array.from({ length: Math.min(options.jobs, total) }, (_, index) => {
    const directory = copyOf(project.directory, `worker-${index + 1}`);
    const job = { project: { ...project, directory }, pipeline, faultless: code.bytecode, exclude, timeout };
    return runWorker(job, next, done);
  });
  await Promise.all(workers);
  const sampled = new Set(sample.map(({ key }) => key));
  const ours = results.filter(({ key }) => sampled.has(key));
  say(`\n${report(ours, all, equivalent)}`);
  if (left.length > 0) say(`${left.length} of the sample were not reached in time; --resume goes on`);
  if (ours.some(({ status, key }) => status === "survived" && !equivalent.has(key))) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
