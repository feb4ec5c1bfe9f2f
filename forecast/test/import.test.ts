import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCsv } from "../src/import/csv.ts";
import { readGreenButton } from "../src/import/green-button.ts";
import { readingAt, startChain, startService, type TestChain, type TestHome } from "./support/world.ts";

const CSV = `timestamp,production_kwh,consumption_kwh
2026-03-01T00:00:00+05:30,0,0.25
2026-03-01T01:00:00+05:30,0.5,0.1234
2026-03-01T02:00:00+05:30,1.5,1
2026-03-01T02:00:00+05:30,9,9
2026-03-01T04:00:00+05:30,1,1
`;

describe("CSV", () => {
  it("is read in order of time with the usual distance as length, once each", () => {
    const start = Date.parse("2026-03-01T00:00:00+05:30") / 1000;
    const values = readCsv("a.csv", CSV);
    expect(
      values.map((value) => [value.start - start, value.lengthSeconds, value.productionWh, value.consumptionWh]),
    ).toEqual([
      [0, 3600, 0, 250],
      [3600, 3600, 500, 123],
      [7200, 3600, 1500, 1000],
      [14_400, 3600, 1000, 1000],
    ]);
  });

  it.each([
    [
      "timestamp,production_kwh,consumption_kwh\n2026-03-01T00:00:00,0,0\n",
      /a\.csv, line 2: timestamp: is no ISO 8601 time/,
    ],
    ["timestamp,production_kwh,consumption_kwh\n2026-03-01T00:00:00Z,-1,0\n", /line 2: production_kwh: is below 0/],
    ["timestamp,production_kwh\n2026-03-01T00:00:00Z,1\n", /line 2: consumption_kwh: is missing/],
    ["timestamp,production_kwh,consumption_kwh\n2026-03-01T00:00:00Z,1,1\n", /fewer than two rows/],
    ['timestamp,production_kwh,consumption_kwh\n"2026', /a\.csv: /],
  ])("that is wrong is refused by line and field", (text, message) =>
    expect(() => readCsv("a.csv", text)).toThrow(message),
  );
});

const T0 = 1_772_323_200;
const entry = (path: string, links: string, content: string) => `
  <entry><id>urn:${path}</id>
    <link rel="self" href="${path}"/>${links}<content>${content}</content></entry>`;
const readingType = (id: number, flow: number, power = 0, uom = 72) =>
  entry(
    `/ReadingType/${id}`,
    "",
    `<espi:ReadingType><espi:flowDirection>${flow}</espi:flowDirection>
    <espi:powerOfTenMultiplier>${power}</espi:powerOfTenMultiplier><espi:uom>${uom}</espi:uom></espi:ReadingType>`,
  );
const meterReading = (id: number, type: number) =>
  entry(`/MeterReading/${id}`, `<link rel="related" href="/ReadingType/${type}"/>`, "<espi:MeterReading/>");
const block = (reading: number, values: [number, number][], seconds = 900) =>
  entry(
    `/MeterReading/${reading}/IntervalBlock/1`,
    `<link rel="up" href="/MeterReading/${reading}/IntervalBlock"/>`,
    `<espi:IntervalBlock>${values
      .map(
        ([start, value]) => `<espi:IntervalReading><espi:timePeriod><espi:duration>${seconds}</espi:duration>
        <espi:start>${start}</espi:start></espi:timePeriod><espi:value>${value}</espi:value></espi:IntervalReading>`,
      )
      .join("")}</espi:IntervalBlock>`,
  );
const feed = (...entries: string[]) =>
  `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:espi="http://naesb.org/espi">${entries.join("")}</feed>`;

describe("Green Button", () => {
  it("is read with both directions, multipliers and several blocks", () => {
    const xml = feed(
      readingType(1, 1, -3),
      readingType(2, 19, 0),
      meterReading(1, 1),
      meterReading(2, 2),
      block(1, [
        [T0 + 900, 250_000],
        [T0, 120_400],
      ]),
      block(2, [
        [T0, 40],
        [T0 + 900, 0],
      ]),
      block(1, [[T0 + 1800, 1_000]]),
    );
    expect(readGreenButton("a.xml", xml)).toEqual([
      { start: T0, lengthSeconds: 900, productionWh: 40, consumptionWh: 120 },
      { start: T0 + 900, lengthSeconds: 900, productionWh: 0, consumptionWh: 250 },
      { start: T0 + 1800, lengthSeconds: 900, productionWh: 0, consumptionWh: 1 },
    ]);
    const single = feed(readingType(1, 1), block(1, [[T0, 5]], 3600));
    expect(readGreenButton("a.xml", single)).toEqual([
      { start: T0, lengthSeconds: 3600, productionWh: 0, consumptionWh: 5 },
    ]);
  });

  it.each([
    ["entities", `<!DOCTYPE feed [<!ENTITY a "aaaa">]>${feed(block(1, [[T0, 1]]))}`, /document type or entities/],
    ["no XML", "<feed><entry>", /a\.xml: line/],
    ["another document", "<html><body/></html>", /is no Green Button file/],
    ["other units", feed(readingType(1, 1, 0, 38), block(1, [[T0, 1]])), /unit 38; only watt-hours/],
    ["a direction that is neither", feed(readingType(1, 4), block(1, [[T0, 1]])), /flow direction 4/],
    [
      "a block of unknown type",
      feed(readingType(1, 1), readingType(2, 19), block(3, [[T0, 1]])),
      /reading type is not in the file/,
    ],
    ["less than nothing", feed(readingType(1, 1), block(1, [[T0, -1]])), /which is no energy/],
    ["nothing", feed(readingType(1, 1)), /holds no interval readings/],
  ])("with %s is refused", (_, xml, message) => expect(() => readGreenButton("a.xml", xml)).toThrow(message));
});

describe("forecast import", { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "gridx-import-"));
  let chain: TestChain;
  let home: TestHome;
  beforeAll(async () => {
    chain = await startChain(1);
    home = chain.homes[0] as TestHome;
    writeFileSync(join(folder, "deployment.json"), JSON.stringify(chain.deployment));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await chain.anvil.stop();
  });

  const run = async (...args: string[]) => {
    const child = spawn(process.execPath, ["--import", "tsx", "src/cli.ts", "import", ...args], {
      cwd: fileURLToPath(new URL("..", import.meta.url)),
      env: {
        PATH: process.env.PATH,
        GRIDX_DEPLOYMENT: join(folder, "deployment.json"),
        RPC_URL: chain.anvil.rpcUrl,
        PGLITE_DIRECTORY: folder,
      },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    const code = await new Promise((resolve) => child.once("close", resolve));
    return { code, output };
  };

  it("fills in a home's past, again without change, and leaves what the meter signed", async () => {
    const end = Math.floor((await chain.now()) / 3600) * 3600;
    const rows = [4, 3, 2, 1].map((back) => `${new Date((end - back * 3600) * 1000).toISOString()},1,${back}`);
    const file = join(folder, "past.csv");
    writeFileSync(file, ["timestamp,production_kwh,consumption_kwh", ...rows, ""].join("\n"));
    expect(await run("--house", home.id, file)).toEqual({
      code: 0,
      output: "4 imported, 0 corrected, 0 known already, 0 refused\n",
    });
    const database = { kind: "pglite", directory: join(folder, `pglite-31337-${chain.deployment.runId}`) } as const;
    const service = await startService(chain, database);
    const signed = readingAt(end - 3600, { lengthSeconds: 3600, consumptionWh: 777 });
    expect(await (await service.send(home, [signed])).json()).toMatchObject({ data: { corrected: 1 } });
    await service.close();
    writeFileSync(
      file,
      ["timestamp,production_kwh,consumption_kwh", ...rows.slice(0, 3), rows[3]?.replace(/1$/, "99"), ""].join("\n"),
    );
    expect((await run("--house", home.id, file)).output).toBe("0 imported, 0 corrected, 4 known already, 0 refused\n");
    const stranger = await run("--house", chain.deployment.address, file);
    expect([stranger.code, stranger.output]).toEqual([1, expect.stringContaining("no house 0x")]);
  });
});
