// Rules, dashboards and configuration as files; that they say something true is in one-machine.test.ts.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { OPS, ROOT, readCompose } from "./support/compose.ts";
import { allQueries, dashboards, namesIn, rules } from "./support/queries.ts";
import { hasProgram } from "./support/run.ts";

const directory = mkdtempSync(join(tmpdir(), "gridx-rules-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function passes(program: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", cwd: OPS });
  expect(`${status === 0 ? "" : stdout + stderr}`).toBe("");
}

/** GitHub's anchors of a page's headings. */
const anchors = (page: string) =>
  new Set(
    [...readFileSync(join(ROOT, page), "utf8").matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replace(/[^\w\- ]/g, "")
        .replaceAll(" ", "-"),
    ),
  );

describe("rules and dashboards", () => {
  it("are PromQL throughout", () => {
    expect(() => namesIn("sum(rate(x[5m])")).toThrow("no PromQL");
    expect(allQueries.length).toBeGreaterThan(100);
    for (const { where, expr } of allQueries) expect(namesIn(expr).length, `${where}: ${expr}`).toBeGreaterThan(0);
  });

  it("each alert says how urgent it is, what is the matter, and where it is told what to do", () => {
    const alerts = rules.filter(({ alert }) => alert !== undefined);
    expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length);
    for (const { alert = "", labels, annotations } of alerts) {
      expect(labels.severity, alert).toMatch(/^(page|warning)$/);
      expect(annotations.summary, alert).toMatch(/\S{3}/);
      const [page = "", anchor = ""] = annotations.runbook?.split("#") ?? [];
      expect(anchor, alert).toBe(alert.toLowerCase());
      expect(anchors(page), `${page} on ${alert}`).toContain(anchor);
    }
    // Whoever adds an alert tests it.
    const tested = readFileSync(join(OPS, "test", "rules", "alerts.yml"), "utf8");
    expect(alerts.map(({ alert }) => alert).filter((alert) => !tested.includes(`alertname: ${alert}`))).toEqual([]);
  });

  it("each dashboard has an id of its own, and its panels have theirs and a place of theirs", () => {
    expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(4);
    for (const { title, panels } of dashboards) {
      expect(new Set(panels.map(({ id }) => id)).size, title).toBe(panels.length);
      const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
        Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`),
      );
      expect(new Set(cells).size, `${title}: panels lie on one another`).toBe(cells.length);
    }
  });

  it("Prometheus looks at each of our services, by the names and ports that compose.yaml gives them", () => {
    const config = readFileSync(join(OPS, "prometheus", "prometheus.yml"), "utf8");
    const { services } = readCompose({
      ...{ PAGE_ORIGIN: "http://a", INDEXER_ORIGIN: "http://b", FORECAST_ORIGIN: "http://c", PAGE_MAY_ASK: "http://d" },
      ...{ COMMUNITY_LATITUDE: "1", COMMUNITY_LONGITUDE: "1", COMMUNITY_TIME_ZONE: "UTC" },
    });
    for (const [name, { image, environment }] of Object.entries(services)) {
      if (!image.startsWith("gridx-")) continue;
      const port = environment.METRICS_PORT ?? environment.PORT;
      expect(config, name).toContain(`"${name}:${port}"`);
    }
  });
});

describe("by their own programs", () => {
  it.skipIf(!hasProgram("promtool"))(
    "alerts fire for what they are for and for nothing else (without promtool: skipped)",
    () => {
      passes("promtool", "check", "config", "prometheus/prometheus.yml");
      passes("promtool", "test", "rules", "test/rules/alerts.yml");
    },
  );

  it.skipIf(!hasProgram("amtool"))("Alertmanager takes its configuration (without amtool: skipped)", () => {
    const config = readFileSync(join(OPS, "alertmanager", "alertmanager.yml"), "utf8");
    const [path, route] = [join(directory, "alertmanager.yml"), "--config.file"];
    // Versions before 0.26 know no file with the URL.
    writeFileSync(path, config.replace(/url_file: .*/, "url: http://127.0.0.1:9/"));
    passes("amtool", "check-config", path);
    passes(
      "amtool",
      "config",
      "routes",
      "test",
      route,
      path,
      "severity=page",
      "alertname=X",
      "--verify.receivers=operator",
    );
  });
});
