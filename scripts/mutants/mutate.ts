// Small faults for Solidity sources, found by the compiler's syntax tree.

/** A node of the compiler's tree: `nodeType`, `src` as start:length:file in bytes, and whatever else. */
export interface Node {
  nodeType: string;
  src: string;
  [field: string]: unknown;
}

export interface Mutant {
  /** Names the fault as long as the code in question stays as it is, wherever it moves to. */
  key: string;
  file: string;
  line: number;
  before: string;
  after: string;
  /** Bytes of the file that `text` takes the place of. */
  start: number;
  end: number;
  text: string;
}

const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  "+": ["-"],
  "-": ["+"],
  "*": ["/"],
  "/": ["*"],
  "%": ["*"],
  "**": ["*"],
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "==": ["!="],
  "!=": ["=="],
  "&&": ["||"],
  "||": ["&&"],
  "&": ["|"],
  "|": ["&"],
  "^": ["&"],
  "<<": [">>"],
  ">>": ["<<"],
  "+=": ["-="],
  "-=": ["+="],
  "*=": ["/="],
  "/=": ["*="],
  "|=": ["&="],
  "&=": ["|="],
  "++": ["--"],
  "--": ["++"],
};
const YUL: Readonly<Record<string, string>> = {
  add: "sub",
  sub: "add",
  mul: "div",
  div: "mul",
  and: "or",
  or: "and",
  shl: "shr",
  shr: "shl",
  lt: "gt",
  gt: "lt",
};

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "nodeType" in value && "src" in value;
const children = (node: Node): Node[] => Object.values(node).flat().filter(isNode);
const nodes = (value: unknown): Node[] => (Array.isArray(value) ? value.filter(isNode) : []);
const span = (node: Node): [start: number, end: number] => {
  const [start = 0, length = 0] = node.src.split(":").map(Number);
  return [start, start + length];
};
const typeOf = (node: Node) => (node.typeDescriptions as { typeString?: string } | undefined)?.typeString;
const calls = (node: unknown, name: string) =>
  isNode(node) && node.nodeType === "FunctionCall" && (node.expression as Node).name === name;

/** Every fault of one source, in the order of the text. */
export function mutantsOf(file: string, source: string, tree: Node): Mutant[] {
  const bytes = Buffer.from(source);
  const found: Mutant[] = [];
  const seen = new Map<string, number>();
  const slice = (start: number, end: number) => bytes.subarray(start, end).toString();
  const textOf = (node: Node) => slice(...span(node));

  let where = "";
  const replace = (start: number, end: number, text: string) => {
    const before = slice(start, end);
    const base = [file, where, before, text || "nothing"].map((part) => part.replaceAll(/\s+/g, " ")).join(" | ");
    const count = seen.get(base) ?? 0;
    seen.set(base, count + 1);
    const line = slice(0, start).split("\n").length;
    found.push({
      key: count === 0 ? base : `${base} | ${count + 1}`,
      file,
      line,
      before,
      after: text,
      start,
      end,
      text,
    });
  };
  /** Takes the statement out, with the semicolon that its node may leave out. */
  const remove = (statement: Node) => {
    const [start, end] = span(statement);
    replace(start, slice(end, end + 1) === ";" ? end + 1 : end, "{}");
  };
  const condition = (node: unknown, values: string[]) => {
    if (!isNode(node) || node.nodeType === "Literal") return;
    for (const value of values) replace(...span(node), value === "!" ? `!(${textOf(node)})` : value);
  };
  const operator = (node: Node, left: Node, right: Node) => {
    const [[from, middle], [after, to]] = [span(left), span(right)];
    const gap = slice(middle, after);
    const name = String(node.operator);
    for (const other of OPERATORS[name] ?? []) {
      const at = gap.indexOf(name);
      if (at < 0) continue;
      const text = slice(from, middle) + gap.slice(0, at) + other + gap.slice(at + name.length) + slice(after, to);
      replace(from, to, node.nodeType === "Assignment" ? text : `(${text})`);
    }
  };
  const number = (node: Node, text: string) => {
    const digits = /^(0x[0-9a-fA-F_]+|[0-9_]+)(?=$|\s)/.exec(text)?.[0];
    if (digits === undefined || /^0x[0-9a-fA-F]{40}$/.test(digits)) return;
    const [start] = span(node);
    const value = BigInt(digits.replaceAll("_", ""));
    replace(start, start + digits.length, String(value + 1n));
    if (value > 0n) replace(start, start + digits.length, String(value - 1n));
  };
  const swaps = (list: Node[]) => {
    for (let i = 1; i < list.length; i += 1) {
      const [one, two] = [list[i - 1], list[i]];
      if (!one || !two || typeOf(one) !== typeOf(two) || textOf(one) === textOf(two)) continue;
      const [[start, middle], [after, end]] = [span(one), span(two)];
      replace(start, end, slice(after, end) + slice(middle, after) + slice(start, middle));
    }
  };

  const visit = (node: Node): void => {
    const outer = where;
    if (node.nodeType === "ContractDefinition") where = String(node.name);
    if (node.nodeType === "FunctionDefinition") where = `${outer}.${String(node.name || node.kind)}`;
    switch (node.nodeType) {
      case "ImportDirective":
      case "PragmaDirective":
      case "StructuredDocumentation":
        return;
      case "BinaryOperation":
        operator(node, node.leftExpression as Node, node.rightExpression as Node);
        break;
      case "Assignment":
        operator(node, node.leftHandSide as Node, node.rightHandSide as Node);
        break;
      case "UnaryOperation": {
        const text = textOf(node);
        const other = OPERATORS[String(node.operator)]?.[0];
        if (node.operator === "!") replace(...span(node), textOf(node.subExpression as Node));
        else if (other && text.length > 2) replace(...span(node), text.replace(String(node.operator), other));
        break;
      }
      case "Literal":
        if (node.kind === "number") number(node, textOf(node));
        if (node.kind === "bool") replace(...span(node), node.value === "true" ? "false" : "true");
        break;
      case "IfStatement":
      case "Conditional":
        condition(node.condition, ["!", "true", "false"]);
        break;
      case "WhileStatement":
      case "ForStatement":
        condition(node.condition, ["false"]);
        break;
      case "FunctionCall":
        // A requirement that is always met is one that was deleted.
        if (calls(node, "require")) condition(nodes(node.arguments)[0], ["!", "true"]);
        else if (node.kind !== "typeConversion") swaps(nodes(node.arguments));
        break;
      case "ModifierInvocation":
        if (node.kind === "modifierInvocation") replace(...span(node), "");
        break;
      case "EmitStatement":
      case "RevertStatement":
      case "Break":
      case "Continue":
        remove(node);
        break;
      case "ExpressionStatement":
        if (!calls(node.expression, "require")) remove(node);
        break;
      case "YulExpressionStatement":
      case "YulAssignment":
        replace(...span(node), "{}");
        break;
      case "YulFunctionCall": {
        const name = node.functionName as Node;
        const other = YUL[String(name.name)];
        if (other) replace(...span(name), other);
        break;
      }
      case "YulLiteral":
        if (node.kind === "number") number(node, textOf(node));
        break;
    }
    for (const child of children(node)) {
      // What steps a loop on is no statement, and a loop that does not move on tests patience only.
      if (node.nodeType === "ForStatement" && child === node.loopExpression) continue;
      visit(child);
    }
    where = outer;
  };
  visit(tree);
  return found.toSorted((a, b) => a.start - b.start || a.end - b.end);
}

/** The source with the fault in it. */
export function mutated(source: string, { start, end, text }: Mutant): string {
  const bytes = Buffer.from(source);
  return Buffer.concat([bytes.subarray(0, start), Buffer.from(text), bytes.subarray(end)]).toString();
}
