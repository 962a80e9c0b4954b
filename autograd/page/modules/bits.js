// The parts of numbers: of floats, and of whole numbers of any size, which are bigints.

const SMALLEST_NORMAL = 2.2250738585072014e-308;
const view = new DataView(new ArrayBuffer(8));

/** @param {number} x */
const isNegative = (x) => x < 0 || Object.is(x, -0);

export const bits = {
  /** @param {number} x @param {number} sign */
  copysign: (x, sign) => (isNegative(x) === isNegative(sign) ? x : -x),

  /**
   * A mantissa of 0.5 or more but less than 1, and an exponent.
   * @param {number} x
   * @returns {[number, number]}
   */
  frexp(x) {
    if (x === 0 || !Number.isFinite(x)) return [x, 0];
    const shift = Math.abs(x) < SMALLEST_NORMAL ? -54 : 0;
    view.setFloat64(0, shift === 0 ? x : x * 2 ** 54);
    const high = view.getUint32(0);
    view.setUint32(0, (high & 0x800fffff) | (1022 << 20));
    return [view.getFloat64(0), ((high >>> 20) & 0x7ff) - 1022 + shift];
  },

  /** @param {bigint} x */
  bit_length: (x) => (x ? x.toString(2).replace("-", "").length : 0),

  /**
   * x // y.
   * @param {bigint} x
   * @param {bigint} y
   */
  floor_quotient(x, y) {
    const whole = x / y;
    return x % y !== 0n && x < 0n !== y < 0n ? whole - 1n : whole;
  },
};
