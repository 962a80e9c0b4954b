// Sums of any numbers and of squares, which do not overflow on the way. As in Python, `fsum` raises.

import { frexp, isinf, ldexp, productError } from "./bits.js";
import { count } from "./lists.js";

export class OverflowError extends Error {}

export class ValueError extends Error {}

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
    if (Number.isFinite(sum)) {
      if (sum !== 0) partials.push(sum);
    } else {
      if (Number.isFinite(number)) throw new OverflowError("the sum overflows on the way");
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
    lost += productError(scaled, scaled, square);
  }
  // The rounding of the root itself is put back too.
  const root = Math.sqrt(sum + lost);
  const square = root * root;
  const rest = sum - square - productError(root, root, square) + lost;
  return ldexp(root + rest / (2 * root), -shift);
}
