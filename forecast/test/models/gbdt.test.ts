import { expect, test } from "vitest";
import { binned, boost, evaluate, type GbdtOptions, sequence } from "../../src/models/gbdt.ts";

interface Node {
  feature: number;
  threshold: number;
  left: Node;
  right: Node;
  value?: number;
}

/** The same model said another way: every split of every leaf tried on the raw values, best first, without bins. */
function reference(rows: number[][], target: number[], options: GbdtOptions): (row: number[]) => number {
  const q = options.quantile;
  const quantile = (values: number[]) =>
    [...values].sort((a, b) => a - b)[Math.max(0, Math.ceil(q * values.length) - 1)] ?? 0;
  const base = quantile(target);
  const trees: Node[] = [];
  const walk = (node: Node, row: number[]): number => {
    if (node.value !== undefined) return node.value;
    return walk((row[node.feature] as number) > node.threshold ? node.right : node.left, row);
  };
  const predict = (row: number[]) => trees.reduce((sum, tree) => sum + walk(tree, row), base);
  const cuts = (rows[0] ?? []).map((_, f) => {
    const column = rows.map((row) => Math.fround(row[f] as number));
    const values = [...new Set(column.filter((value) => !Number.isNaN(value)))].sort((a, b) => a - b);
    const between = values.slice(1).map((value, i) => (value + (values[i] as number)) / 2);
    return column.some(Number.isNaN) ? [-Number.MAX_VALUE, ...between] : between;
  });
  for (let t = 0; t < options.trees; t += 1) {
    const rest = rows.map((row, i) => (target[i] as number) - predict(row));
    const gradient = rest.map((value) => (value > 0 ? q : q - 1));
    const leaf = (): Node => ({ feature: -1, threshold: 0, value: 0 }) as Node;
    const root = leaf();
    const leaves = [{ node: root, members: rows.map((_, i) => i) }];
    while (leaves.length < options.leaves) {
      let best = { gain: 0, at: -1, feature: 0, threshold: 0 };
      leaves.forEach(({ members }, at) => {
        let own = { gain: 0, at, feature: 0, threshold: 0 };
        const strength = (of: number[]) =>
          of.reduce((sum, i) => sum + (gradient[i] as number), 0) ** 2 / (of.length + options.smoothing);
        cuts.forEach((thresholds, feature) => {
          for (const threshold of thresholds) {
            const right = members.filter((i) => (rows[i]?.[feature] as number) > threshold);
            const left = members.filter((i) => !((rows[i]?.[feature] as number) > threshold));
            if (left.length < options.minLeaf || right.length < options.minLeaf) continue;
            const gain = strength(left) + strength(right) - strength(members);
            if (gain > own.gain + 1e-9) own = { gain, at, feature, threshold };
          }
        });
        if (own.gain > best.gain + 1e-12) best = own;
      });
      const split = leaves[best.at];
      if (!split) break;
      const goesRight = (i: number) => (rows[i]?.[best.feature] as number) > best.threshold;
      const [left, right] = [leaf(), leaf()];
      Object.assign(split.node, { feature: best.feature, threshold: best.threshold, left, right, value: undefined });
      leaves.splice(
        best.at,
        1,
        { node: left, members: split.members.filter((i) => !goesRight(i)) },
        { node: right, members: split.members.filter(goesRight) },
      );
    }
    for (const { node, members } of leaves) {
      node.value = options.learningRate * quantile(members.map((i) => rest[i] as number));
    }
    trees.push(root);
  }
  return predict;
}

const columnsOf = (rows: number[][]) =>
  (rows[0] ?? []).map((_, f) => Float32Array.from(rows, (row) => row[f] as number));

test.each([0.1, 0.5, 0.9])("trees for quantile %f are those of an exhaustive search", (quantile) => {
  for (const seed of [1, 2, 3]) {
    const random = sequence(seed);
    const rows = Array.from({ length: 70 }, () => [
      Math.fround(random()),
      Math.floor(random() * 4),
      random() < 0.2 ? Number.NaN : Math.fround(random()),
    ]);
    const target = rows.map(([a = 0, b = 0, c = 0]) => 3 * a + b * (Number.isNaN(c) ? 2 : c) + random());
    const options: GbdtOptions = {
      quantile,
      trees: 8,
      leaves: 5,
      learningRate: 0.3,
      minLeaf: 4,
      rowShare: 1,
      featureShare: 1,
      smoothing: 1,
      seed,
    };
    const predict = reference(rows, target, options);
    const trees = boost(
      binned({ rows: rows.length, columns: columnsOf(rows) }, 256),
      Float64Array.from(target),
      options,
    );
    for (const row of rows) expect(evaluate(trees, row)).toBeCloseTo(predict(row), 9);
  }
});

test("quantiles of noisy data hold their shares on rows that were not learnt from", () => {
  const random = sequence(5);
  const make = (count: number) => {
    const rows = Array.from({ length: count }, () => [random(), random()]);
    return { rows, target: rows.map(([a = 0, b = 0]) => 2 * a + (b > 0.5 ? 1 : 0) + (0.2 + a) * random()) };
  };
  const learnt = make(4000);
  const unseen = make(2000);
  const sorted = binned({ rows: 4000, columns: columnsOf(learnt.rows) }, 48);
  for (const quantile of [0.1, 0.5, 0.9]) {
    const trees = boost(sorted, Float64Array.from(learnt.target), {
      quantile,
      trees: 100,
      leaves: 8,
      learningRate: 0.1,
      minLeaf: 30,
      rowShare: 0.5,
      featureShare: 1,
      smoothing: 5,
      seed: 3,
    });
    const below = unseen.rows.filter((row, i) => (unseen.target[i] as number) <= evaluate(trees, row)).length;
    expect(below / 2000).toBeGreaterThan(quantile - 0.04);
    expect(below / 2000).toBeLessThan(quantile + 0.04);
  }
});
