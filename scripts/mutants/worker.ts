// One of the processes that judge mutants: gets one at a time, compiles it, tests it, tells what came of it.
import { z } from "zod";
import { compileTarget } from "./compile.ts";
import { type Mutant, mutated } from "./mutate.ts";
import { install, judge, type Project } from "./project.ts";

export interface Job {
  project: Project;
  pipeline: number;
  /** Creation code without any fault. */
  faultless: string;
  exclude?: string;
  timeout: number;
  mutant: Mutant;
}
export interface Result {
  key: string;
  file: string;
  line: number;
  before: string;
  after: string;
  /** Code that is equal is the same program; code that does not compile is none. */
  status: "killed" | "survived" | "equal" | "invalid";
  by?: string;
  seconds: number;
  hash: string;
}

function resultOf({ project, pipeline, faultless, exclude, timeout, mutant }: Job): Pick<Result, "status" | "by"> {
  const source = project.sources[mutant.file]?.content ?? "";
  const sources = { ...project.sources, [mutant.file]: { content: mutated(source, mutant) } };
  const code = compileTarget(sources, project.remappings, pipeline);
  if (typeof code === "string") return { status: "invalid", by: code.split("\n")[0] };
  if (code.bytecode === faultless) return { status: "equal" };
  install(project.directory, code);
  const { result, by } = judge(project.directory, exclude, timeout);
  return result === "passed" ? { status: "survived" } : { status: "killed", by: by ?? "took too long" };
}

process.on("message", (message) => {
  const job = z.custom<Job>().parse(message);
  const started = Date.now();
  const { key, file, line, before, after } = job.mutant;
  const seconds = () => Math.round((Date.now() - started) / 100) / 10;
  const result: Result = {
    key,
    file,
    line,
    before,
    after,
    ...resultOf(job),
    seconds: seconds(),
    hash: job.project.hash,
  };
  process.send?.(result);
});
process.on("disconnect", () => process.exit());
