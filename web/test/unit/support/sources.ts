// Reads the page's own sources: which texts they show, and how they ask for messages.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const SRC = fileURLToPath(new URL("../../../src/", import.meta.url));

export interface Source {
  /** From `src/` on. */
  path: string;
  file: ts.SourceFile;
}

export function parseSource(path: string, text: string): Source {
  const kind = path.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  return { path, file: ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true, kind) };
}

export function sources(): Source[] {
  const files = readdirSync(SRC, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).filter((path) => /\.tsx?$/.test(path));
  return paths.sort().map((path) => parseSource(relative(SRC, path), readFileSync(path, "utf8")));
}

export const place = ({ path, file }: Source, node: ts.Node): string =>
  `${path}:${file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1}`;

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  node.forEachChild((child) => walk(child, visit));
}

/** Attributes and properties whose value is read by people. */
const SHOWN = new Set(
  ["alt", "aria-description", "aria-label", "aria-roledescription", "aria-valuetext", "hint", "label", "lead"].concat([
    "legend",
    "message",
    "note",
    "placeholder",
    "said",
    "success",
    "text",
    "title",
    "unit",
    "value",
    "warning",
    "what",
  ]),
);
/** What is said when something fails: their first argument is shown. */
const SAYING = new Set(["PlanError", "SiteConfigError", "failed", "no"]);

/** Texts that an expression can come to, without what it asks functions for. */
function literals(node: ts.Node): ts.Node[] {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node];
  if (ts.isTemplateExpression(node)) {
    return [node.head, ...node.templateSpans.flatMap((span) => [span.literal, ...literals(span.expression)])];
  }
  if (ts.isJsxExpression(node)) return node.expression ? literals(node.expression) : [];
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) {
    return literals(node.expression);
  }
  if (ts.isConditionalExpression(node)) return [...literals(node.whenTrue), ...literals(node.whenFalse)];
  if (ts.isBinaryExpression(node)) {
    const either = [ts.SyntaxKind.BarBarToken, ts.SyntaxKind.QuestionQuestionToken, ts.SyntaxKind.PlusToken];
    const left = either.includes(node.operatorToken.kind) ? literals(node.left) : [];
    return [...left, ...literals(node.right)];
  }
  return [];
}

const textOf = (node: ts.Node): string =>
  ts.isJsxText(node) ||
  ts.isLiteralExpression(node) ||
  ts.isTemplateHead(node) ||
  ts.isTemplateMiddleOrTemplateTail(node)
    ? node.text
    : "";

export interface Shown {
  at: string;
  text: string;
}

/** Texts written in a source where people read them. */
export function shownTexts(source: Source): Shown[] {
  const found: ts.Node[] = [];
  walk(source.file, (node) => {
    if (ts.isJsxText(node)) found.push(node);
    else if (ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent)) found.push(...literals(node));
    else if (ts.isJsxAttribute(node) && node.initializer && SHOWN.has(node.name.getText(source.file))) {
      found.push(...literals(node.initializer));
    } else if (ts.isPropertyAssignment(node) && SHOWN.has(node.name.getText(source.file).replace(/"/g, ""))) {
      found.push(...literals(node.initializer));
    } else if (
      (ts.isNewExpression(node) || ts.isCallExpression(node)) &&
      SAYING.has(node.expression.getText(source.file))
    ) {
      const [first] = node.arguments ?? [];
      if (first) found.push(...literals(first));
    }
  });
  return found.map((node) => ({ at: place(source, node), text: textOf(node) }));
}

export interface Use {
  at: string;
  id: string;
  /** Placeholders and tags that are filled in; null where the id stands alone, in a table. */
  given: string[] | null;
}

const propertyNames = (node: ts.Node | undefined): string[] => {
  if (!node) return [];
  const inner = ts.isJsxExpression(node) ? node.expression : node;
  if (!inner || !ts.isObjectLiteralExpression(inner)) return [`not written out: ${node.getText()}`];
  return inner.properties.flatMap((property) => (property.name ? [property.name.getText()] : []));
};

/** Functions that say a message with these placeholders; only the message is given to them. */
const SAYERS: Readonly<Partial<Record<string, string[]>>> = { said: [], saidOf: ["who"] };

/** Every place that names a message, and what it fills in. */
export function messageUses(source: Source, isId: (text: string) => boolean): Use[] {
  const uses: Use[] = [];
  const asked = new Set<ts.Node>();
  const use = (node: ts.Node, given: string[]) => {
    for (const literal of literals(node)) {
      asked.add(literal);
      uses.push({ at: place(source, literal), id: textOf(literal), given });
    }
  };
  walk(source.file, (node) => {
    if (ts.isCallExpression(node)) {
      const [id, values] = node.arguments;
      const name = node.expression.getText(source.file);
      if (!id) return;
      const sayer = SAYERS[name];
      if (name === "t") use(id, propertyNames(values));
      else if (sayer) use(id, sayer);
    } else if (ts.isJsxSelfClosingElement(node) && node.tagName.getText(source.file) === "Trans") {
      const attribute = (wanted: string) =>
        node.attributes.properties.filter(ts.isJsxAttribute).find((one) => one.name.getText(source.file) === wanted)
          ?.initializer;
      const id = attribute("id");
      if (id) use(id, [...propertyNames(attribute("values")), ...propertyNames(attribute("components"))]);
    }
  });
  walk(source.file, (node) => {
    if (!ts.isStringLiteral(node) || asked.has(node) || !isId(node.text)) return;
    uses.push({ at: place(source, node), id: node.text, given: null });
  });
  return uses;
}
