import { Hono } from "hono";
import { expect, it } from "vitest";
import { answerCsv, cellOf } from "../src/api/rest/csv.ts";

it.each([
  ["plain", "plain"],
  [null, ""],
  [7, "7"],
  ["=1+1", "'=1+1"],
  ["+1", "'+1"],
  ["-1", "'-1"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["\t=1", "'\t'=1"],
  ["＝1", "'＝1"],
  ["  =1", "'  =1"],
  ["a,b", '"a,b"'],
  ['a"b', '"a""b"'],
  ["\r=1", "\"'\r'=1\""],
  ["Green Ltd;=HYPERLINK(1)", "Green Ltd;'=HYPERLINK(1)"],
  ["Green Ltd\t +1", "Green Ltd\t '+1"],
  ["a;b;;@SUM(A1)", "a;b;;'@SUM(A1)"],
  ["a\r\n-1", '"a\r\n\'-1"'],
  ['a;"=1"', `"a;""'=1"""`],
  ["a = b; c = d", "a = b; c = d"],
])("%j becomes %j", (value, cell) => {
  expect(cellOf(value)).toBe(cell);
});

it.each([0, 1, 499, 500, 501, 1000, 1234])("%i rows are all there, a page at a time", async (count) => {
  const app = new Hono().get("/", (c) =>
    answerCsv<number>(c, "rows", [["n", (n) => n]], async (after = 0, limit) =>
      Array.from({ length: Math.min(limit, count - after) }, (_, n) => after + n + 1),
    ),
  );
  const text = await (await app.request("/")).text();
  expect(text).toBe(["n", ...Array.from({ length: count }, (_, n) => n + 1), ""].join("\r\n"));
});
