// Sums that lose nothing. As in Python, `fsum` raises.

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
