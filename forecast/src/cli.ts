// What an operator does with the service's database by hand.
import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { ConfigError, readConfig } from "./config.ts";
import { readCsv } from "./import/csv.ts";
import { readGreenButton } from "./import/green-button.ts";
import { importHome } from "./import/import-home.ts";
import { ImportError, MAX_FILE_BYTES } from "./import/meter-values.ts";
import { openServices } from "./services.ts";

const say = (text: string) => process.stdout.write(`${text}\n`);
const address = (text: string): string => {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) throw new InvalidArgumentError("expected an address: 0x and 40 hex digits.");
  return text.toLowerCase();
};

const program = new Command("gridx-forecast").description("The forecast service's database, by hand.");

program
  .command("import")
  .description("imports a home's past from CSV (timestamp,production_kwh,consumption_kwh) or Green Button XML")
  .requiredOption("--house <address>", "the house, by its first meter", address)
  .argument("<file>", "a .csv or .xml file")
  .addHelpText(
    "after",
    "\nThe environment is the service's. On PGlite stop the service first; on PostgreSQL it may run.",
  )
  .action(async (path: string, { house: id }: { house: string }) => {
    const services = await openServices(readConfig(process.env));
    try {
      const house = (await services.registry.read()).byId(id);
      if (!house) throw new ImportError(`no house ${id} is registered; a house is known by its first meter`);
      if (statSync(path).size > MAX_FILE_BYTES) throw new ImportError(`${path}: more than ${MAX_FILE_BYTES} bytes`);
      const text = readFileSync(path, "utf8");
      const isXml = path.toLowerCase().endsWith(".xml");
      const values = (isXml ? readGreenButton : readCsv)(basename(path), text);
      const { accepted, corrected, unchanged, rejected } = await importHome(
        services.database.db,
        house,
        values,
        await services.clock.now(),
      );
      for (const { index, field, message } of rejected.slice(0, 20)) say(`interval ${index}: ${field}: ${message}`);
      if (rejected.length > 20) say(`and ${rejected.length - 20} more`);
      if (isXml)
        say("A Green Button file knows the connection alone: import stands for consumption, export for production.");
      say(`${accepted} imported, ${corrected} corrected, ${unchanged} known already, ${rejected.length} refused`);
      if (rejected.length > 0) process.exitCode = 1;
    } finally {
      await services.close();
    }
  });

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof Error)) throw error;
  process.stderr.write(`${error instanceof ConfigError ? "the environment is wrong:\n" : ""}${error.message}\n`);
  process.exitCode = 1;
}
process.exit();
