// Least-absolute-deviation regression by iteratively reweighted least squares: Schlossmacher (1973), JASA 68:857; and, with unequal
// weights above and below, regression of any quantile: Koenker and Bassett (1978), Econometrica 46:33.

export interface LadOptions {
  /** 0.5, the default, is the median. */
  quantile?: number;
  /** Coefficients that the fit is drawn to, and how strongly, in rows' worth of squared error. */
  prior?: ArrayLike<number>;
  strength?: number;
  rounds?: number;
}

/** Solves A x = b for a symmetric positive definite A (row by row), by Cholesky. A and b are overwritten. */
export function solveSymmetric(a: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  const at = (i: number, j: number) => a[i * n + j] as number;
  for (let j = 0; j < n; j += 1) {
    for (let i = j; i < n; i += 1) {
      let sum = at(i, j);
      for (let k = 0; k < j; k += 1) sum -= at(i, k) * at(j, k);
      a[i * n + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / at(j, j);
    }
  }
  for (let i = 0; i < n; i += 1) {
    let sum = b[i] as number;
    for (let k = 0; k < i; k += 1) sum -= at(i, k) * (b[k] as number);
    b[i] = sum / at(i, i);
  }
  for (let i = n - 1; i >= 0; i -= 1) {
    let sum = b[i] as number;
    for (let k = i + 1; k < n; k += 1) sum -= at(k, i) * (b[k] as number);
    b[i] = sum / at(i, i);
  }
  return b;
}

/** Sum of products of two rows of equal length. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < b.length; i += 1) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** Rows of equal length, one after the other. */
export function packed(rows: readonly ArrayLike<number>[], width: number): Float64Array {
  const result = new Float64Array(rows.length * width);
  for (let i = 0; i < rows.length; i += 1) result.set(rows[i] as ArrayLike<number>, i * width);
  return result;
}

/** Coefficients of least squares with a ridge, in rows' worth of squared error. */
export function leastSquares(features: Float64Array, width: number, target: Float64Array, ridge: number): Float64Array {
  const { a, b } = normalEquations(features, width, target, () => 1);
  for (let i = 0; i < width; i += 1) a[i * width + i] = (a[i * width + i] as number) + ridge + 1e-9;
  return solveSymmetric(a, b);
}

function normalEquations(
  features: Float64Array,
  width: number,
  target: Float64Array,
  weightOf: (row: number) => number,
) {
  const a = new Float64Array(width * width);
  const b = new Float64Array(width);
  for (let r = 0; r < target.length; r += 1) {
    const weight = weightOf(r);
    const offset = r * width;
    const wanted = target[r] as number;
    for (let i = 0; i < width; i += 1) {
      const scaled = weight * (features[offset + i] as number);
      if (scaled === 0) continue;
      b[i] = (b[i] as number) + scaled * wanted;
      const line = i * width;
      for (let j = 0; j <= i; j += 1) a[line + j] = (a[line + j] as number) + scaled * (features[offset + j] as number);
    }
  }
  for (let i = 0; i < width; i += 1) for (let j = 0; j < i; j += 1) a[j * width + i] = a[i * width + j] as number;
  return { a, b };
}

/**
 * Coefficients that make the sum of |target − features · coefficients| small. `features` holds `width` numbers a row, none NaN; an
 * intercept is a feature that is always 1.
 */
export function leastAbsolute(
  features: Float64Array,
  width: number,
  target: Float64Array,
  { quantile = 0.5, prior, strength = 0, rounds = 30 }: LadOptions = {},
): Float64Array {
  const rows = target.length;
  let size = 0;
  for (const value of target) size += Math.abs(value);
  // Residuals below this count as this: a row that is met exactly must not outweigh all others.
  const least = Math.max(1e-9, (1e-4 * size) / Math.max(1, rows));
  let coefficients = Float64Array.from({ length: width }, (_, i) => prior?.[i] ?? 0);
  // The first round is plain least squares, whatever the quantile.
  const residual = new Float64Array(rows).fill(size / Math.max(1, rows));
  for (let round = 0; round < rounds; round += 1) {
    const { a, b } = normalEquations(features, width, target, (r) => {
      const rest = residual[r] as number;
      // Twice the pinball loss, which is the absolute error where the quantile is a half.
      return (2 * (rest > 0 ? quantile : 1 - quantile)) / Math.max(least, Math.abs(rest));
    });
    for (let i = 0; i < width; i += 1) {
      a[i * width + i] = (a[i * width + i] as number) * (1 + 1e-7) + strength + 1e-9;
      b[i] = (b[i] as number) + strength * (prior?.[i] ?? 0);
    }
    const next = solveSymmetric(a, b);
    let moved = 0;
    for (let i = 0; i < width; i += 1) {
      moved = Math.max(moved, Math.abs((next[i] as number) - (coefficients[i] as number)));
    }
    coefficients = Float64Array.from(next);
    for (let r = 0; r < rows; r += 1) {
      residual[r] = (target[r] as number) - dot(features.subarray(r * width, (r + 1) * width), coefficients);
    }
    if (round > 0 && moved < 1e-6) break;
  }
  return coefficients;
}
