// Generated from floats.py, table.py and arithmetic.py by `python -m autograd.page.rules`.

import { bits } from "./bits.js";
import { lists } from "./lists.js";

/**
 * An operation: its value, and its derivative by each operand.
 * @typedef {object} Rule
 * @property {(...operands: any[]) => number} forward of the operands; of a reduction, of their list
 * @property {((...operandsAndOut: number[]) => number)[]} [derivatives] one for each operand
 * @property {(xs: number[], out: number) => number[]} [gradient] of a reduction, instead of these
 */

/** @type {Record<string, Rule>} */
export const rules = {};

const OverflowError = class extends Error {};

const ValueError = class extends Error {};

const math_CENTRE = [0.1283791670955126, -0.3761263890318375, 0.1128379167095487, -0.02686617064499972, 0.0052239776220169365, -0.0008548326510724796, 0.00012055286202005714, -1.4923003368152099e-05, 1.637123442577e-06, -1.462091340945175e-07];

const math_TAILS = [[0.35952293862040013, -0.059199010672768594, 0.008289237738507727, -0.0007416500983076652, -7.27960624490628e-05, 6.449072470221862e-05, -2.332441443573349e-05, 6.613881142471753e-06, -1.6200879545463783e-06, 3.4729876142192516e-07, -6.237726451843675e-08, 7.63657020862041e-09, 3.6211750962701745e-10, -6.813196496553608e-10, 3.1178575068696854e-10, -1.0888364930312691e-10, 3.3004641979843754e-11, -8.973161148902722e-12, 2.3222296774856383e-12, -5.956376843925431e-13, 1.0084010792836798e-13], [0.46817959203854037, -0.042270244446368704, 0.0012092420392932266, 0.00062958124597706, -0.00019713177833111703, 3.680539063606941e-05, -4.4230805061953e-06, 3.422918934635712e-08, 1.6981364124490542e-07, -6.19028298036171e-08, 1.504147608385912e-08, -2.7628490704637522e-09, 3.3553168901791334e-10, 5.572263495365052e-12, -1.877813101665173e-11, 7.575804874862482e-12, -2.4579470920665083e-12, 4.947897561712426e-13], [0.530860349316975, -0.018948191196769486, -0.0014381248079935534, 0.0003462266291524069, -2.8389142314310586e-05, -1.1538108984145074e-06, 7.486050999705257e-07, -1.2191986836057954e-07, 8.113102992864511e-09, 1.2687193480500954e-09, -5.16892190223923e-10, 9.092879014995101e-11, -7.864163953139374e-12, -7.773072162907057e-13, 5.147355149218051e-13, -1.0401185200140691e-13], [0.5547541131463941, -0.005993561956300755, -0.0008157912375101873, 5.2213305759027976e-05, 1.2379957952914758e-06, -4.027017249391177e-07, 2.0514106780555428e-08, 1.7813480662827896e-09, -3.675641103337022e-10, 1.8027876163590056e-11, 2.396639035312153e-12, -5.138750608261239e-13, 2.7952057430403755e-14, 3.668163431072499e-15], [0.5617422245641448, -0.0016106971348497788, -0.00025482441403573865, 4.352722074601531e-06, 2.875963987151194e-07, -1.342807060804849e-08, -3.4324866746822245e-10, 4.506995856583112e-11, -2.9515390127078034e-13, -1.4752744236989804e-13, 6.472777965557399e-15, 3.6449867853661485e-16], [0.5635717781425851, -0.00041052311559804544, -6.752729101467824e-05, 2.9451750072295364e-07, 2.3215505185975055e-08, -2.580526169071274e-10, -1.231235560377386e-11, 2.7238593597626313e-13, 8.003417513150007e-15, -3.3083046649645223e-16]];

/** @type {(x: number) => boolean} */
const math_isinf = (x) => Math.abs(x) === INFINITY;

/** @type {(x: number, exponent: number) => number} */
const math_ldexp = (x, exponent) => {
  let [mantissa, shift] = bits.frexp(x);
  let total = Math.max(shift + exponent, -1200);
  if (total > 1200) {
    total = 1200;
  }
  let half = Math.floor(total / 2);
  return mantissa * 2 ** half * 2 ** (total - half);
};

/** @type {(x: number, y: number) => number} */
const math_modulo = (x, y) => {
  let rest = x % y;
  if (rest === 0) {
    return bits.copysign(0, y);
  }
  return (y < 0) === (rest < 0) ? rest : rest + y;
};

/** @type {(x: number, y: number) => number} */
const math_floor_divide = (x, y) => {
  let rest = x % y;
  let quotient = (x - rest) / y;
  if (rest !== 0 && (y < 0) !== (rest < 0)) {
    quotient = quotient - 1;
  }
  if (quotient === 0) {
    return bits.copysign(0, x / y);
  }
  let whole = Math.floor(quotient);
  return quotient - whole > 0.5 ? whole + 1 : whole;
};

/** @type {(x: number) => number} */
const math_nearest = (x) => {
  let below = Math.floor(x);
  let whole = x - below < 0.5 ? below : below + 1;
  if (x - below === 0.5) {
    whole = 2 * Math.floor(0.5 * whole);
  }
  return bits.copysign(whole, x);
};

/** @type {(x: number, y: number) => number} */
const math_remainder = (x, y) => {
  if (!Number.isFinite(x) || y === 0 || y !== y) {
    return NAN;
  }
  if (math_isinf(y)) {
    return x;
  }
  let size = Math.abs(y);
  let rest = 2 * size < INFINITY ? x % (2 * size) : x;
  if (rest > size) {
    rest = rest - size - size;
  } else {
    if (rest < -size) {
      rest = rest + size + size;
    }
  }
  if (rest > size - rest) {
    rest = rest - size;
  } else {
    if (-rest > size + rest) {
      rest = rest + size;
    }
  }
  return rest === 0 ? bits.copysign(0, x) : rest;
};

const math_LN2_HIGH = 0.6931471803691238;

const math_LN2_LOW = 1.9082149292705877e-10;

const math_TWO_THIRDS = 0.6666666666666666;

const math_TWO_THIRDS_REST = 3.700743415417188e-17;

/** @type {(x: number, y: number) => number} */
const math_pow = (x, y) => {
  let size = Math.abs(x);
  if (y === 1) {
    return x;
  }
  if (y === 2) {
    return x * x;
  }
  if (x === 0 || size === 1 || !(size < INFINITY && Math.abs(y) < INFINITY)) {
    return math_special_power(x, y);
  }
  if (x < 0) {
    if (y % 1 !== 0) {
      return NAN;
    }
    return y % 2 === 0 ? math_power_of(size, y) : -math_power_of(size, y);
  }
  return math_power_of(x, y);
};

/** @type {(x: number, y: number) => number} */
const math_special_power = (x, y) => {
  if (x === 1 || y === 0 || x === -1 && math_isinf(y)) {
    return 1;
  }
  if (x !== x || y !== y) {
    return NAN;
  }
  let turns = Number.isFinite(y) && Math.abs(y % 2) === 1;
  if (x === -1) {
    return turns ? -1 : y % 1 === 0 ? 1 : NAN;
  }
  let size = (Math.abs(x) > 1) === (y > 0) ? INFINITY : 0;
  return turns ? bits.copysign(size, x) : size;
};

/** @type {(x: number) => number} */
const math_exp2 = (x) => math_pow(2, x);

/** @type {(x: number, y: number) => number} */
const math_power_of = (x, y) => {
  let [logarithm, rest] = math_log_in_two(x);
  let exponent = y * logarithm;
  if (exponent > 710) {
    return INFINITY;
  }
  if (exponent < -746) {
    return 0;
  }
  let factor = 1 + (product_error(y, logarithm, exponent) + y * rest);
  if (Math.abs(exponent) < 700) {
    return Math.exp(exponent) * factor;
  }
  let half = Math.exp(0.5 * exponent);
  return half * factor * half;
};

/** @type {(x: number) => [number, number]} */
const math_log_in_two = (x) => {
  let [m, k] = bits.frexp(x);
  if (m < SQRT_HALF) {
    m = m * 2;
    k = k - 1;
  }
  let below = m + 1;
  let s = (m - 1) / below;
  let product = s * below;
  let left = m - 1 - product - product_error(s, below, product) - s * (m - (below - 1));
  let s_rest = left / below;
  let square = s * s;
  let square_rest = product_error(s, s, square) + 2 * s * s_rest;
  let cube = square * s;
  let cube_rest = product_error(square, s, cube) + square_rest * s + square * s_rest;
  let third = cube * math_TWO_THIRDS;
  let third_rest = product_error(cube, math_TWO_THIRDS, third);
  third_rest = third_rest + (cube_rest * math_TWO_THIRDS + cube * math_TWO_THIRDS_REST);
  let series = 0;
  for (let n = 25; n > 4; n += -2) {
    series = series * square + 2 / n;
  }
  let mantissa = 2 * s + third;
  let mantissa_rest = sum_error(2 * s, third, mantissa);
  let total = k * math_LN2_HIGH + mantissa;
  let rest = sum_error(k * math_LN2_HIGH, mantissa, total);
  rest = rest + (mantissa_rest + 2 * s_rest + third_rest + series * cube * square + k * math_LN2_LOW);
  let logarithm = total + rest;
  return [logarithm, rest - (logarithm - total)];
};

/** @type {(numbers: number[]) => number} */
const math_fsum = (numbers) => {
  /** @type {number[]} */
  let partials = [];
  let special = 0;
  for (const number of numbers) {
    let total = number;
    let kept = 0;
    for (let i = 0; i < partials.length; i += 1) {
      let [before, partial] = [total, partials[i]];
      total = before + partial;
      let lost = sum_error(before, partial, total);
      if (lost !== 0) {
        partials[kept] = lost;
        kept = kept + 1;
      }
    }
    partials = partials.slice(0, kept);
    if (!Number.isFinite(total)) {
      if (Number.isFinite(number)) {
        throw new OverflowError("the sum overflows on the way");
      }
      special = special + number;
      partials = [];
    } else {
      if (total !== 0) {
        partials.push(total);
      }
    }
  }
  if (special === 0) {
    return math_rounded_once(partials);
  }
  if (special !== special && numbers.includes(INFINITY) && numbers.includes(-INFINITY)) {
    throw new ValueError("the sum of inf and -inf");
  }
  return special;
};

/** @type {(partials: number[]) => number} */
const math_rounded_once = (partials) => {
  let total = 0;
  let lost = 0;
  let place = partials.length;
  while (place > 0 && lost === 0) {
    place = place - 1;
    let before = total;
    total = before + partials[place];
    lost = partials[place] - (total - before);
  }
  if (place > 0 && lost !== 0 && (lost < 0) === (partials[place - 1] < 0)) {
    let twice = 2 * lost;
    let other = total + twice;
    if (twice === other - total) {
      return other;
    }
  }
  return total;
};

/** @type {(x: number, y: number) => number} */
const math_hypot = (x, y) => math_length([x, y]);

/** @type {(numbers: number[]) => number} */
const math_length = (numbers) => {
  let square;
  if (numbers.some((x) => math_isinf(x))) {
    return INFINITY;
  }
  let greatest = numbers.map((x) => Math.abs(x)).reduce((a, b) => (a > b ? a : b));
  if (numbers.some((x) => x !== x)) {
    return NAN;
  }
  if (greatest === 0) {
    return 0;
  }
  let shift = -bits.frexp(greatest)[1];
  let total = 0;
  let lost = 0;
  for (const x of numbers) {
    let scaled = ldexp(x, shift);
    square = scaled * scaled;
    let before = total;
    total = total + square;
    lost = lost + sum_error(before, square, total);
    lost = lost + product_error(scaled, scaled, square);
  }
  let root = Math.sqrt(total + lost);
  square = root * root;
  let rest = total - square - product_error(root, root, square) + lost;
  return ldexp(root + rest / (2 * root), -shift);
};

const math_GREATEST = 27.3;

/** @type {(x: number) => number} */
const math_erf = (x) => {
  if (Math.abs(x) <= 0.5) {
    return x + x * polynomial_at(x * x, math_CENTRE);
  }
  return x > 0 ? 1 - math_tail(x) : math_tail(-x) - 1;
};

/** @type {(x: number) => number} */
const math_erfc = (x) => {
  if (Math.abs(x) <= 0.5) {
    return 1 - math_erf(x);
  }
  return x > 0 ? math_tail(x) : 2 - math_tail(-x);
};

/** @type {(x: number) => number} */
const math_tail = (x) => {
  if (x > math_GREATEST || x !== x) {
    return x !== x ? x : 0;
  }
  let start = 0.5;
  let place = 0;
  while (x > 2 * start) {
    start = start * 2;
    place = place + 1;
  }
  return times_gauss(polynomial_at(4 * start / x - 3, math_TAILS[place]) / x, x, 1);
};

/** @type {(x: number) => [bigint, bigint]} */
const math_integer_ratio = (x) => {
  let [mantissa, exponent] = bits.frexp(x);
  let numerator = BigInt(Math.trunc(mantissa * 9007199254740992));
  let shift = 53 - exponent;
  if (numerator === 0n) {
    return [0n, 1n];
  }
  while (shift > 0 && bits.floor_quotient(numerator, 2n) * 2n === numerator) {
    numerator = bits.floor_quotient(numerator, 2n);
    shift = shift - 1;
  }
  return shift > 0 ? [numerator, 1n << BigInt(shift)] : [numerator << BigInt(-shift), 1n];
};

/** @type {(x: bigint, y: bigint) => bigint} */
const math_nearest_quotient = (x, y) => {
  let whole = bits.floor_quotient(x, y);
  let twice = 2n * (x - whole * y);
  if (twice === y) {
    return bits.floor_quotient(whole + 1n, 2n) * 2n;
  }
  return twice > y ? whole + 1n : whole;
};

/** @type {(x: bigint, y: bigint) => number} */
const math_quotient = (x, y) => {
  if (x === 0n) {
    return y < 0n ? -0 : 0;
  }
  if (x < 0n) {
    return -math_quotient(-x, y);
  }
  if (y < 0n) {
    return -math_quotient(x, -y);
  }
  let shift = Math.max(bits.bit_length(x) - bits.bit_length(y) - 53, -1074);
  let whole = math_in_units(x, y, shift);
  if (whole > (1n << 53n)) {
    shift = shift + 1;
    whole = math_in_units(x, y, shift);
  }
  return ldexp(Number(whole), shift);
};

/** @type {(x: bigint, y: bigint, shift: number) => bigint} */
const math_in_units = (x, y, shift) => {
  if (shift < 0) {
    return math_nearest_quotient(x << BigInt(-shift), y);
  }
  return math_nearest_quotient(x, y << BigInt(shift));
};

/** @type {(x: number, digits: number) => number} */
const math_round_to = (x, digits) => {
  let power, size;
  if (digits > 323) {
    return x;
  }
  if (digits < -308) {
    return 0 * x;
  }
  let [numerator, denominator] = math_integer_ratio(Math.abs(x));
  if (digits < 0) {
    power = 10n ** BigInt(-digits);
    size = math_quotient(math_nearest_quotient(numerator, denominator * power) * power, 1n);
  } else {
    power = 10n ** BigInt(digits);
    size = math_quotient(math_nearest_quotient(numerator * power, denominator), power);
  }
  return bits.copysign(size, x);
};

/** @type {(n: number) => bigint} */
const math_factorial = (n) => {
  let product = 1n;
  for (let i = 2; i < n + 1; i += 1) {
    product = product * BigInt(i);
  }
  return product;
};

/** @type {(square: bigint) => bigint} */
const math_isqrt = (square) => {
  if (square === 0n) {
    return 0n;
  }
  let root = 1n << BigInt(Math.floor(bits.bit_length(square) / 2) + 1);
  while (true) {
    let following = bits.floor_quotient(root + bits.floor_quotient(square, root), 2n);
    if (following >= root) {
      return root;
    }
    root = following;
  }
};

const INFINITY = Infinity;

const NAN = NaN;

const EPSILON = 2.220446049250313e-16;

const TINY = 2.2250738585072014e-308;

const HUGE = 1.7976931348623157e+308;

const LN2 = 0.6931471805599453;

const SQRT_HALF = 0.7071067811865476;

const SQRT_HALF_REST = -4.833646656726457e-17;

const ONE_OVER_SQRT_TAU = 0.3989422804014327;

const RADIANS_PER_DEGREE = 0.017453292519943295;

const DEGREES_PER_RADIAN = 57.29577951308232;

const TWO_OVER_SQRT_PI = 1.1283791670955126;

const _SPLITTER = 134217729;

const _LEAST_UNITS = 2n ** 1074n;

/** @type {(x: number, y: number, total: number) => number} */
const sum_error = (x, y, total) => {
  let virtual = total - x;
  return x - (total - virtual) + (y - virtual);
};

/** @type {(x: number, y: number, product: number) => number} */
const product_error = (x, y, product) => {
  let split = _SPLITTER * x;
  let x_high = split - (split - x);
  let x_low = x - x_high;
  split = _SPLITTER * y;
  let y_high = split - (split - y);
  let y_low = y - y_high;
  return x_high * y_high - product + x_high * y_low + x_low * y_high + x_low * y_low;
};

/** @type {(factor: number, x: number) => number} */
const times_exp = (factor, x) => {
  if (x > -700) {
    return factor * exp(x);
  }
  let half = exp(0.5 * x);
  return factor * half * half;
};

/** @type {(factor: number, x: number, scale: number) => number} */
const times_gauss = (factor, x, scale) => {
  let square = x * x;
  if (scale * square > 1400) {
    return factor !== factor ? NAN : 0;
  }
  let lost = product_error(x, x, square);
  return times_exp(factor * (1 - scale * lost), -scale * square);
};

/** @type {(x: number, y: number) => number} */
const exp_of_difference = (x, y) => {
  let difference = x - y;
  if (difference < -800) {
    return 0;
  }
  return Math.exp(difference) * (1 + sum_error(x, -y, difference));
};

/** @type {(mantissa: number, exponent: number) => number} */
const ldexp = (mantissa, exponent) => math_ldexp(mantissa, exponent);

/** @type {(numerator: bigint, denominator: bigint) => number} */
const exact_quotient = (numerator, denominator) => math_quotient(numerator, denominator);

/** @type {(x: number) => bigint} */
const in_least_units = (x) => {
  let [numerator, denominator] = math_integer_ratio(x);
  return numerator * bits.floor_quotient(_LEAST_UNITS, denominator);
};

/** @type {(numbers: number[]) => [bigint[], bigint]} */
const in_common_units = (numbers) => {
  /** @type {[bigint, bigint][]} */
  let ratios = numbers.map((x) => math_integer_ratio(x));
  let units = ratios.map(([_, denominator]) => denominator).reduce((a, b) => (a > b ? a : b));
  return [ratios.map(([numerator, denominator]) => numerator * bits.floor_quotient(units, denominator)), units];
};

/** @type {(numerator: bigint, denominator: bigint) => number} */
const exact_root = (numerator, denominator) => {
  let shift = 64 + Math.floor(Math.max(0, bits.bit_length(denominator) - bits.bit_length(numerator)) / 2);
  return exact_quotient(math_isqrt(bits.floor_quotient(numerator << BigInt(2 * shift), denominator)), 1n << BigInt(shift));
};

/** @type {(x: number, y: number) => number} */
const divide = (x, y) => x / y;

/** @type {(x: number, y: number) => number} */
const over_square = (x, y) => {
  let quotient = divide(x, y);
  if (quotient === 0 || !(Math.abs(quotient) < TINY)) {
    return divide(quotient, y);
  }
  let [above, shift] = bits.frexp(x);
  let [below, exponent] = bits.frexp(y);
  return ldexp(above / below / below, shift - 2 * exponent);
};

/** @type {(x: number, y: number, order: number) => number} */
const quotient_derivative = (x, y, order) => {
  if (!is_order(order)) {
    return NAN;
  }
  let n = Math.trunc(order);
  let [above, shift] = bits.frexp(x);
  let [below, exponent] = bits.frexp(y);
  let factor = Number(math_factorial(n)) * math_pow(-1, n);
  return ldexp(divide(factor * above, math_pow(below, n + 1)), shift - (n + 1) * exponent);
};

/** @type {(order: number) => boolean} */
const is_order = (order) => 0 <= order && order <= 99;

/** @type {(x: number, y: number) => number} */
const power = (x, y) => math_pow(x, y);

/** @type {(x: number, y: number) => number} */
const power_slope = (x, y) => {
  if (y === 2) {
    return 2 * x;
  }
  if (y === 0) {
    return 0;
  }
  let exponent = y - 1;
  let out = power(x, exponent);
  if (TINY <= Math.abs(out) && Math.abs(out) <= HUGE && x === x) {
    let lost = sum_error(y, -1, exponent);
    if (lost === 0) {
      return y * out;
    }
    if (x > 0) {
      return y * out * exp(lost * Math.log(x));
    }
  }
  return power_derivative(x, y, 1, 0);
};

/** @type {(x: number, y: number) => number} */
const power_rate = (x, y) => {
  let out = power(x, y);
  if (TINY <= out && out <= HUGE && x > 0 && y === y) {
    return out * Math.log(x);
  }
  return power_derivative(x, y, 0, 1);
};

/** @type {(x: number, y: number, order_x: number, order_y: number) => number} */
const power_derivative = (x, y, order_x, order_y) => {
  let factor_shift;
  if (y === 2 && order_x === 2 && order_y === 0) {
    return x === x ? 2 : NAN;
  }
  if (!(is_order(order_x) && is_order(order_y)) || y !== y) {
    return NAN;
  }
  let [by_x, by_y] = [Math.trunc(order_x), Math.trunc(order_y)];
  if (by_y > 0 && !(x >= 0)) {
    return NAN;
  }
  let base = Math.abs(x);
  let logarithm = log(base);
  let extreme = math_isinf(logarithm);
  let factor = power_factor(y, by_x, extreme ? 0 : by_y, logarithm);
  let logarithms = by_y;
  if (extreme && factor === 0 && by_y > 0) {
    factor = power_factor(y, by_x, 1, 0);
    logarithms = logarithms - 1;
  }
  if (factor === 0) {
    return 0;
  }
  if (x !== x || x < 0 && math_modulo(y, 1) !== 0) {
    return NAN;
  }
  let exponent = y - by_x;
  let odd = by_y === 0 && math_modulo(y, 2) === math_modulo(by_x + 1, 2);
  if (odd && bits.copysign(1, x) < 0) {
    factor = -factor;
  }
  if (extreme) {
    let out = power(base, exponent);
    return out === 0 ? 0 : factor * out * math_pow(logarithm, logarithms);
  }
  let [mantissa, shift] = scaled_power(base, exponent);
  if (mantissa === 0) {
    return 0;
  }
  if (mantissa < INFINITY && Math.abs(y) < INFINITY) {
    mantissa = mantissa * exp(sum_error(y, -by_x, exponent) * logarithm);
  }
  [factor, factor_shift] = bits.frexp(factor);
  return ldexp(factor * mantissa, factor_shift + shift);
};

/** @type {(y: number, by_x: number, by_y: number, logarithm: number) => number} */
const power_factor = (y, by_x, by_y, logarithm) => {
  /** @type {number[]} */
  let rates = [1];
  for (let _ = 0; _ < by_y; _ += 1) {
    rates.push(rates[rates.length - 1] * logarithm);
  }
  for (let i = 0; i < by_x; i += 1) {
    for (let j = by_y; j > 0; j += -1) {
      rates[j] = (y - i) * rates[j] + j * rates[j - 1];
    }
    rates[0] = rates[0] * (y - i);
  }
  return rates[by_y];
};

/** @type {(base: number, exponent: number) => [number, number]} */
const scaled_power = (base, exponent) => {
  let [root, parts] = [power(base, exponent), 1];
  while (!(TINY <= root && root <= HUGE) && parts < 4) {
    parts = parts * 2;
    root = power(base, exponent / parts);
  }
  let [mantissa, shift] = bits.frexp(root);
  return [math_pow(mantissa, parts), shift * parts];
};

/** @type {(x: number) => number} */
const sqrt = (x) => x < 0 ? NAN : Math.sqrt(x);

/** @type {(x: number) => number} */
const cbrt = (x) => {
  if (x === 0 || !(Math.abs(x) <= HUGE)) {
    return x;
  }
  let [mantissa, exponent] = bits.frexp(x);
  let third = Math.floor(exponent / 3);
  let reduced = math_ldexp(mantissa, exponent - 3 * third);
  let root = Math.cbrt(reduced);
  let square = root * root;
  let cube = square * root;
  let lost = product_error(square, root, cube) + product_error(root, root, square) * root;
  root = root - (cube - reduced + lost) / (3 * square);
  return math_ldexp(root, third);
};

/** @type {(x: number, order: number) => number} */
const cbrt_derivative = (x, order) => {
  if (!(1 <= order && order <= 99)) {
    return NAN;
  }
  let n = Math.trunc(order);
  if (x === 0) {
    return math_modulo(n, 2) === 1 ? INFINITY : NAN;
  }
  let factor = 1 / 3;
  for (let i = 1; i < n; i += 1) {
    factor = factor * (1 - 1 / (3 * i));
  }
  return math_isinf(x) ? 0 : quotient_derivative(factor * cbrt(x), x, n - 1);
};

/** @type {(x: number) => number} */
const floor = (x) => Math.abs(x) < INFINITY ? bits.copysign(Math.floor(x), x) : x;

/** @type {(x: number) => number} */
const ceil = (x) => Math.abs(x) < INFINITY ? bits.copysign(Math.ceil(x), x) : x;

/** @type {(x: number) => number} */
const trunc = (x) => Math.abs(x) < INFINITY ? bits.copysign(Math.trunc(x), x) : x;

/** @type {(x: number) => number} */
const round_ = (x) => Math.abs(x) < INFINITY ? bits.copysign(math_nearest(x), x) : x;

/** @type {(x: number, digits: number) => number} */
const round_to = (x, digits) => {
  if (!(Number.isFinite(x) && Number.isFinite(digits))) {
    return Number.isFinite(digits) ? x : NAN;
  }
  return math_round_to(x, Math.trunc(digits));
};

/** @type {(x: number, y: number) => number} */
const remainder = (x, y) => y === 0 ? NAN : math_modulo(x, y);

/** @type {(x: number, y: number) => number} */
const fmod = (x, y) => {
  if (y === 0 || Math.abs(x) === INFINITY) {
    return NAN;
  }
  return x % y;
};

/** @type {(x: number, y: number) => number} */
const floor_divide = (x, y) => y === 0 ? divide(x, y) : math_floor_divide(x, y);

/** @type {(x: number, y: number) => number} */
const whole_quotient = (x, y) => y === 0 ? NAN : math_floor_divide(x, y);

/** @type {(x: number, y: number) => number} */
const cut_quotient = (x, y) => bits.copysign(whole_quotient(Math.abs(x), Math.abs(y)), x) * bits.copysign(1, y);

/** @type {(x: number, y: number) => number} */
const maximum = (x, y) => {
  if (x === y) {
    return bits.copysign(1, x) > 0 ? x : y;
  }
  return x > y ? x : y > x ? y : NAN;
};

/** @type {(x: number, y: number) => number} */
const minimum = (x, y) => -maximum(-x, -y);

/** @type {(x: number, low: number, high: number) => number} */
const clamp = (x, low, high) => minimum(maximum(x, low), high);

/** @type {(x: number, low: number, high: number) => number} */
const inside = (x, low, high) => x === x && low === low && high === high ? Number(low <= x && x <= high) : NAN;

/** @type {(x: number, y: number) => number} */
const below = (x, y) => x === x && y === y ? Number(x < y) : NAN;

/** @type {(x: number) => number} */
const sign = (x) => x === 0 || x !== x ? x : bits.copysign(1, x);

/** @type {(x: number) => number} */
const flat = (x) => x !== x ? x : 0;

/** @type {(x: number, weight: number) => number} */
const damped = (x, weight) => weight === 0 ? 0 : x * weight;

/** @type {(x: number, left: number) => number} */
const two_slopes = (x, left) => {
  if (x === 0) {
    return clamp(left, 0, 1);
  }
  return x > 0 ? 1 : x < 0 ? left : NAN;
};

/** @type {(x: number) => number} */
const exp = (x) => Math.exp(x);

/** @type {(x: number) => number} */
const exp2 = (x) => x >= 1024 ? INFINITY : math_exp2(x);

/** @type {(x: number, order: number) => number} */
const exp2_derivative = (x, order) => {
  if (!is_order(order)) {
    return NAN;
  }
  if (!(1024 <= x && x < 1124)) {
    return math_pow(LN2, order) * exp2(x);
  }
  return ldexp(math_pow(LN2, order) * exp2(x - 100), 100);
};

/** @type {(x: number) => number} */
const expm1 = (x) => Math.expm1(x);

/** @type {(x: number) => number} */
const log = (x) => Math.log(x);

/** @type {(x: number) => number} */
const log2 = (x) => Math.log2(x);

/** @type {(x: number) => number} */
const log10 = (x) => Math.log10(x);

/** @type {(x: number) => number} */
const log1p = (x) => Math.log1p(x);

/** @type {(x: number) => number} */
const in_domain = (x) => x < 0 ? NAN : Math.abs(x);

/** @type {(x: number, y: number) => number} */
const xlogy = (x, y) => x === 0 && y === y ? 0 : x * log(y);

/** @type {(x: number, y: number) => number} */
const logaddexp = (x, y) => logsumexp([x, y]);

/** @type {(x: number) => number} */
const sin = (x) => Math.abs(x) < INFINITY ? Math.sin(x) : NAN;

/** @type {(x: number) => number} */
const cos = (x) => Math.abs(x) < INFINITY ? Math.cos(x) : NAN;

/** @type {(x: number) => number} */
const tan = (x) => Math.abs(x) < INFINITY ? Math.tan(x) : NAN;

/** @type {(x: number) => number} */
const arcsin = (x) => Math.abs(x) <= 1 ? Math.asin(x) : NAN;

/** @type {(x: number) => number} */
const arccos = (x) => Math.abs(x) <= 1 ? Math.acos(x) : NAN;

/** @type {(x: number) => number} */
const cos_arcsin = (x) => sqrt((1 - x) * (1 + x));

/** @type {(x: number, y: number) => number} */
const inversion = (x, y) => {
  let square = x * x + y * y;
  if (1e-280 <= square && square <= HUGE) {
    return x / square;
  }
  return arctan2_derivative(y, x, 1, 0);
};

/** @type {(y: number, x: number, order_y: number, order_x: number) => number} */
const arctan2_derivative = (y, x, order_y, order_x) => {
  if (!(is_order(order_y) && is_order(order_x)) || x !== x || y !== y) {
    return NAN;
  }
  let n = Math.trunc(order_y) + Math.trunc(order_x);
  if (n === 0) {
    return Math.atan2(y, x);
  }
  if (math_isinf(x) || math_isinf(y)) {
    return 0;
  }
  if (x === y && y === 0) {
    return NAN;
  }
  let [[a, b], units] = in_common_units([x, y]);
  let [real, imaginary] = [1n, 0n];
  for (let _ = 0; _ < n; _ += 1) {
    [real, imaginary] = [real * a + imaginary * b, imaginary * a - real * b];
  }
  let part = [imaginary, real, -imaginary, -real][math_modulo(Math.trunc(order_y) + 2 * (n - 1), 4)];
  return exact_quotient(math_factorial(n - 1) * part * units ** BigInt(n), (a * a + b * b) ** BigInt(n));
};

/** @type {(x: number) => number} */
const sinh = (x) => Math.sinh(x);

/** @type {(x: number) => number} */
const cosh = (x) => Math.cosh(x);

/** @type {(x: number) => number} */
const arccosh = (x) => x >= 1 ? Math.acosh(x) : NAN;

/** @type {(x: number) => number} */
const arctanh = (x) => {
  if (Math.abs(x) === 1) {
    return x * INFINITY;
  }
  return Math.abs(x) < 1 ? Math.atanh(x) : NAN;
};

/** @type {(x: number) => number} */
const sin_pi = (x) => {
  let turn = math_remainder(x, 2);
  if (Math.abs(turn) > 0.5) {
    turn = bits.copysign(1, turn) - turn;
  }
  return Math.sin(Math.PI * turn);
};

/** @type {(x: number) => number} */
const cos_pi = (x) => {
  let turn = Math.abs(math_remainder(x, 2));
  return turn < 0.25 ? Math.cos(Math.PI * turn) : Math.sin(Math.PI * (0.5 - turn));
};

/** @type {(x: number) => number} */
const sinc = (x) => sinc_derivative(x, 0);

/** @type {(x: number, order: number) => number} */
const sinc_derivative = (x, order) => {
  if (x !== x || !(0 <= order && order <= 99)) {
    return NAN;
  }
  if (math_isinf(x)) {
    return 0;
  }
  let n = Math.trunc(order);
  if (Math.abs(x) <= 0.5 && n > 0) {
    return math_pow(Math.PI, n) * sinc_series(Math.PI * x, n);
  }
  if (x === 0) {
    return 1;
  }
  let [sine, cosine] = [sin_pi(x), cos_pi(x)];
  let shifted = [sine, cosine, -sine, -cosine];
  let slope = sine / (Math.PI * x);
  for (let k = 1; k < n + 1; k += 1) {
    slope = (math_pow(Math.PI, k - 1) * shifted[math_modulo(k, 4)] - k * slope) / x;
  }
  return slope;
};

/** @type {(angle: number, n: number) => number} */
const sinc_series = (angle, n) => {
  let power_over_factorial = math_modulo(n, 2) !== 0 ? angle : 1;
  /** @type {number[]} */
  let terms = [];
  for (let j = math_modulo(n, 2); j < 30; j += 2) {
    let sign = math_modulo(j + n, 4) !== 0 ? -1 : 1;
    terms.push(sign * power_over_factorial / (j + n + 1));
    power_over_factorial = power_over_factorial * (angle * angle / ((j + 1) * (j + 2)));
  }
  return math_fsum(terms);
};

/** @type {(x: number, scale: number) => number} */
const gauss = (x, scale) => gauss_derivative(x, scale, 0);

/** @type {(x: number, scale: number, order: number) => number} */
const gauss_derivative = (x, scale, order) => {
  if (!(is_order(order) && 0 < scale && scale <= 1)) {
    return NAN;
  }
  let [before, polynomial] = [0, 1];
  if (scale * x * x <= 1400) {
    for (let k = 0; k < Math.trunc(order); k += 1) {
      [before, polynomial] = [polynomial, -2 * scale * (x * polynomial + k * before)];
    }
  }
  return times_gauss(polynomial, x, scale);
};

/** @type {(x: number) => number} */
const normal_cdf = (x) => {
  if (Math.abs(x) > 39) {
    return Number(x > 0);
  }
  let t = -SQRT_HALF * x;
  let lost = product_error(-SQRT_HALF, x, t) - SQRT_HALF_REST * x;
  return 0.5 * (math_erfc(t) - TWO_OVER_SQRT_PI * Math.exp(-t * t) * lost);
};

/** @type {(x: number) => number} */
const gelu = (x) => {
  if (x === -INFINITY) {
    return -0;
  }
  if (x < -37) {
    let s = 1 / (x * x);
    let series = 1 - s * (1 - 3 * s * (1 - 5 * s * (1 - 7 * s * (1 - 9 * s * (1 - 11 * s)))));
    return times_gauss(-ONE_OVER_SQRT_TAU * series, x, 0.5);
  }
  return x * normal_cdf(x);
};

/** @type {(x: number) => number} */
const gelu_slope = (x) => normal_cdf(x) + times_gauss(ONE_OVER_SQRT_TAU * x, x, 0.5);

/** @type {(x: number) => number} */
const decay = (x) => Math.exp(-Math.abs(x));

/** @type {(x: number) => number} */
const sigmoid = (x) => logistic(x, decay(x));

/** @type {(x: number, small: number) => number} */
const logistic = (x, small) => x > 0 ? 1 / (1 + small) : small / (1 + small);

/** @type {(x: number) => number} */
const bell = (x) => bump(decay(x));

/** @type {(small: number) => number} */
const bump = (small) => small / ((1 + small) * (1 + small));

/** @type {(x: number) => number} */
const tanh_slope = (x) => {
  let small = Math.exp(-2 * Math.abs(x));
  return times_exp(4, -2 * Math.abs(x)) / ((1 + small) * (1 + small));
};

/** @type {(x: number) => number} */
const softplus = (x) => {
  let small = Math.log1p(Math.exp(-Math.abs(x)));
  return x > 0 ? x + small : small;
};

/** @type {(x: number) => number} */
const log_sigmoid = (x) => -softplus(-x);

/** @type {(x: number) => number} */
const silu = (x) => {
  if (x === -INFINITY) {
    return -0;
  }
  let small = Math.exp(-Math.abs(x));
  return x > 0 ? x / (1 + small) : times_exp(x, x) / (1 + small);
};

/** @type {(x: number) => number} */
const silu_slope = (x) => {
  if (math_isinf(x)) {
    return Number(x > 0);
  }
  let small = Math.exp(-Math.abs(x));
  if (x > 0) {
    return (1 + small * (1 + x)) / ((1 + small) * (1 + small));
  }
  return times_exp(1 + x + small, x) / ((1 + small) * (1 + small));
};

/** @type {(x: number, order: number) => number} */
const silu_derivative = (x, order) => {
  if (!(2 <= order && order <= 99) || x !== x) {
    return NAN;
  }
  if (Math.abs(x) > 1400) {
    return 0;
  }
  let [before, polynomial] = [[0], [1]];
  for (let _ = 0; _ < Math.trunc(order) - 1; _ += 1) {
    /** @type {number[]} */
    let product = lists.zip([...polynomial, 0, 0], [0, 0, ...polynomial]).map(([a, b]) => a - b);
    [before, polynomial] = [polynomial, lists.range(1, product.length).map((k) => 0.5 * k * product[k])];
  }
  let t = Math.tanh(0.5 * x);
  let factor = x * polynomial_at(t, polynomial) + Math.trunc(order) * polynomial_at(t, before);
  let small = Math.exp(-Math.abs(x));
  return times_exp(factor, -Math.abs(x)) / ((1 + small) * (1 + small));
};

/** @type {(x: number, coefficients: number[]) => number} */
const polynomial_at = (x, coefficients) => {
  let total = 0;
  for (const coefficient of coefficients.slice().reverse()) {
    total = total * x + coefficient;
  }
  return total;
};

/** @type {(x: number) => number} */
const mish = (x) => {
  if (x === -INFINITY) {
    return -0;
  }
  let small = Math.exp(-Math.abs(x));
  if (x > 0) {
    return x * (1 + 2 * small) / (1 + 2 * small * (1 + small));
  }
  return times_exp(x, x) * (2 + small) / (2 + small * (2 + small));
};

/** @type {(x: number) => number} */
const mish_slope = (x) => {
  let below;
  if (math_isinf(x)) {
    return Number(x > 0);
  }
  let small = Math.exp(-Math.abs(x));
  if (x > 0) {
    below = 1 + 2 * small * (1 + small);
    let bend = 4 * (small / below) * (small / below) * (1 + small);
    return (1 + 2 * small) / below + x * bend;
  }
  below = 1 + small * (1 + 0.5 * small);
  let above = (1 + x) * (1 + small) + small * (0.5 + small * (1 + 0.25 * small));
  return times_exp(above, x) / (below * below);
};

/** @type {(x: number, order: number) => number} */
const mish_derivative = (x, order) => {
  let dividend, divisor;
  if (!(2 <= order && order <= 99) || x !== x) {
    return NAN;
  }
  if (Math.abs(x) > 1400) {
    return 0;
  }
  let n = Math.trunc(order);
  let sign = x > 0 ? -1 : 1;
  let w = Math.exp(-Math.abs(x));
  /** @type {number[]} */
  let once = lists.range(n + 1).map((k) => math_pow(sign, k) / Number(math_factorial(k)));
  /** @type {number[]} */
  let twice = lists.enumerate(once).map(([k, c]) => 2 ** k * c);
  if (x > 0) {
    dividend = twice.map((b) => -2 * b);
    divisor = lists.zip(once, twice).map(([a, b]) => 2 * w * (a + w * b));
    divisor[0] = divisor[0] + 1;
  } else {
    dividend = lists.zip(once, twice).map(([a, b]) => 2 * a + w * b);
    divisor = lists.zip(once, twice).map(([a, b]) => w * (2 * a + w * b));
    divisor[0] = divisor[0] + 2;
  }
  /** @type {number[]} */
  let series = [];
  for (let k = 0; k < n + 1; k += 1) {
    let known = math_fsum(lists.range(k).map((j) => divisor[k - j] * series[j]));
    series.push((dividend[k] - known) / divisor[0]);
  }
  let factor = Number(math_factorial(n)) * (x * series[n] + series[n - 1]);
  return times_exp(factor, x > 0 ? -2 * x : x);
};

/** @type {(x: number) => number} */
const relu = (x) => x <= 0 ? 0 : x;

/** @type {(x: number, slope: number) => number} */
const leaky_relu = (x, slope) => x > 0 ? x : slope * x;

/** @type {(x: number, alpha: number) => number} */
const elu = (x, alpha) => x > 0 ? x : alpha * Math.expm1(x);

/** @type {(x: number, alpha: number) => number} */
const elu_slope = (x, alpha) => x < 0 ? times_exp(alpha, x) : two_slopes(x, alpha);

/** @type {(x: number) => number} */
const softsign = (x) => math_isinf(x) ? bits.copysign(1, x) : x / (1 + Math.abs(x));

/** @type {(numbers: number[]) => number} */
const sum_ = (numbers) => sum_over(numbers, 1);

/** @type {(numbers: number[]) => number} */
const mean = (numbers) => sum_over(numbers, numbers.length);

/** @type {(numbers: number[], divisor: number) => number} */
const sum_over = (numbers, divisor) => {
  try {
    return math_fsum(numbers) / divisor;
  } catch (error) {
    if (error instanceof ValueError) {
      return NAN;
    }
    if (error instanceof OverflowError) {
      /** @type {number[]} */
      let infinite = numbers.filter((x) => math_isinf(x) || x !== x);
      if (infinite.length > 0) {
        return sum_over(infinite, divisor);
      }
      return exact_quotient(numbers.map((x) => in_least_units(x)).reduce((a, b) => a + b, 0n), BigInt(divisor) * _LEAST_UNITS);
    }
    throw error;
  }
};

/** @type {(numbers: number[]) => number} */
const dot = (numbers) => {
  let half = Math.floor(numbers.length / 2);
  /** @type {number[]} */
  let products = lists.range(half).map((i) => numbers[i] * numbers[half + i]);
  let out = sum_(products);
  if (Math.abs(out) < INFINITY || !numbers.every((x) => Number.isFinite(x))) {
    return out;
  }
  /** @type {bigint[]} */
  let exact = lists.range(half).map((i) => in_least_units(numbers[i]) * in_least_units(numbers[half + i]));
  return exact_quotient(exact.reduce((a, b) => a + b, 0n), _LEAST_UNITS * _LEAST_UNITS);
};

/** @type {(numbers: number[]) => [number, number][]} */
const running_products = (numbers) => {
  let renormalised;
  let [mantissa, exponent] = [1, 0];
  /** @type {[number, number][]} */
  let products = [[mantissa, exponent]];
  for (const x of numbers) {
    let [factor, shift] = bits.frexp(x);
    [mantissa, renormalised] = bits.frexp(mantissa * factor);
    exponent = exponent + (shift + renormalised);
    products.push([mantissa, exponent]);
  }
  return products;
};

/** @type {(numbers: number[]) => number} */
const prod = (numbers) => {
  let [mantissa, exponent] = running_products(numbers)[running_products(numbers).length - 1];
  return ldexp(mantissa, exponent);
};

/** @type {(numbers: number[]) => number[]} */
const products_of_others = (numbers) => {
  /** @type {[number, number][]} */
  let before = running_products(numbers);
  /** @type {[number, number][]} */
  let after = running_products(numbers.slice().reverse()).slice().reverse();
  return lists.zip(before.slice(0, -1), after.slice(1)).map(([[left, left_exponent], [right, right_exponent]]) => ldexp(left * right, left_exponent + right_exponent));
};

/** @type {(numbers: number[]) => number} */
const max_ = (numbers) => {
  let best = numbers[0];
  for (const x of numbers) {
    best = maximum(best, x);
  }
  return best;
};

/** @type {(numbers: number[]) => number} */
const min_ = (numbers) => -max_(numbers.map((x) => -x));

/** @type {(numbers: number[]) => number[]} */
const top_shares = (numbers) => {
  let best = max_(numbers);
  if (best !== best) {
    return numbers.map((_) => NAN);
  }
  let each = 1 / lists.count(numbers, best);
  return numbers.map((x) => x === best ? each : 0);
};

/** @type {(numbers: number[]) => number[]} */
const bottom_shares = (numbers) => top_shares(numbers.map((x) => -x));

/** @type {(numbers: number[]) => number} */
const norm = (numbers) => math_length(numbers);

/** @type {(numbers: number[]) => number[]} */
const components = (numbers) => {
  let length = math_length(numbers);
  if (TINY / EPSILON <= length && length <= HUGE) {
    return numbers.map((x) => x / length);
  }
  if (length === 0) {
    return [...numbers];
  }
  if (numbers.some((x) => x !== x)) {
    return numbers.map((_) => NAN);
  }
  let infinite = numbers.filter((x) => math_isinf(x)).length;
  if (infinite !== 0) {
    let limit = infinite === 1 ? 1 : NAN;
    return numbers.map((x) => math_isinf(x) ? bits.copysign(limit, x) : bits.copysign(0, x));
  }
  let exponent = bits.frexp(max_(numbers.map((x) => Math.abs(x))))[1];
  return components(numbers.map((x) => math_ldexp(x, -exponent)));
};

/** @type {(numbers: number[], i: number) => number[]} */
const component_slopes = (numbers, i) => {
  let first;
  if (!numbers.every((x) => x === 0 || 1e-70 <= Math.abs(x) && Math.abs(x) <= 1e+70)) {
    /** @type {number[]} */
    let places = lists.range(numbers.length);
    return places.map((j) => exact_norm_derivative(numbers, places.map((k) => Number(k === i) + Number(k === j))));
  }
  /** @type {number[]} */
  let slopes = components(numbers);
  let length = math_length(numbers);
  [first, slopes[i]] = [slopes[i], 0];
  let others = math_fsum(slopes.map((x) => x * x));
  slopes = slopes.map((x) => divide(-first * x, length));
  slopes[i] = divide(others, length);
  return slopes;
};

/** @type {(numbers_and_orders: number[]) => number} */
const norm_derivative = (numbers_and_orders) => {
  let half = Math.floor(numbers_and_orders.length / 2);
  /** @type {number[]} */
  let numbers = numbers_and_orders.slice(0, half);
  let places = places_of(numbers_and_orders.slice(half));
  if (places === null) {
    return NAN;
  }
  if (places.length === 0) {
    return norm(numbers);
  }
  if (places.length === 1) {
    return components(numbers)[places[0]];
  }
  if (places.length === 2) {
    return component_slopes(numbers, places[0])[places[1]];
  }
  return exact_norm_derivative(numbers, lists.range(half).map((i) => lists.count(places, i)));
};

/** @type {(orders: number[]) => number[] | null} */
const places_of = (orders) => {
  if (!orders.every(is_order)) {
    return null;
  }
  return lists.range(orders.length).flatMap((i) => lists.range(Math.trunc(orders[i])).map((_) => i));
};

/** @type {(numbers: number[], orders: number[]) => number} */
const exact_norm_derivative = (numbers, orders) => {
  if (numbers.some((x) => x !== x) || !numbers.some((x) => x !== 0)) {
    return NAN;
  }
  let infinite = numbers.filter((x) => math_isinf(x)).length;
  if (infinite !== 0) {
    return infinite === 1 ? 0 : NAN;
  }
  let [scaled, units] = in_common_units(numbers);
  let total = orders.reduce((a, b) => a + b, 0);
  /** @type {bigint[]} */
  let terms = [...[1n], ...Array(total).fill(0n)];
  for (const [x, n] of lists.zip(scaled, orders)) {
    /** @type {[number, bigint][]} */
    let factors = [];
    for (let i = 0; i < Math.floor(n / 2) + 1; i += 1) {
      let ways = bits.floor_quotient(math_factorial(n), math_factorial(i) * math_factorial(n - 2 * i));
      factors.push([n - i, ways * (2n * x) ** BigInt(n - 2 * i)]);
    }
    terms = times_polynomial(terms, factors);
  }
  let square = scaled.map((x) => x * x).reduce((a, b) => a + b, 0n);
  let out = 0n;
  let slope = 1n;
  for (const [k, term] of lists.enumerate(terms)) {
    out = out + slope * term * (2n * square) ** BigInt(total - k);
    slope = slope * BigInt(1 - 2 * k);
  }
  let size = exact_root((out * units ** BigInt(total)) ** 2n, units ** 2n * 4n ** BigInt(total) * square ** BigInt(2 * total - 1));
  return out > 0n ? size : -size;
};

/** @type {(coefficients: bigint[], factors: [number, bigint][]) => bigint[]} */
const times_polynomial = (coefficients, factors) => {
  /** @type {bigint[]} */
  let product = coefficients.map((_) => 0n);
  for (const [exponent, factor] of factors) {
    for (let k = 0; k < coefficients.length - exponent; k += 1) {
      product[k + exponent] = product[k + exponent] + factor * coefficients[k];
    }
  }
  return product;
};

/** @type {(numbers: number[]) => number[]} */
const relative_weights = (numbers) => {
  let best = max_(numbers);
  if (Math.abs(best) < INFINITY) {
    return numbers.map((x) => x > -INFINITY ? exp_of_difference(x, best) : 0);
  }
  if (best !== best || lists.count(numbers, best) > 1) {
    return numbers.map((_) => NAN);
  }
  return numbers.map((x) => Number(x === best));
};

/** @type {(numbers: number[]) => number[]} */
const shares = (numbers) => {
  /** @type {number[]} */
  let weights = relative_weights(numbers);
  let total = math_fsum(weights);
  return weights.map((weight) => weight / total);
};

/** @type {(numbers: number[], i: number) => number[]} */
const share_slopes = (numbers, i) => {
  /** @type {number[]} */
  let slopes = shares(numbers);
  let first = slopes[i];
  let others = other_shares([numbers[i], ...numbers.slice(0, i), ...numbers.slice(i + 1)]);
  slopes = slopes.map((share) => -first * share);
  slopes[i] = first * others;
  return slopes;
};

/** @type {(numbers_and_orders: number[]) => number} */
const logsumexp_derivative = (numbers_and_orders) => {
  let half = Math.floor(numbers_and_orders.length / 2);
  /** @type {number[]} */
  let numbers = numbers_and_orders.slice(0, half);
  let places = places_of(numbers_and_orders.slice(half));
  if (places === null) {
    return NAN;
  }
  if (places.length === 0) {
    return logsumexp(numbers);
  }
  if (places.length === 1) {
    return shares(numbers)[places[0]];
  }
  if (places.length === 2) {
    return share_slopes(numbers, places[0])[places[1]];
  }
  let best = max_(numbers);
  if (!(Math.abs(best) < INFINITY)) {
    return best !== best || lists.count(numbers, best) > 1 ? NAN : 0;
  }
  let total = places.length;
  /** @type {bigint[]} */
  let weights = numbers.map((x) => exact_weight(x, best));
  let whole = weights.reduce((a, b) => a + b, 0n);
  /** @type {bigint[]} */
  let terms = [...[1n], ...Array(total).fill(0n)];
  for (let i = 0; i < half; i += 1) {
    /** @type {[number, bigint][]} */
    let factors = lists.enumerate(_stirling_numbers(lists.count(places, i)));
    terms = times_polynomial(terms, factors.map(([k, ways]) => [k, ways * weights[i] ** BigInt(k)]));
  }
  let out = 0n;
  for (let k = 1; k < total + 1; k += 1) {
    out = out - BigInt(-1) ** BigInt(k) * math_factorial(k - 1) * terms[k] * whole ** BigInt(total - k);
  }
  return exact_quotient(out, whole ** BigInt(total));
};

/** @type {(x: number, best: number) => bigint} */
const exact_weight = (x, best) => {
  let difference = x - best;
  if (difference < -0.5) {
    return in_least_units(x > -INFINITY ? exp_of_difference(x, best) : 0);
  }
  let lost = sum_error(x, -best, difference);
  let less = Math.expm1(difference);
  return _LEAST_UNITS + in_least_units(less + lost * (1 + less));
};

/** @type {(n: number) => bigint[]} */
const _stirling_numbers = (n) => {
  /** @type {bigint[]} */
  let ways = [1n];
  for (let _ = 0; _ < n; _ += 1) {
    ways = [0n, ...lists.range(1, ways.length).map((k) => BigInt(k) * ways[k] + ways[k - 1]), 1n];
  }
  return ways;
};

/** @type {(numbers: number[]) => number} */
const other_shares = (numbers) => {
  /** @type {number[]} */
  let weights = relative_weights(numbers);
  return math_fsum(weights.slice(1)) / math_fsum(weights);
};

/** @type {(numbers: number[]) => number} */
const excess_over_greatest = (numbers) => Math.log1p(math_fsum([...relative_weights(numbers), -1]));

/** @type {(numbers: number[]) => number[]} */
const log_shares = (numbers) => {
  let best = max_(numbers);
  let excess = excess_over_greatest(numbers);
  return numbers.map((x) => (x === best ? 0 : x - best) - excess);
};

/** @type {(numbers: number[]) => number} */
const logsumexp = (numbers) => {
  let best = max_(numbers);
  return Math.abs(best) < INFINITY ? best + excess_over_greatest(numbers) : best;
};

/** @type {(row: (...operands: any[]) => any, at_once: (...operands: any[]) => any, operands: number[]) => number[]} */
const $_each = (row, at_once, operands) => {
  /** @type {number[]} */
  let numbers = [...operands];
  return numbers.length > 0 ? at_once(numbers) : [];
};

/** @type {(operands: number[]) => number[]} */
const $softmax = (operands) => $_each(share, shares, operands);

/** @type {(operands: number[]) => number[]} */
const $components = (operands) => $_each(component, components, operands);

/** @type {(operands: number[]) => number[]} */
const $_products_gradient = (operands) => products_of_others([...operands]);

/** @type {(operands: number[]) => number[]} */
const $_share_gradient = (operands) => $_second(logsumexp_derivative, share_slopes, operands);

/** @type {(operands: number[]) => number[]} */
const $_log_share_gradient = (operands) => [other_shares(operands), ...$softmax(operands).slice(1).map((p) => -p)];

/** @type {(operands: number[]) => number[]} */
const $_component_gradient = (operands) => $_second(norm_derivative, component_slopes, operands);

/** @type {(row: (...operands: any[]) => any, at_once: (...operands: any[]) => any, operands: number[]) => number[]} */
const $_second = (row, at_once, operands) => at_once([...operands], 0);

/** @type {(row: (...operands: any[]) => any, operands: number[]) => number[]} */
const $_next_in_family = (row, operands) => {
  let half = Math.floor(operands.length / 2);
  let [xs, orders] = [operands.slice(0, half), operands.slice(half)];
  /** @type {number[]} */
  let derivatives = lists.range(half).map((i) => row([...xs, ...[...orders.slice(0, i), orders[i] + 1, ...orders.slice(i + 1)]]));
  return [...derivatives, ...orders.map((_) => NAN)];
};

/** @type {(x: number, y: number) => number} */
const add = (x, y) => x + y;

rules.add = { forward: add, derivatives: [(x, y, out) => 1, (x, y, out) => 1] };

/** @type {(x: number, y: number) => number} */
const subtract = (x, y) => x - y;

rules.subtract = { forward: subtract, derivatives: [(x, y, out) => 1, (x, y, out) => -1] };

/** @type {(x: number, y: number) => number} */
const multiply = (x, y) => x * y;

rules.multiply = { forward: multiply, derivatives: [(x, y, out) => y, (x, y, out) => x] };

rules.divide = { forward: divide, derivatives: [(x, y, out) => divide(1, y), (x, y, out) => -over_square(x, y)] };

rules.power = { forward: power, derivatives: [(x, y, out) => power_slope(x, y), (x, y, out) => power_rate(x, y)] };

rules.remainder = { forward: remainder, derivatives: [(x, y, out) => 1 + flat(whole_quotient(x, y)), (x, y, out) => -whole_quotient(x, y)] };

rules.floor_divide = { forward: floor_divide, derivatives: [(x, y, out) => flat(out), (x, y, out) => flat(out)] };

rules.fmod = { forward: fmod, derivatives: [(x, y, out) => 1 + flat(cut_quotient(x, y)), (x, y, out) => -cut_quotient(x, y)] };

const hypot = math_hypot;

rules.hypot = { forward: hypot, derivatives: [(x, y, out) => component([x, y]), (x, y, out) => component([y, x])] };

/** @type {(x: number) => number} */
const negative = (x) => -x;

rules.negative = { forward: negative, derivatives: [(x, out) => -1] };

/** @type {(x: number) => number} */
const reciprocal = (x) => divide(1, x);

rules.reciprocal = { forward: reciprocal, derivatives: [(x, out) => -over_square(1, x)] };

/** @type {(x: number) => number} */
const square = (x) => x * x;

rules.square = { forward: square, derivatives: [(x, out) => 2 * x] };

rules.sqrt = { forward: sqrt, derivatives: [(x, out) => divide(1, 2 * in_domain(out))] };

rules.cbrt = { forward: cbrt, derivatives: [(x, out) => cbrt_derivative(x, 1)] };

const absolute = Math.abs;

rules.absolute = { forward: absolute, derivatives: [(x, out) => sign(x)] };

rules.sign = { forward: sign, derivatives: [(x, out) => flat(x)] };

rules.floor = { forward: floor, derivatives: [(x, out) => flat(x)] };

rules.ceil = { forward: ceil, derivatives: [(x, out) => flat(x)] };

rules.trunc = { forward: trunc, derivatives: [(x, out) => flat(x)] };

const round = round_;

rules.round = { forward: round, derivatives: [(x, out) => flat(x)] };

rules.maximum = { forward: maximum, derivatives: [(x, y, out) => top_share([x, y]), (x, y, out) => top_share([y, x])] };

rules.minimum = { forward: minimum, derivatives: [(x, y, out) => bottom_share([x, y]), (x, y, out) => bottom_share([y, x])] };

rules.clamp = { forward: clamp, derivatives: [(x, low, high, out) => inside(x, low, high), (x, low, high, out) => below(x, low) * (1 - below(high, low)), (x, low, high, out) => below(high, maximum(x, low))] };

/** @type {(taken: number) => number} */
const where = (taken) => taken;

rules.where = { forward: where, derivatives: [(condition, out) => 1] };

rules.exp = { forward: exp, derivatives: [(x, out) => out] };

rules.exp2 = { forward: exp2, derivatives: [(x, out) => exp2_derivative(x, 1)] };

rules.expm1 = { forward: expm1, derivatives: [(x, out) => exp(x)] };

rules.log = { forward: log, derivatives: [(x, out) => divide(1, in_domain(x))] };

rules.log2 = { forward: log2, derivatives: [(x, out) => divide(1.4426950408889634, in_domain(x))] };

rules.log10 = { forward: log10, derivatives: [(x, out) => divide(0.4342944819032518, in_domain(x))] };

rules.log1p = { forward: log1p, derivatives: [(x, out) => divide(1, in_domain(1 + x))] };

rules.xlogy = { forward: xlogy, derivatives: [(x, y, out) => log(y), (x, y, out) => divide(x, in_domain(y))] };

rules.logaddexp = { forward: logaddexp, derivatives: [(x, y, out) => share([x, y]), (x, y, out) => share([y, x])] };

rules.sin = { forward: sin, derivatives: [(x, out) => cos(x)] };

rules.cos = { forward: cos, derivatives: [(x, out) => -sin(x)] };

rules.tan = { forward: tan, derivatives: [(x, out) => 1 + out * out] };

rules.arcsin = { forward: arcsin, derivatives: [(x, out) => divide(1, cos_arcsin(x))] };

rules.arccos = { forward: arccos, derivatives: [(x, out) => divide(-1, cos_arcsin(x))] };

const arctan = Math.atan;

rules.arctan = { forward: arctan, derivatives: [(x, out) => inversion(1, x)] };

const arctan2 = Math.atan2;

rules.arctan2 = { forward: arctan2, derivatives: [(y, x, out) => inversion(x, y), (y, x, out) => -inversion(y, x)] };

/** @type {(x: number) => number} */
const deg2rad = (x) => x * RADIANS_PER_DEGREE;

rules.deg2rad = { forward: deg2rad, derivatives: [(x, out) => 0.017453292519943295] };

/** @type {(x: number) => number} */
const rad2deg = (x) => x * DEGREES_PER_RADIAN;

rules.rad2deg = { forward: rad2deg, derivatives: [(x, out) => 57.29577951308232] };

rules.sinc = { forward: sinc, derivatives: [(x, out) => sinc_derivative(x, 1)] };

rules.sinh = { forward: sinh, derivatives: [(x, out) => cosh(x)] };

rules.cosh = { forward: cosh, derivatives: [(x, out) => sinh(x)] };

const tanh = Math.tanh;

rules.tanh = { forward: tanh, derivatives: [(x, out) => tanh_slope(x)] };

const arcsinh = Math.asinh;

rules.arcsinh = { forward: arcsinh, derivatives: [(x, out) => divide(1, hypot(1, x))] };

rules.arccosh = { forward: arccosh, derivatives: [(x, out) => divide(divide(1, sqrt(x - 1)), sqrt(x + 1))] };

rules.arctanh = { forward: arctanh, derivatives: [(x, out) => over_square(1, cos_arcsin(x))] };

const erf = math_erf;

rules.erf = { forward: erf, derivatives: [(x, out) => 1.1283791670955126 * gauss(x, 1)] };

const erfc = math_erfc;

rules.erfc = { forward: erfc, derivatives: [(x, out) => -1.1283791670955126 * gauss(x, 1)] };

rules.sigmoid = { forward: sigmoid, derivatives: [(x, out) => bell(x)] };

rules.log_sigmoid = { forward: log_sigmoid, derivatives: [(x, out) => sigmoid(-x)] };

rules.softplus = { forward: softplus, derivatives: [(x, out) => sigmoid(x)] };

rules.gelu = { forward: gelu, derivatives: [(x, out) => gelu_slope(x)] };

rules.silu = { forward: silu, derivatives: [(x, out) => silu_slope(x)] };

rules.mish = { forward: mish, derivatives: [(x, out) => mish_slope(x)] };

rules.softsign = { forward: softsign, derivatives: [(x, out) => over_square(1, 1 + absolute(x))] };

rules.relu = { forward: relu, derivatives: [(x, out) => below(0, x)] };

rules.leaky_relu = { forward: leaky_relu, derivatives: [(x, slope, out) => two_slopes(x, slope), (x, slope, out) => minimum(x, 0)] };

rules.elu = { forward: elu, derivatives: [(x, alpha, out) => elu_slope(x, alpha), (x, alpha, out) => expm1(minimum(x, 0))] };

/** @type {(x: number) => number} */
const hard_tanh = (x) => clamp(x, -1, 1);

rules.hard_tanh = { forward: hard_tanh, derivatives: [(x, out) => inside(x, -1, 1)] };

const sum = sum_;

rules.sum = { forward: sum, gradient: (xs, out) => xs.map((_) => 1) };

rules.mean = { forward: mean, gradient: (xs, out) => xs.map((_) => 1 / xs.length) };

rules.norm = { forward: norm, gradient: (xs, out) => $components(xs) };

rules.prod = { forward: prod, gradient: (xs, out) => $_products_gradient(xs) };

rules.logsumexp = { forward: logsumexp, gradient: (xs, out) => $softmax(xs) };

rules.dot = { forward: dot, gradient: (xs, out) => [...xs.slice(Math.floor(xs.length / 2)), ...xs.slice(0, Math.floor(xs.length / 2))] };

const max = max_;

rules.max = { forward: max, gradient: (xs, out) => $_each(top_share, top_shares, xs) };

const min = min_;

rules.min = { forward: min, gradient: (xs, out) => $_each(bottom_share, bottom_shares, xs) };

rules.in_domain = { forward: in_domain, derivatives: [(x, out) => 1] };

rules.cos_arcsin = { forward: cos_arcsin, derivatives: [(x, out) => divide(-x, out)] };

rules.over_square = { forward: over_square, derivatives: [(x, y, out) => over_square(1, y), (x, y, out) => -quotient_derivative(x, y, 2)] };

rules.power_slope = { forward: power_slope, derivatives: [(x, y, out) => power_derivative(x, y, 2, 0), (x, y, out) => power_derivative(x, y, 1, 1)] };

rules.power_rate = { forward: power_rate, derivatives: [(x, y, out) => power_derivative(x, y, 1, 1), (x, y, out) => power_derivative(x, y, 0, 2)] };

rules.inversion = { forward: inversion, derivatives: [(x, y, out) => arctan2_derivative(y, x, 1, 1), (x, y, out) => arctan2_derivative(y, x, 2, 0)] };

rules.whole_quotient = { forward: whole_quotient, derivatives: [(x, y, out) => flat(out), (x, y, out) => flat(out)] };

rules.cut_quotient = { forward: cut_quotient, derivatives: [(x, y, out) => flat(out), (x, y, out) => flat(out)] };

rules.round_to = { forward: round_to, derivatives: [(x, digits, out) => flat(x), (x, digits, out) => flat(out)] };

rules.bell = { forward: bell, derivatives: [(x, out) => -out * tanh(0.5 * x)] };

rules.tanh_slope = { forward: tanh_slope, derivatives: [(x, out) => -2 * out * tanh(x)] };

rules.silu_slope = { forward: silu_slope, derivatives: [(x, out) => silu_derivative(x, 2)] };

rules.mish_slope = { forward: mish_slope, derivatives: [(x, out) => mish_derivative(x, 2)] };

rules.gelu_slope = { forward: gelu_slope, derivatives: [(x, out) => 0.3989422804014327 * (gauss(x, 0.5) - gauss_derivative(x, 0.5, 2))] };

rules.gauss = { forward: gauss, derivatives: [(x, scale, out) => gauss_derivative(x, scale, 1), (x, scale, out) => NaN] };

rules.elu_slope = { forward: elu_slope, derivatives: [(x, alpha, out) => below(x, 0) * out, (x, alpha, out) => below(x, 0) * exp(minimum(x, 0))] };

rules.two_slopes = { forward: two_slopes, derivatives: [(x, left, out) => flat(x), (x, left, out) => below(x, 0)] };

rules.damped = { forward: damped, derivatives: [(x, weight, out) => weight, (x, weight, out) => x] };

rules.inside = { forward: inside, derivatives: [(x, low, high, out) => flat(out), (x, low, high, out) => flat(out), (x, low, high, out) => flat(out)] };

rules.below = { forward: below, derivatives: [(x, y, out) => flat(out), (x, y, out) => flat(out)] };

rules.flat = { forward: flat, derivatives: [(x, out) => flat(x)] };

/** @type {(xs: number[]) => number} */
const share = (xs) => shares(xs)[0];

rules.share = { forward: share, gradient: (xs, out) => $_share_gradient(xs) };

/** @type {(xs: number[]) => number} */
const log_share = (xs) => log_shares(xs)[0];

rules.log_share = { forward: log_share, gradient: (xs, out) => $_log_share_gradient(xs) };

rules.other_shares = { forward: other_shares, gradient: (xs, out) => $_share_gradient(xs).map((x) => -x) };

/** @type {(xs: number[]) => number} */
const component = (xs) => components(xs)[0];

rules.component = { forward: component, gradient: (xs, out) => $_component_gradient(xs) };

/** @type {(xs: number[]) => number} */
const top_share = (xs) => top_shares(xs)[0];

rules.top_share = { forward: top_share, gradient: (xs, out) => xs.map((_) => flat(out)) };

/** @type {(xs: number[]) => number} */
const bottom_share = (xs) => bottom_shares(xs)[0];

rules.bottom_share = { forward: bottom_share, gradient: (xs, out) => xs.map((_) => flat(out)) };

rules.cbrt_derivative = { forward: cbrt_derivative, derivatives: [(x, n, out) => cbrt_derivative(x, n + 1), (x, n, out) => NaN] };

rules.exp2_derivative = { forward: exp2_derivative, derivatives: [(x, n, out) => exp2_derivative(x, n + 1), (x, n, out) => NaN] };

rules.sinc_derivative = { forward: sinc_derivative, derivatives: [(x, n, out) => sinc_derivative(x, n + 1), (x, n, out) => NaN] };

rules.silu_derivative = { forward: silu_derivative, derivatives: [(x, n, out) => silu_derivative(x, n + 1), (x, n, out) => NaN] };

rules.mish_derivative = { forward: mish_derivative, derivatives: [(x, n, out) => mish_derivative(x, n + 1), (x, n, out) => NaN] };

rules.gauss_derivative = { forward: gauss_derivative, derivatives: [(x, scale, n, out) => gauss_derivative(x, scale, n + 1), (x, scale, n, out) => NaN, (x, scale, n, out) => NaN] };

rules.quotient_derivative = { forward: quotient_derivative, derivatives: [(x, y, n, out) => quotient_derivative(1, y, n), (x, y, n, out) => quotient_derivative(x, y, n + 1), (x, y, n, out) => NaN] };

rules.power_derivative = { forward: power_derivative, derivatives: [(x, y, m, n, out) => power_derivative(x, y, m + 1, n), (x, y, m, n, out) => power_derivative(x, y, m, n + 1), (x, y, m, n, out) => NaN, (x, y, m, n, out) => NaN] };

rules.arctan2_derivative = { forward: arctan2_derivative, derivatives: [(y, x, m, n, out) => arctan2_derivative(y, x, m + 1, n), (y, x, m, n, out) => arctan2_derivative(y, x, m, n + 1), (y, x, m, n, out) => NaN, (y, x, m, n, out) => NaN] };

rules.norm_derivative = { forward: norm_derivative, gradient: (xs, out) => $_next_in_family(norm_derivative, xs) };

rules.logsumexp_derivative = { forward: logsumexp_derivative, gradient: (xs, out) => $_next_in_family(logsumexp_derivative, xs) };
