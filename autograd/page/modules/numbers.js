// Numbers as text: four digits to read, all of them to edit.

const MINUS = "−";

/**
 * A number with four significant digits, as Python's format ".4g" has it, in two parts.
 *
 * @param {number} x
 * @returns {{digits: string, exponent: number | null}} the exponent of ten, if it is written
 */
export function parts(x) {
  const [mantissa, power] = x.toExponential(3).split("e").map(Number);
  const isPlain = !(power < -4 || power >= 4);
  const digits = signed(isPlain ? Number(x.toPrecision(4)) : mantissa);
  const named = digits.replace("Infinity", "∞").replace("NaN", "nan");
  return { digits: named, exponent: isPlain ? null : power };
}

/**
 * A number as a line of a box shows it.
 *
 * @param {number} x
 */
export function shown(x) {
  const { digits, exponent } = parts(x);
  return exponent === null ? digits : `${digits}e${signed(exponent)}`;
}

/**
 * A number with a true minus.
 *
 * @param {number} x
 */
export const signed = (x) => String(x).replace("-", MINUS);

/**
 * A number with all its digits, to be edited.
 *
 * @param {number} x
 */
export function exact(x) {
  return Object.is(x, -0) ? "-0" : String(x).replace("Infinity", "inf").replace("NaN", "nan");
}

/**
 * The number that a reader has typed; null if it is none.
 *
 * @param {string} text
 */
export function typed(text) {
  const plain = text.trim().replace(MINUS, "-").replace(",", ".").toLowerCase();
  if (/^[+-]?(inf|infinity|∞)$/.test(plain)) return plain.startsWith("-") ? -Infinity : Infinity;
  if (plain === "nan") return NaN;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(plain) ? Number(plain) : null;
}

/**
 * A change of a number that is worth a key: of its second digit; never 0.
 *
 * @param {number} x
 */
export function nudge(x) {
  if (!Number.isFinite(x) || x === 0) return 0.01;
  return 10 ** Math.floor(Math.log10(Math.abs(x)) - 1);
}

/**
 * A number without the noise of sums such as 0.1 + 0.2.
 *
 * @param {number} x
 */
export function cleaned(x) {
  return Number.isFinite(x) ? Number(x.toPrecision(12)) : x;
}

/**
 * A name with its index in letters of the line, as it is typed.
 *
 * @param {string} name
 */
export function plain(name) {
  return name.replace(/[₀-₉]/g, (digit) => String("₀₁₂₃₄₅₆₇₈₉".indexOf(digit)));
}
