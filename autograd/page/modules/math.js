// Python's module `math`, under its own names, as far as floats.py uses it. Where that raises an
// error these give inf or nan, as IEEE arithmetic does; `fsum` alone raises, as floats.py expects.

import { copysign, frexp, isinf, ldexp } from "./bits.js";
import { pow } from "./power.js";
import { count, OverflowError, ValueError } from "./python.js";

export { erf, erfc } from "./error_function.js";
export { copysign, frexp, isinf, ldexp, pow };

const {
  acos,
  acosh,
  asin,
  asinh,
  atan,
  atan2,
  atanh,
  cbrt,
  ceil,
  cos,
  cosh,
  exp,
  expm1,
  floor,
  log,
  log10,
  log1p,
  log2,
  sin,
  sinh,
  sqrt,
  tan,
  tanh,
  trunc,
} = Math;

export {
  acos,
  acosh,
  asin,
  asinh,
  atan,
  atan2,
  atanh,
  cbrt,
  ceil,
  cos,
  cosh,
  exp,
  expm1,
  floor,
  log,
  log1p,
  log2,
  log10,
  sin,
  sinh,
  sqrt,
  tan,
  tanh,
  trunc,
};
export const pi = Math.PI;
export const isfinite = Number.isFinite;

/** @param {number} x */
export const exp2 = (x) => pow(2, x);

/** @param {number} x @param {number} y */
export const fmod = (x, y) => x % y;

/**
 * What is left of x without the nearest multiple of y, the even one of two.
 * @param {number} x
 * @param {number} y
 */
export function remainder(x, y) {
  if (!isfinite(x) || y === 0 || Number.isNaN(y)) return NaN;
  if (isinf(y)) return x;
  const size = Math.abs(y);
  // What is left without an even multiple, between -size and size.
  let rest = 2 * size < Infinity ? x % (2 * size) : x;
  if (rest > size) rest = rest - size - size;
  else if (rest < -size) rest = rest + size + size;
  // Beyond half of size the multiple next to it is nearer; at half of it the even one counts.
  if (rest > size - rest) rest -= size;
  else if (-rest > size + rest) rest += size;
  return rest === 0 ? copysign(0, x) : rest;
}

/** @type {bigint[]} */
const factorials = [1n];

/** @param {number} n */
export function factorial(n) {
  for (let i = factorials.length; i <= n; i++) factorials.push(factorials[i - 1] * BigInt(i));
  return factorials[n];
}

/**
 * The whole part of the square root: Newton's method, from above.
 * @param {bigint} square
 */
export function isqrt(square) {
  if (square === 0n) return 0n;
  let root = 1n << BigInt(2 * square.toString(16).length);
  for (;;) {
    const next = (root + square / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/**
 * The exact sum, rounded once: partial sums that do not overlap (Shewchuk 1997), as in CPython.
 * @param {number[]} numbers
 */
export function fsum(numbers) {
  /** @type {number[]} */
  const partials = [];
  let special = 0;
  for (const number of numbers) {
    let sum = number;
    let kept = 0;
    for (const partial of partials) {
      const [large, small] = Math.abs(sum) < Math.abs(partial) ? [partial, sum] : [sum, partial];
      sum = large + small;
      const lost = small - (sum - large);
      if (lost !== 0) partials[kept++] = lost;
    }
    partials.length = kept;
    if (isfinite(sum)) {
      if (sum !== 0) partials.push(sum);
    } else {
      if (isfinite(number)) throw new OverflowError("the sum overflows on the way");
      special += number;
      partials.length = 0;
    }
  }
  if (special !== 0) {
    if (Number.isNaN(special) && count(numbers, Infinity) > 0 && count(numbers, -Infinity) > 0) {
      throw new ValueError("the sum of inf and -inf");
    }
    return special;
  }
  return rounded(partials);
}

/**
 * The sum of numbers that do not overlap, the least first, rounded once.
 * @param {number[]} partials
 */
function rounded(partials) {
  let place = partials.length - 1;
  if (place < 0) return 0;
  let sum = partials[place];
  let lost = 0;
  while (place > 0 && lost === 0) {
    const before = sum;
    const next = partials[--place];
    sum = before + next;
    lost = next - (sum - before);
  }
  // Half way between two floats, what is still left decides.
  if (place > 0 && lost !== 0 && Math.sign(lost) === Math.sign(partials[place - 1])) {
    const twice = 2 * lost;
    const other = sum + twice;
    if (twice === other - sum) sum = other;
  }
  return sum;
}

/** @param {number} x @param {number} y */
export const hypot = (x, y) => length([x, y]);

/**
 * The Euclidean norm, which neither overflows nor vanishes on the way.
 * @param {number[]} numbers
 */
export function length(numbers) {
  let greatest = 0;
  let isKnown = true;
  for (const x of numbers) {
    if (isinf(x)) return Infinity;
    if (Number.isNaN(x)) isKnown = false;
    greatest = Math.max(greatest, Math.abs(x));
  }
  if (!isKnown) return NaN;
  if (greatest === 0) return 0;
  const shift = -frexp(greatest)[1];
  let sum = 0;
  let lost = 0;
  for (const x of numbers) {
    const scaled = ldexp(x, shift);
    const square = scaled * scaled;
    const before = sum;
    sum += square;
    lost += before > square ? before - sum + square : square - sum + before;
  }
  return ldexp(Math.sqrt(sum + lost), -shift);
}
