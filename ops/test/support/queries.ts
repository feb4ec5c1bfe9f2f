// Every query that is written down in rules and dashboards, and what it names.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parser } from "@prometheus-io/lezer-promql";
import { parse } from "yaml";
import { z } from "zod";
import { OPS } from "./compose.ts";

const ruleSchema = z.object({
  record: z.string().optional(),
  alert: z.string().optional(),
  expr: z.string(),
  labels: z.record(z.string(), z.string()).default({}),
  annotations: z.record(z.string(), z.string()).default({}),
});
const rulesSchema = z.object({ groups: z.array(z.object({ name: z.string(), rules: z.array(ruleSchema) })) });

export const RULES = join(OPS, "prometheus", "rules");
export const rules = readdirSync(RULES).flatMap((file) =>
  rulesSchema.parse(parse(readFileSync(join(RULES, file), "utf8"))).groups.flatMap((group) => group.rules),
);

const source = z.object({ type: z.literal("prometheus"), uid: z.literal("prometheus") });
const dashboardSchema = z.object({
  uid: z.string().regex(/^gridx-[a-z]+$/),
  title: z.string(),
  description: z.string(),
  schemaVersion: z.number().int().min(36),
  editable: z.literal(false),
  panels: z
    .array(
      z.object({
        id: z.number().int(),
        type: z.enum(["timeseries", "stat"]),
        title: z.string(),
        datasource: source,
        gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
        fieldConfig: z.object({ defaults: z.object({ unit: z.string() }) }),
        targets: z.array(
          z.object({ refId: z.string(), datasource: source, expr: z.string(), legendFormat: z.string() }),
        ),
      }),
    )
    .min(1),
});

const DASHBOARDS = join(OPS, "grafana", "dashboards");
export const dashboards = readdirSync(DASHBOARDS).map((file) =>
  dashboardSchema.parse(JSON.parse(readFileSync(join(DASHBOARDS, file), "utf8"))),
);

export interface Panel {
  where: string;
  expr: string;
}
export const panelQueries: Panel[] = dashboards.flatMap(({ title, panels }) =>
  panels.flatMap((panel) =>
    panel.targets.map(({ expr, refId }) => ({ where: `${title}: ${panel.title} ${refId}`, expr })),
  ),
);

export const allQueries: Panel[] = [
  ...rules.map(({ alert, record, expr }) => ({ where: `rule ${alert ?? record}`, expr })),
  ...panelQueries,
];

/** Metrics that a query names; throws where it is no PromQL. */
export function namesIn(expr: string): string[] {
  const names: string[] = [];
  parser.parse(expr).iterate({
    enter: (node) => {
      if (node.type.isError) throw new Error(`no PromQL at character ${node.from}: ${expr}`);
      if (node.name === "VectorSelector") {
        const identifier = node.node.getChild("Identifier");
        if (!identifier) throw new Error(`a selector without a name: ${expr}`);
        names.push(expr.slice(identifier.from, identifier.to));
      }
    },
  });
  return names;
}

/** Names of the series that a service exports, those without a sample yet too. */
export function exportedBy(text: string): Set<string> {
  const names = new Set<string>();
  for (const [, name = "", type = ""] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    const suffixes =
      type === "histogram" ? ["_bucket", "_sum", "_count"] : type === "summary" ? ["_sum", "_count"] : [];
    for (const suffix of ["", ...suffixes]) names.add(name + suffix);
  }
  return names;
}

/** What Prometheus makes itself. */
export const OF_PROMETHEUS = ["up", "ALERTS"];
export const recorded = new Set(rules.flatMap(({ record }) => record ?? []));
