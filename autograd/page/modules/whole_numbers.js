// Whole numbers of any size, as bigints.

import { copysign, frexp, ldexp } from "./bits.js";

/**
 * x, rounded to that number of decimal digits, half to even.
 * @param {number} x
 * @param {number} digits
 */
export function round_to(x, digits) {
  if (digits > 323) return x; // all floats have fewer
  if (digits < -308) return 0 * x;
  const [numerator, denominator] = integer_ratio(Math.abs(x));
  const power = 10n ** BigInt(Math.abs(digits));
  const [above, below] =
    digits < 0 ? [numerator, denominator * power] : [numerator * power, denominator];
  const whole = nearest_quotient(above, below);
  const size = digits < 0 ? Number(whole * power) : quotient(whole, power);
  return copysign(size, x);
}

/**
 * A finite float as a fraction; the denominator is a power of 2.
 * @param {number} x
 * @returns {[bigint, bigint]}
 */
export function integer_ratio(x) {
  const [mantissa, exponent] = frexp(x);
  let numerator = BigInt(mantissa * 2 ** 53);
  let shift = 53 - exponent;
  while (shift > 0 && numerator % 2n === 0n && numerator !== 0n) {
    numerator /= 2n;
    shift -= 1;
  }
  if (numerator === 0n) return [0n, 1n];
  return shift > 0 ? [numerator, 1n << BigInt(shift)] : [numerator << BigInt(-shift), 1n];
}

/** @param {bigint} x */
export function bit_length(x) {
  const size = x < 0n ? -x : x;
  if (size === 0n) return 0;
  const text = size.toString(16);
  return 4 * text.length - Math.clz32(parseInt(text[0], 16)) + 28;
}

/**
 * x // y.
 * @param {bigint} x
 * @param {bigint} y
 */
export function floor_quotient(x, y) {
  const whole = x / y;
  return x % y !== 0n && x < 0n !== y < 0n ? whole - 1n : whole;
}

/**
 * x / y, rounded to a whole number, half to even; neither is negative.
 * @param {bigint} x
 * @param {bigint} y
 */
function nearest_quotient(x, y) {
  const whole = x / y;
  const rest = 2n * (x % y);
  return rest > y || (rest === y && whole % 2n !== 0n) ? whole + 1n : whole;
}

/**
 * x / y as a float, rounded once; inf where that is too large.
 * @param {bigint} x
 * @param {bigint} y
 * @returns {number}
 */
export function quotient(x, y) {
  if (x === 0n) return y < 0n ? -0 : 0;
  if (x < 0n !== y < 0n) return -quotient(x < 0n ? -x : x, y < 0n ? -y : y);
  if (x < 0n) return quotient(-x, -y);
  /** @param {number} shift */
  const inUnits = (shift) =>
    shift < 0 ? nearest_quotient(x << BigInt(-shift), y) : nearest_quotient(x, y << BigInt(shift));
  // A float is a whole number of at most 53 digits of units; this size of them may be a half.
  const shift = Math.max(bit_length(x) - bit_length(y) - 53, -1074);
  const whole = inUnits(shift);
  return whole <= 2n ** 53n
    ? ldexp(Number(whole), shift)
    : ldexp(Number(inUnits(shift + 1)), shift + 1);
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
