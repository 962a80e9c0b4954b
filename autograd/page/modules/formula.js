// Formulas, from trees to MathML or to a line of text, with names or with numbers.

import { m } from "./dom.js";
import { parts, shown, signed } from "./numbers.js";

// The strength that binds a fragment of a formula together, the loosest first.
const [SUM, NEGATIVE, QUOTIENT, PRODUCT, TIGHT] = [0, 1, 2, 3, 4];
export const ATOM = 5;

/**
 * A fragment of a formula: an element, or a text.
 *
 * @typedef {object} Fragment
 * @property {any} shown
 * @property {number} level
 */

/** What a leaf of a tree stands for. @typedef {{name: string} | {number: number}} Meaning */
/** @typedef {(leaf: any) => Meaning} Reader */

/** Writes a line of text. */
export const TEXT = {
  /** @param {string} text */
  name: (text) => text,
  /** @param {string} text */
  word: (text) => text,
  /** @param {string} sign */
  between: (sign) => (sign === "·" ? sign : `${sign === "," ? "" : " "}${sign} `),
  /** @param {string} sign */
  before: (sign) => sign,
  /** @param {any[]} fragments */
  row: (fragments) => fragments.join(""),
  /** @param {number} x */
  number: (x) => shown(x),
  /** @param {string} above @param {string} below */
  derivative: (above, below) => `∂${above}/∂${below}`,
  /** @param {Fragment} above @param {Fragment} below */
  fraction: (above, below) => ({
    shown: `${within(TEXT, above, PRODUCT)}/${within(TEXT, below, TIGHT)}`,
    level: QUOTIENT,
  }),
  /** @param {any} base @param {Fragment} exponent */
  power: (base, { shown: text }) => {
    const isWhole = /^−?\d+$/.test(text);
    const raised = text.replace(
      /./g,
      (/** @type {string} */ c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["−0123456789".indexOf(c)],
    );
    return isWhole ? base + raised : `${base}^${/^[\w.]+$/.test(text) ? text : `(${text})`}`;
  },
  /** @param {Fragment} operand */
  root: (operand) => `√${within(TEXT, operand, ATOM)}`,
};

/** Writes MathML. */
export const MATH = {
  name: nameElement,
  /** @param {string} text */
  word: (text) => m("mi", text),
  /** @param {string} sign */
  between: (sign) => m("mo", sign),
  /** @param {string} sign */
  before: (sign) => {
    const element = m("mo", sign);
    element.setAttribute("form", "prefix");
    return element;
  },
  /** @param {any[]} fragments */
  row: (fragments) => m("mrow", ...fragments),
  /** @param {number} x */
  number: (x) => {
    const { digits, exponent } = parts(x);
    const isNegative = digits.startsWith("−");
    const size = m("mn", isNegative ? digits.slice(1) : digits);
    const power =
      exponent === null ? [] : [m("mo", "·"), m("msup", m("mn", "10"), m("mn", signed(exponent)))];
    return m("mrow", ...(isNegative ? [MATH.before("−")] : []), size, ...power);
  },
  /** @param {string} above @param {string} below */
  derivative: (above, below) =>
    m(
      "mfrac",
      m("mrow", m("mi", "∂"), nameElement(above)),
      m("mrow", m("mi", "∂"), nameElement(below)),
    ),
  /** @param {Fragment} above @param {Fragment} below */
  fraction: (above, below) => ({ shown: m("mfrac", above.shown, below.shown), level: TIGHT }),
  /** @param {any} base @param {Fragment} exponent */
  power: (base, { shown: text }) => m("msup", base, text),
  /** @param {Fragment} operand */
  root: (operand) => m("msqrt", operand.shown),
};

/**
 * A tree as a fragment of a formula.
 *
 * @param {any} tree see formulas.py
 * @param {Reader} read
 * @param {any} pen TEXT or MATH
 * @returns {Fragment}
 */
export function fragment(tree, read, pen) {
  if (!Array.isArray(tree)) return leafOf(tree, read, pen);
  const [kind, ...rest] = tree;
  const write = (/** @type {any} */ part) => fragment(part, read, pen);
  if (kind === "+") return sum(rest[0], rest.slice(1).map(write), pen);
  if (kind === "*") return product(rest.map(write), pen, "·");
  if (kind === "/") return pen.fraction(write(rest[0]), write(rest[1]));
  if (kind === "-") {
    return {
      shown: pen.row([pen.before("−"), within(pen, write(rest[0]), QUOTIENT)]),
      level: NEGATIVE,
    };
  }
  if (kind === "^") {
    return { shown: pen.power(within(pen, write(rest[0]), ATOM), write(rest[1])), level: TIGHT };
  }
  if (kind === "root") return { shown: pen.root(write(rest[0])), level: TIGHT };
  if (kind === "mod") {
    const sides = rest.map((part) => within(pen, write(part), TIGHT));
    return { shown: pen.row([sides[0], pen.between("mod"), sides[1]]), level: SUM };
  }
  if (kind === "as") return template(rest[0], rest.slice(1).map(write), pen);
  const operands = rest.slice(1).map((part) => write(part).shown);
  return {
    shown: pen.row([pen.word(rest[0]), parenthesised(pen, list(operands, pen))]),
    level: ATOM,
  };
}

/**
 * A product with a sign between its factors.
 *
 * @param {Fragment[]} factors
 * @param {any} pen
 * @param {string} sign
 * @returns {Fragment}
 */
export function product(factors, pen, sign) {
  const later = sign === "×" ? QUOTIENT : TIGHT;
  const written = factors.map((factor, i) =>
    within(pen, factor, i ? later : Math.min(later, PRODUCT)),
  );
  return { shown: pen.row(spread(written, () => pen.between(sign))), level: PRODUCT };
}

/**
 * A number as a fragment.
 *
 * @param {number} x
 * @param {any} pen
 * @returns {Fragment}
 */
export function numberOf(x, pen) {
  const level = x < 0 ? NEGATIVE : parts(x).exponent === null ? ATOM : PRODUCT;
  return { shown: pen.number(x), level };
}

/**
 * A sum, with 1 for each term that is subtracted.
 *
 * @param {number[]} minus
 * @param {Fragment[]} terms
 * @param {any} pen
 * @returns {Fragment}
 */
export function sum(minus, terms, pen) {
  const out = [];
  for (const [i, term] of terms.entries()) {
    if (i) out.push(pen.between(minus[i] ? "−" : "+"));
    else if (minus[i]) out.push(pen.before("−"));
    out.push(within(pen, term, i || minus[i] ? QUOTIENT : SUM));
  }
  return { shown: pen.row(out), level: SUM };
}

/**
 * What a fragment shows, in parentheses if it binds less tightly than a level.
 *
 * @param {any} pen
 * @param {Fragment} operand
 * @param {number} level
 */
export function within(pen, operand, level) {
  return operand.level >= level ? operand.shown : parenthesised(pen, operand.shown);
}

/**
 * @param {any} tree
 * @param {Reader} read
 * @param {any} pen
 * @returns {Fragment}
 */
function leafOf(tree, read, pen) {
  if (typeof tree !== "object") return numberOf(Number(tree), pen);
  if ("s" in tree) return { shown: pen.word(tree.s), level: ATOM };
  const meaning = read(tree);
  if ("number" in meaning) return numberOf(meaning.number, pen);
  return { shown: pen.name(meaning.name), level: ATOM };
}

/**
 * @param {string} text such as "|#1|", see autograd.Primitive
 * @param {Fragment[]} operands
 * @param {any} pen
 * @returns {Fragment}
 */
function template(text, operands, pen) {
  const out = text
    .split(/(#\*|[#@][1-9])/)
    .filter(Boolean)
    .map((piece) => {
      if (piece === "#*")
        return list(
          operands.map((operand) => operand.shown),
          pen,
        );
      if (!/^[#@][1-9]$/.test(piece)) return pen.word(piece);
      const operand = operands[Number(piece[1]) - 1];
      return piece[0] === "@" ? within(pen, operand, ATOM) : operand.shown;
    });
  const isTight = text.includes("^") || /[#@].$/.test(text);
  return { shown: pen.row(out), level: isTight ? TIGHT : ATOM };
}

/** @param {any} pen @param {any} shown */
function parenthesised(pen, shown) {
  return pen.row([pen.before("("), shown, pen === MATH ? m("mo", ")") : ")"]);
}

/** @param {any[]} operands @param {any} pen */
function list(operands, pen) {
  return pen.row(spread(operands, () => pen.between(",")));
}

/**
 * Fragments with something between each two of them.
 *
 * @param {any[]} fragments
 * @param {() => any} sign
 */
function spread(fragments, sign) {
  return fragments.flatMap((each, i) => (i ? [sign(), each] : [each]));
}

/**
 * A name: one letter in italics, a word upright, with its index below the line.
 *
 * @param {string} text
 */
function nameElement(text) {
  const found = /^(.*?)([₀-₉]+)$/.exec(text);
  if (!found?.[1]) return m("mi", text);
  const index = found[2].replace(/./g, (c) => String("₀₁₂₃₄₅₆₇₈₉".indexOf(c)));
  return m("msub", m("mi", found[1]), m("mn", index));
}
