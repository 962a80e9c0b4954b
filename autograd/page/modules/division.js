// Quotients and what they leave, and rounding, as in Python.

import { copysign, isinf } from "./bits.js";

/**
 * x % y, which has the sign of y.
 * @param {number} x
 * @param {number} y
 */
export function modulo(x, y) {
  const rest = x % y;
  if (rest === 0) return copysign(0, y);
  return y < 0 === rest < 0 ? rest : rest + y;
}

/**
 * x // y.
 * @param {number} x
 * @param {number} y
 */
export function floor_divide(x, y) {
  const rest = x % y;
  let quotient = (x - rest) / y;
  if (rest !== 0 && y < 0 !== rest < 0) quotient -= 1;
  if (quotient === 0) return copysign(0, x / y);
  const whole = Math.floor(quotient);
  return quotient - whole > 0.5 ? whole + 1 : whole;
}

/**
 * The nearest whole number, the even one of two.
 * @param {number} x
 */
export function round(x) {
  const nearest = Math.round(x); // of two the greater one
  return nearest - x === 0.5 && nearest % 2 !== 0 ? nearest - 1 : nearest;
}

/** @param {number} x @param {number} y */
export const fmod = (x, y) => x % y;

/**
 * What is left of x without the nearest multiple of y, the even one of two.
 * @param {number} x
 * @param {number} y
 */
export function remainder(x, y) {
  if (!Number.isFinite(x) || y === 0 || Number.isNaN(y)) return NaN;
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
