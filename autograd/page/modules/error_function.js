// erf and erfc, right to about 2 units in the last place.

import { CENTRE, TAILS } from "./error_coefficients.js";

const GREATEST = 27.3; // erfc is 0 beyond

/** @param {number} x */
export function erf(x) {
  if (Math.abs(x) <= 0.5) return x + x * polynomial(CENTRE, x * x);
  return x > 0 ? 1 - tail(x) : tail(-x) - 1;
}

/** @param {number} x */
export function erfc(x) {
  if (Math.abs(x) <= 0.5) return 1 - erf(x);
  return x > 0 ? tail(x) : 2 - tail(-x);
}

/**
 * erfc(x) for x > 1/2.
 * @param {number} x
 */
function tail(x) {
  if (x > GREATEST) return 0;
  if (Number.isNaN(x)) return x;
  let start = 0.5;
  let place = 0;
  while (x > 2 * start) {
    start *= 2;
    place += 1;
  }
  const scaled = polynomial(TAILS[place], (4 * start) / x - 3);
  // exp magnifies the rounding error of x * x: the square of a part with few digits is exact.
  const high = Math.fround(x);
  const factor = (scaled / x) * Math.exp((high - x) * (high + x));
  if (high < 26) return factor * Math.exp(-high * high);
  // exp alone would lose digits where it is subnormal.
  const half = Math.exp(-0.5 * high * high);
  return factor * half * half;
}

/**
 * @param {number[]} coefficients the constant term first
 * @param {number} x
 */
function polynomial(coefficients, x) {
  let sum = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) sum = sum * x + coefficients[i];
  return sum;
}
