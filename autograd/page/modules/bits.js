// The parts of numbers: of floats, and of whole numbers of any size, which are bigints.

const SMALLEST_NORMAL = 2.2250738585072014e-308;
const view = new DataView(new ArrayBuffer(8));

/** @param {number} x */
const isNegative = (x) => x < 0 || Object.is(x, -0);

export const bits = {
  /** @param {number} x */
  isinf: (x) => x === Infinity || x === -Infinity,

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

  /**
   * x * 2**exponent, rounded once.
   * @param {number} x
   * @param {number} exponent
   */
  ldexp(x, exponent) {
    const [mantissa, shift] = bits.frexp(x);
    const total = shift + exponent;
    if (mantissa === 0 || !Number.isFinite(mantissa)) return x;
    if (total > 1024) return mantissa * Infinity;
    if (total < -1074) return mantissa * 0;
    // Only the last product may round: where the result is subnormal.
    if (total > 1000) return mantissa * 2 ** 1000 * 2 ** (total - 1000);
    return total < -1000 ? mantissa * 2 ** (total + 100) * 2 ** -100 : mantissa * 2 ** total;
  },

  /** @param {bigint} x */
  bit_length(x) {
    const size = x < 0n ? -x : x;
    if (size === 0n) return 0;
    const text = size.toString(16);
    return 4 * text.length - Math.clz32(parseInt(text[0], 16)) + 28;
  },

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
