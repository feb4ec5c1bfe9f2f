// Gradient-boosted regression trees on histograms for the pinball loss (the median's is the absolute error): Friedman (2001),
// "Greedy function approximation: a gradient boosting machine", with binned features and best-first growth as in Ke et al. (2017), LightGBM.

/** Rows of features, column by column. NaN is "unknown" and sorts below everything. */
export interface Matrix {
  rows: number;
  columns: readonly Float32Array[];
}

export interface GbdtOptions {
  /** Which quantile: 0.5 is the median. */
  quantile: number;
  trees: number;
  /** Most leaves of a tree. */
  leaves: number;
  learningRate: number;
  /** Fewest rows in a leaf. */
  minLeaf: number;
  /** Share of rows and of features that each tree sees. */
  rowShare: number;
  featureShare: number;
  /** Added to the count of a side when gains are compared: keeps small leaves from looking good. */
  smoothing: number;
  seed: number;
}

/** Nodes of all trees in a row. A leaf has feature −1 and its value as threshold. */
export interface Trees {
  base: number;
  /** Where each tree begins. */
  roots: Int32Array;
  feature: Int16Array;
  threshold: Float64Array;
  /** Left child; the right one follows it. */
  child: Int32Array;
}

/** Sum of the trees for one row of features. */
export function evaluate(trees: Trees, row: ArrayLike<number>): number {
  let sum = trees.base;
  const { feature, threshold, child, roots } = trees;
  for (let t = 0; t < roots.length; t += 1) {
    let node = roots[t] as number;
    for (;;) {
      const column = feature[node] as number;
      if (column < 0) break;
      node = (child[node] as number) + ((row[column] as number) > (threshold[node] as number) ? 1 : 0);
    }
    sum += threshold[node] as number;
  }
  return sum;
}

/** The value with a share `q` of the others below it: the lower one where two would do. Reorders `values`. */
export function quantileOf(values: Float64Array, q: number): number {
  values.sort();
  return values[Math.min(values.length - 1, Math.max(0, Math.ceil(q * values.length) - 1))] as number;
}

/** A matrix with its values sorted into bins. */
export interface Binned {
  columns: readonly Float32Array[];
  codes: Uint8Array[];
  /** Upper edge of each bin but the last: a value goes right of edge b when it is greater. */
  edges: Float64Array[];
}

/** Cuts each feature where its sorted values fall into shares of equal size. Bin 0 holds NaN too. At most 256 bins. */
export function binned({ rows, columns }: Matrix, most: number): Binned {
  const codes: Uint8Array[] = [];
  const edges: Float64Array[] = [];
  for (const column of columns) {
    const sorted = column.filter((value) => !Number.isNaN(value)).sort();
    const cuts: number[] = [];
    // An edge below everything tells unknown from known.
    if (sorted.length < rows && sorted.length > 0) cuts.push(-Number.MAX_VALUE);
    const distinct = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
    const room = most - 1 - cuts.length;
    const source = distinct.length <= room + 1 ? distinct : sorted;
    const parts = Math.min(room + 1, source.length);
    for (let b = 1; b < parts; b += 1) {
      const at = Math.floor((b * source.length) / parts);
      const low = source[at - 1] as number;
      const high = source.subarray(at).find((value) => value > low);
      if (high === undefined) break;
      const cut = (low + high) / 2;
      if (cut > (cuts.at(-1) ?? Number.NEGATIVE_INFINITY) || cuts.length === 0) cuts.push(cut);
    }
    const edge = Float64Array.from(cuts);
    const code = new Uint8Array(rows);
    for (let i = 0; i < rows; i += 1) {
      const value = column[i] as number;
      let low = 0;
      let high = edge.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (value > (edge[middle] as number)) low = middle + 1;
        else high = middle;
      }
      code[i] = low;
    }
    codes.push(code);
    edges.push(edge);
  }
  return { columns, codes, edges };
}

/** Numbers in sequence from a seed: mulberry32 (Tommy Ettinger, public domain). */
export function sequence(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Leaf {
  node: number;
  /** Its rows are `order[from..to)`. */
  from: number;
  to: number;
  sums: Float64Array;
  counts: Int32Array;
  gain: number;
  feature: number;
  bin: number;
}

/** Fits trees to `target`. The same input and seed give the same trees. */
export function boost({ columns, codes, edges }: Binned, target: Float64Array, options: GbdtOptions): Trees {
  const rows = target.length;
  const { quantile, minLeaf, smoothing, learningRate } = options;
  const bins = 1 + Math.max(0, ...edges.map((edge) => edge.length));
  const random = sequence(options.seed);
  const base = rows > 0 ? quantileOf(Float64Array.from(target), quantile) : 0;
  const fitted = new Float64Array(rows).fill(base);
  const gradient = new Float64Array(rows);
  const roots: number[] = [];
  const feature: number[] = [];
  const threshold: number[] = [];
  const child: number[] = [];
  const order = new Int32Array(rows);
  const spare = new Int32Array(rows);
  const gathered = new Float64Array(rows);
  const size = codes.length * bins;

  const histogram = (from: number, to: number, used: readonly number[], sums: Float64Array, counts: Int32Array) => {
    for (let i = from; i < to; i += 1) gathered[i] = gradient[order[i] as number] as number;
    for (const f of used) {
      const code = codes[f] as Uint8Array;
      const offset = f * bins;
      for (let i = from; i < to; i += 1) {
        const cell = offset + (code[order[i] as number] as number);
        sums[cell] = (sums[cell] as number) + (gathered[i] as number);
        counts[cell] = (counts[cell] as number) + 1;
      }
    }
  };
  const findSplit = (leaf: Leaf, used: readonly number[]) => {
    leaf.gain = 0;
    const count = leaf.to - leaf.from;
    if (count < 2 * minLeaf) return;
    let total = 0;
    const first = (used[0] as number) * bins;
    for (let b = 0; b < bins; b += 1) total += leaf.sums[first + b] as number;
    const whole = (total * total) / (count + smoothing);
    for (const f of used) {
      let sum = 0;
      let below = 0;
      for (let b = 0; b < (edges[f] as Float64Array).length; b += 1) {
        sum += leaf.sums[f * bins + b] as number;
        below += leaf.counts[f * bins + b] as number;
        const above = count - below;
        if (below < minLeaf) continue;
        if (above < minLeaf) break;
        const gain = sum ** 2 / (below + smoothing) + (total - sum) ** 2 / (above + smoothing) - whole;
        if (gain > leaf.gain + 1e-9) {
          leaf.gain = gain;
          leaf.feature = f;
          leaf.bin = b;
        }
      }
    }
  };

  for (let t = 0; t < options.trees && rows > 0; t += 1) {
    let sampled = 0;
    for (let i = 0; i < rows; i += 1) {
      gradient[i] = (target[i] as number) > (fitted[i] as number) ? quantile : quantile - 1;
      if (options.rowShare >= 1 || random() < options.rowShare) order[sampled++] = i;
    }
    const used = codes.map((_, f) => f).filter(() => options.featureShare >= 1 || random() < options.featureShare);
    if (used.length === 0) used.push(Math.floor(random() * codes.length));
    const open = (node: number, from: number, to: number, sums: Float64Array, counts: Int32Array): Leaf => {
      const leaf = { node, from, to, sums, counts, gain: 0, feature: -1, bin: 0 };
      findSplit(leaf, used);
      return leaf;
    };
    const addNode = () => {
      feature.push(-1);
      threshold.push(0);
      return child.push(-1) - 1;
    };
    const root = addNode();
    roots.push(root);
    const sums = new Float64Array(size);
    const counts = new Int32Array(size);
    histogram(0, sampled, used, sums, counts);
    const leaves = [open(root, 0, sampled, sums, counts)];
    while (leaves.length < options.leaves) {
      let best: Leaf | undefined;
      for (const leaf of leaves) if (leaf.gain > (best?.gain ?? 0)) best = leaf;
      if (!best) break;
      const code = codes[best.feature] as Uint8Array;
      let left = best.from;
      let right = 0;
      for (let i = best.from; i < best.to; i += 1) {
        const row = order[i] as number;
        if ((code[row] as number) <= best.bin) order[left++] = row;
        else spare[right++] = row;
      }
      order.set(spare.subarray(0, right), left);
      const smallIsLeft = left - best.from <= right;
      const smallSums = new Float64Array(size);
      const smallCounts = new Int32Array(size);
      histogram(smallIsLeft ? best.from : left, smallIsLeft ? left : best.to, used, smallSums, smallCounts);
      // What the smaller side does not hold, the larger one does.
      const largeSums = best.sums.map((value, i) => value - (smallSums[i] as number));
      const largeCounts = best.counts.map((value, i) => value - (smallCounts[i] as number));
      feature[best.node] = best.feature;
      threshold[best.node] = (edges[best.feature] as Float64Array)[best.bin] as number;
      const leftNode = addNode();
      const rightNode = addNode();
      child[best.node] = leftNode;
      leaves.splice(
        leaves.indexOf(best),
        1,
        open(leftNode, best.from, left, smallIsLeft ? smallSums : largeSums, smallIsLeft ? smallCounts : largeCounts),
        open(rightNode, left, best.to, smallIsLeft ? largeSums : smallSums, smallIsLeft ? largeCounts : smallCounts),
      );
    }
    // The best value of a leaf is the quantile of what is left to explain in it.
    for (const { node, from, to } of leaves) {
      const rest = new Float64Array(to - from);
      for (let i = from; i < to; i += 1) {
        rest[i - from] = (target[order[i] as number] as number) - (fitted[order[i] as number] as number);
      }
      threshold[node] = rest.length > 0 ? learningRate * quantileOf(rest, quantile) : 0;
    }
    for (let i = 0; i < rows; i += 1) {
      let node = root;
      for (;;) {
        const f = feature[node] as number;
        if (f < 0) break;
        const value = (columns[f] as Float32Array)[i] as number;
        node = (child[node] as number) + (value > (threshold[node] as number) ? 1 : 0);
      }
      fitted[i] = (fitted[i] as number) + (threshold[node] as number);
    }
  }
  return {
    base,
    roots: Int32Array.from(roots),
    feature: Int16Array.from(feature),
    threshold: Float64Array.from(threshold),
    child: Int32Array.from(child),
  };
}
