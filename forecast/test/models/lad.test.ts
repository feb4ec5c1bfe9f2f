import fc from "fast-check";
import { expect, test } from "vitest";
import { dot, leastAbsolute, leastSquares } from "../../src/models/lad.ts";

const loss = (rows: number[][], target: number[], quantile: number, coefficients: ArrayLike<number>) =>
  rows.reduce((sum, row, i) => {
    const rest = (target[i] as number) - dot(row, coefficients as Float64Array);
    return sum + Math.max(quantile * rest, (quantile - 1) * rest);
  }, 0);

/** The optimum of this linear program lies in a vertex: a line through two of the points. Tries them all. */
function leastOfAllLines(rows: number[][], target: number[], quantile: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < rows.length; i += 1) {
    for (let j = 0; j < i; j += 1) {
      const [xi, xj] = [rows[i]?.[1] as number, rows[j]?.[1] as number];
      if (xi === xj) continue;
      const slope = ((target[i] as number) - (target[j] as number)) / (xi - xj);
      least = Math.min(least, loss(rows, target, quantile, [(target[i] as number) - slope * xi, slope]));
    }
  }
  return least;
}

test.each([0.1, 0.5, 0.9])(
  "a line for quantile %f is as good as the best of all lines through two points",
  (quantile) => {
    const number = fc.integer({ min: -50, max: 50 }).map((tenths) => tenths / 10);
    fc.assert(
      fc.property(fc.array(fc.tuple(number, number), { minLength: 6, maxLength: 20 }), (points) => {
        fc.pre(new Set(points.map(([x]) => x.toFixed(1))).size > 3);
        const rows = points.map(([x]) => [1, x]);
        const target = points.map(([x, noise]) => 2 - x + noise);
        const fitted = leastAbsolute(Float64Array.from(rows.flat()), 2, Float64Array.from(target), {
          quantile,
          rounds: 300,
        });
        const least = leastOfAllLines(rows, target, quantile);
        expect(loss(rows, target, quantile, fitted)).toBeLessThanOrEqual(least * 1.01 + 0.01);
      }),
      { seed: 4, numRuns: 60 },
    );
  },
);

test("one absurd reading moves least squares, not least absolute deviations; a strong prior holds", () => {
  const rows = Array.from({ length: 50 }, (_, i) => [1, i / 50]);
  const target = rows.map(([, x = 0]) => 1 + 2 * x);
  target[49] = 1000;
  const features = Float64Array.from(rows.flat());
  const wanted = Float64Array.from(target);
  const robust = leastAbsolute(features, 2, wanted);
  expect(robust[0]).toBeCloseTo(1, 1);
  expect(robust[1]).toBeCloseTo(2, 1);
  expect(leastSquares(features, 2, wanted, 0)[1]).toBeGreaterThan(10);
  const held = leastAbsolute(features, 2, wanted, { prior: [5, 5], strength: 1e9 });
  expect(held[0]).toBeCloseTo(5, 3);
});
