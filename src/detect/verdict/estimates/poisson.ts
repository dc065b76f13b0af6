/** Exact limits for counts of rare events (Garwood 1936): quantiles of the gamma distribution. */

/** Two-sided, in each tail: together they leave out one case in twenty. */
const TAIL = 0.025;
/** Enough for a relative error below 1e-9. */
const STEPS = 200;
const TINY = 1e-15;
/** From here on Wilson and Hilferty's approximation is as good, and takes no time. */
const MANY = 10_000;
/** Standard deviations that leave TAIL out. */
const NORMAL_QUANTILE = 1.959964;

/** The rates, as expected counts, between which 95 of 100 counts like `count` came from. `count` may be a fraction. */
export function poissonLimits(count: number): { readonly low: number; readonly high: number } {
  return {
    low: count <= 0 ? 0 : gammaQuantile(TAIL, count),
    high: gammaQuantile(1 - TAIL, Math.max(0, count) + 1),
  };
}

/** x with P(shape, x) = probability, by halving intervals. */
function gammaQuantile(probability: number, shape: number): number {
  if (shape > MANY) {
    const deviation = probability < 0.5 ? -NORMAL_QUANTILE : NORMAL_QUANTILE;
    return shape * (1 - 1 / (9 * shape) + deviation / (3 * Math.sqrt(shape))) ** 3;
  }
  let low = 0;
  let high = shape + 10 * Math.sqrt(shape) + 20;
  for (let step = 0; step < STEPS && high - low > 1e-10 * high; step++) {
    const middle = (low + high) / 2;
    if (lowerGamma(shape, middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Regularised lower incomplete gamma function P(shape, x): series below the mean, continued fraction above. */
function lowerGamma(shape: number, x: number): number {
  if (x <= 0) return 0;
  const scale = Math.exp(shape * Math.log(x) - x - logGamma(shape));
  if (x < shape + 1) {
    let term = 1 / shape;
    let sum = term;
    for (let next = shape + 1; term > sum * TINY && next < shape + 1e6; next++) {
      term *= x / next;
      sum += term;
    }
    return sum * scale;
  }
  // Lentz's method.
  let b = x + 1 - shape;
  let c = 1 / TINY;
  let d = 1 / b;
  let fraction = d;
  for (let step = 1; step < 1e6; step++) {
    const a = -step * (step - shape);
    b += 2;
    d = 1 / nonZero(a * d + b);
    c = nonZero(b + a / c);
    const factor = d * c;
    fraction *= factor;
    if (Math.abs(factor - 1) < TINY) break;
  }
  return 1 - fraction * scale;
}

function nonZero(value: number): number {
  return Math.abs(value) < TINY * TINY ? TINY * TINY : value;
}

/** ln Γ(x) for x > 0: Stirling's series after moving x up to where it is exact to 12 digits. */
function logGamma(x: number): number {
  let moved = x;
  let product = 1;
  while (moved < 15) product *= moved++;
  const inverse = 1 / (moved * moved);
  const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse / 1680))) / moved;
  return (moved - 0.5) * Math.log(moved) - moved + Math.log(2 * Math.PI) / 2 + series - Math.log(product);
}
