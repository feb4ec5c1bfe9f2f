// GraphQL that is wrong in its form, its names or its values.
import fc from "fast-check";
import { JSON_TYPE, RAW_BODIES } from "./bodies.ts";
import { anything, type BadRequest, encoded, type Known, text } from "./values.ts";

const DEEP = (depth: number) => `{ ${"energyTrades { items { ".repeat(depth)}${"} } ".repeat(depth)}}`;
const DOCUMENTS = [
  ...["", "{", "}", "query", "{ }", "{ __typename }", "subscription { x }", "mutation { a }", "\0", "#", "{ a(b: ) }"],
  ...[DEEP(3), DEEP(60), DEEP(2_000), `{ ${"a".repeat(20_000)} }`, "{ __schema { types { name fields { name } } } }"],
  `{ ${Array.from({ length: 200 }, (_, n) => `a${n}: energyTrades { totalCount }`).join(" ")} }`,
  `{ ${"energyTrades { totalCount } ".repeat(300)} }`,
  "query A { __typename } query B { __typename }",
  "{ ...F } fragment F on Query { ...F }",
  "{ energyTrades @include(if: 1) { totalCount } }",
];
const TABLES = [
  "energyTrades",
  "accounts",
  "houses",
  "lots",
  "carbonTransactions",
  "ledgerFacts",
  "slotMarkets",
  "energyTrade",
];
const FIELDS = ["limit", "orderBy", "orderDirection", "after", "before", "offset", "where", "tradeId"];

/** GraphQL, its queries wrong in their form, their names or their values. */
export function badGraphql(known: Known): fc.Arbitrary<BadRequest> {
  const literal = fc.oneof(
    anything(known).map((value) => JSON.stringify(value) ?? "null"),
    text(known).map((value) => `{ ${value}: ${JSON.stringify(value)} }`),
    fc.constantFrom(
      "asc",
      "$x",
      "1e400",
      "-99999999999999999999",
      "{ slot_gt: 99999999999 }",
      '{ energyWh_lt: "x" }',
      "{ OR: [{}] }",
    ),
  );
  const asked = fc
    .tuple(fc.constantFrom(...TABLES), fc.array(fc.tuple(fc.constantFrom(...FIELDS), literal), { maxLength: 2 }))
    .map(([table, given]) => {
      const list = given.map(([name, value]) => `${name}: ${value}`).join(", ");
      return `{ ${table}${list && `(${list})`} { ${table === "energyTrade" ? "tradeId" : "items { __typename } pageInfo { endCursor }"} } }`;
    });
  const query = fc.oneof(fc.constantFrom(...DOCUMENTS), asked, asked);
  const body = fc.oneof(
    { weight: 5, arbitrary: query.map((one) => JSON.stringify({ query: one })) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(query, anything(known))
        .map(([one, variables]) => JSON.stringify({ query: one, variables, operationName: variables })),
    },
    { weight: 1, arbitrary: anything(known).map((value) => JSON.stringify({ query: value }) ?? "") },
    { weight: 1, arbitrary: fc.constantFrom(...RAW_BODIES) },
  );
  const posted = body.map((one) => ({
    operation: null,
    method: "POST",
    path: "/graphql",
    headers: { "content-type": JSON_TYPE },
    body: one,
  }));
  const got = query.map((one) => ({
    operation: null,
    method: "GET",
    path: `/graphql?query=${encoded(one).slice(0, 6_000)}`,
    headers: {},
  }));
  return fc.oneof({ weight: 4, arbitrary: posted }, { weight: 1, arbitrary: got });
}
