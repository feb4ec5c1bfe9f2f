// Reads Green Button XML: Atom entries with ESPI readings (NAESB REQ.21, http://naesb.org/espi). What is delivered to the home is
// flow direction 1, what it delivers 19. A meter at the connection knows no more than that: its import stands for
// consumption and its export for production, which is said to whoever imports.
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { z } from "zod";
import { ImportError, MAX_INTERVALS, type MeterValues } from "./meter-values.ts";

const FLOWS = { 1: "consumptionWh", 19: "productionWh" } as const;
/** ESPI `uom`: watt-hours. */
const WATT_HOURS = 72;

const list = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]), z.array(item));
const integer = z.coerce.number().int();

const readingTypeSchema = z.object({
  flowDirection: integer.default(1),
  uom: integer.default(WATT_HOURS),
  powerOfTenMultiplier: integer.default(0),
});

const blockSchema = z.object({
  IntervalReading: list(
    z.object({ timePeriod: z.object({ start: integer, duration: integer }), value: z.coerce.number() }),
  ),
});

const entrySchema = z.object({
  link: list(z.object({ "@href": z.string().optional(), "@rel": z.string().optional() })),
  content: z.object({
    ReadingType: readingTypeSchema.optional(),
    MeterReading: z.unknown().optional(),
    IntervalBlock: list(blockSchema),
  }),
});

const feedSchema = z.object({ feed: z.object({ entry: list(entrySchema) }) });
type Entry = z.output<typeof entrySchema>;

const DOCTYPE = /<!DOCTYPE|<!ENTITY/i;

/** Intervals in order of time. Needs whole intervals of watt-hours; an interval of one direction alone has 0 in the other. */
export function readGreenButton(file: string, text: string): MeterValues[] {
  const fail = (why: string) => new ImportError(`${file}: ${why}`);
  // No document of this kind has any, and they can be made to grow without end.
  if (DOCTYPE.test(text)) throw fail("has a document type or entities, which are not read");
  const valid = XMLValidator.validate(text);
  if (valid !== true) throw fail(`line ${valid.err.line}: ${valid.err.msg}`);
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "@",
    removeNSPrefix: true,
    parseTagValue: false,
    processEntities: false,
  });
  const parsed = feedSchema.safeParse(parser.parse(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw fail(`is no Green Button file: ${issue?.path.join(".")}: ${issue?.message}`);
  }
  const entries = parsed.data.feed.entry;
  const values = new Map<number, MeterValues>();
  for (const entry of entries) {
    if (entry.content.IntervalBlock.length === 0) continue;
    const type = typeOf(entry, entries);
    if (!type) throw fail("has interval blocks whose reading type is not in the file");
    if (type.uom !== WATT_HOURS) throw fail(`has readings in unit ${type.uom}; only watt-hours (72) are read`);
    const flow = FLOWS[type.flowDirection as keyof typeof FLOWS];
    if (!flow) throw fail(`has flow direction ${type.flowDirection}; only 1 (delivered) and 19 (received) are read`);
    const factor = 10 ** type.powerOfTenMultiplier;
    for (const { timePeriod, value } of entry.content.IntervalBlock.flatMap((block) => block.IntervalReading)) {
      const wattHours = Math.round(value * factor);
      if (!(wattHours >= 0)) throw fail(`the interval of ${timePeriod.start} has ${value}, which is no energy`);
      const known = values.get(timePeriod.start);
      if (known && known.lengthSeconds !== timePeriod.duration) {
        throw fail(`the interval of ${timePeriod.start} is given with two lengths`);
      }
      const row = known ?? {
        start: timePeriod.start,
        lengthSeconds: timePeriod.duration,
        productionWh: 0,
        consumptionWh: 0,
      };
      row[flow] += wattHours;
      values.set(row.start, row);
      if (values.size > MAX_INTERVALS) throw fail(`more than ${MAX_INTERVALS} intervals`);
    }
  }
  if (values.size === 0) throw fail("holds no interval readings");
  return [...values.values()].sort((a, b) => a.start - b.start);
}

/**
 * A block's links lead up to its meter reading, whose links lead to the reading type. Where a file has but one reading type,
 * it is that.
 */
function typeOf(block: Entry, entries: readonly Entry[]): z.output<typeof readingTypeSchema> | undefined {
  const types = entries.filter(({ content }) => content.ReadingType !== undefined);
  if (types.length <= 1) return types[0]?.content.ReadingType;
  const hrefs = (entry: Entry, ...rels: string[]) =>
    entry.link.filter((link) => rels.includes(link["@rel"] ?? "")).flatMap((link) => link["@href"] ?? []);
  const up = hrefs(block, "up", "self").map((href) => href.replace(/\/IntervalBlock(\/[^/]*)?$/, ""));
  const reading = entries.find(
    (entry) => entry.content.MeterReading !== undefined && hrefs(entry, "self").some((href) => up.includes(href)),
  );
  const related = reading ? hrefs(reading, "related") : [];
  return types.find((type) => hrefs(type, "self").some((href) => related.includes(href)))?.content.ReadingType;
}
