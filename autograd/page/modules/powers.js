// x to the power y, right to about 1 unit in the last place: y magnifies the error of the logarithm
// of x up to 745 times, and browsers differ in how much of it they keep from the result.

import { frexp, isinf, productError } from "./bits.js";

const LN2 = 0.6931471803691238; // log(2) to 32 digits, so that small multiples of it are exact
const LN2_REST = 1.9082149292705877e-10;
const TWO_THIRDS_REST = 3.700743415417188e-17; // 2 / 3 is the float of that name plus this

/**
 * In C, and so in Python, 1 to any power is 1, and so is -1 to an infinite one.
 * @param {number} x
 * @param {number} y
 */
export function pow(x, y) {
  if (x === 1 || (x === -1 && isinf(y))) return 1;
  if (y === 1 || y === 2) return y === 1 ? x : x * x;
  const size = Math.abs(x);
  const isRounded =
    size !== 0 && size !== 1 && size < Infinity && Math.abs(y) < Infinity && y !== 0;
  if (!isRounded || (x < 0 && y % 1 !== 0)) return x ** y;
  return x < 0 && y % 2 !== 0 ? -powerOf(size, y) : powerOf(size, y);
}

/** @param {number} x */
export const exp2 = (x) => pow(2, x);

/**
 * x to the power y, for x > 0.
 * @param {number} x
 * @param {number} y
 */
function powerOf(x, y) {
  const [logarithm, rest] = log(x);
  const exponent = y * logarithm;
  if (exponent > 710) return Infinity;
  if (exponent < -746) return 0;
  const factor = 1 + (productError(y, logarithm, exponent) + y * rest);
  if (Math.abs(exponent) < 700) return Math.exp(exponent) * factor;
  const half = Math.exp(0.5 * exponent); // all of it may be subnormal, or too large on the way
  return half * factor * half;
}

/**
 * The logarithm of x > 0 as a sum of two floats.
 *
 * Of m * 2**k it is k * log(2) + 2 * atanh(s), with s = (m - 1) / (m + 1), which is below 0.18: of
 * that series the first two terms are sums of two floats.
 * @param {number} x
 * @returns {[number, number]}
 */
function log(x) {
  let [m, k] = frexp(x);
  if (m < Math.SQRT1_2) {
    m *= 2;
    k -= 1;
  }
  const below = m + 1;
  const belowRest = m - (below - 1);
  const s = (m - 1) / below;
  const product = s * below;
  const left = m - 1 - product - productError(s, below, product) - s * belowRest;
  const sRest = left / below;

  const square = s * s;
  const squareRest = productError(s, s, square) + 2 * s * sRest;
  const cube = square * s;
  const cubeRest = productError(square, s, cube) + squareRest * s + square * sRest;
  const third = cube * (2 / 3);
  const thirdRest = productError(cube, 2 / 3, third) + cubeRest * (2 / 3) + cube * TWO_THIRDS_REST;
  let series = 0;
  for (let n = 25; n >= 5; n -= 2) series = series * square + 2 / n;

  const [mantissa, mantissaRest] = sumOf(2 * s, third);
  const [sum, sumRest] = sumOf(k * LN2, mantissa);
  const small = mantissaRest + 2 * sRest + thirdRest + series * cube * square + k * LN2_REST;
  return sumOf(sum, sumRest + small);
}

/**
 * The sum of x and a smaller y, and its rounding error.
 * @param {number} x
 * @param {number} y
 * @returns {[number, number]}
 */
function sumOf(x, y) {
  const sum = x + y;
  return [sum, y - (sum - x)];
}
