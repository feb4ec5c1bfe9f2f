// CycloneDX 1.6: https://cyclonedx.org/docs/1.6/json/
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../checks.ts";
import type { Package } from "../licences.ts";

/** As package URLs have it: the scope's `@` and `/` are parts of the name. */
const purl = (name: string, version: string) =>
  `pkg:npm/${name.startsWith("@") ? `%40${name.slice(1)}` : name}@${encodeURIComponent(version)}`;

const isExpression = (licence: string) => / (OR|AND) /.test(licence);

function licences(licence: string) {
  if (isExpression(licence)) return [{ expression: licence }];
  return [{ license: licence === "Unknown" ? { name: "see its LICENSE file" } : { id: licence } }];
}

export function billOfMaterials(packages: readonly Package[]) {
  const { name, version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    name: string;
    version: string;
  };
  const components = packages
    .flatMap((one) => one.versions.map((version) => ({ name: one.name, version, license: one.license })))
    .sort((a, b) => purl(a.name, a.version).localeCompare(purl(b.name, b.version)))
    .map(({ name, version, license }) => ({
      type: "library",
      "bom-ref": purl(name, version),
      name,
      version,
      licenses: licences(license),
      purl: purl(name, version),
    }));
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: { type: "application", "bom-ref": name, name, version, licenses: licences("Apache-2.0") } },
    components,
  };
}
