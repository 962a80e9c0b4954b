// Formulas, from trees to MathML, with names or with numbers; and from MathML to a line of text.

import { m } from "./dom.js";
import { parts, signed } from "./numbers.js";

// The strength that binds a fragment of a formula together, the loosest first.
const [SUM, NEGATIVE, QUOTIENT, PRODUCT, TIGHT] = [0, 1, 2, 3, 4];
export const ATOM = 5;

/**
 * A fragment of a formula.
 *
 * @typedef {object} Fragment
 * @property {Element} shown
 * @property {number} level
 */

/** What a leaf of a tree stands for. @typedef {{name: string} | {number: number}} Meaning */
/** @typedef {(leaf: any) => Meaning} Reader */

/** @param {string} sign */
export const operator = (sign) => m("mo", sign);

/** @param {string} text */
const prefix = (text) => {
  const element = operator(text);
  element.setAttribute("form", "prefix");
  return element;
};

/** @param {Element[]} elements */
export const row = (elements) => m("mrow", ...elements);

/** @param {number} x */
export function numberElement(x) {
  const { digits, exponent } = parts(x);
  const isNegative = digits.startsWith("−");
  const size = m("mn", isNegative ? digits.slice(1) : digits);
  const power =
    exponent === null ? [] : [operator("·"), m("msup", m("mn", "10"), m("mn", signed(exponent)))];
  return row([...(isNegative ? [prefix("−")] : []), size, ...power]);
}

/**
 * A name: one letter in italics, a word upright, with its index below the line.
 *
 * @param {string} text
 */
export function nameElement(text) {
  const found = /^(.*?)([₀-₉]+)$/.exec(text);
  if (!found?.[1]) return m("mi", text);
  const index = found[2].replace(/./g, (c) => String("₀₁₂₃₄₅₆₇₈₉".indexOf(c)));
  return m("msub", m("mi", found[1]), m("mn", index));
}

/** @param {string} above @param {string} below */
export const derivative = (above, below) =>
  m("mfrac", ...[above, below].map((name) => row([m("mi", "∂"), nameElement(name)])));

/**
 * A formula as a line of text, to be spoken.
 *
 * @param {Element} element
 * @returns {string}
 */
export function textOf(element) {
  const { localName, textContent, children } = element;
  const texts = Array.from(children, textOf);
  const [one, other] = texts.map((text) => (/[ ·]/.test(text) ? `(${text})` : text));
  if (localName === "mfrac") return `${one}/${other}`;
  if (localName === "msup") return `${one}^${other}`;
  if (localName === "msqrt") return `√${one}`;
  if (children.length) return texts.join("");
  const isTight = localName !== "mo" || element.hasAttribute("form") || textContent === "·";
  if (isTight || textContent === ")") return textContent ?? "";
  return textContent === "," ? ", " : ` ${textContent} `;
}

/**
 * A tree as a fragment of a formula.
 *
 * @param {any} tree see formulas.py
 * @param {Reader} read
 * @returns {Fragment}
 */
export function fragment(tree, read) {
  if (!Array.isArray(tree)) return leafOf(tree, read);
  const [kind, ...rest] = tree;
  const write = (/** @type {any} */ part) => fragment(part, read);
  if (kind === "+") return sum(rest[0], rest.slice(1).map(write));
  if (kind === "*") return product(rest.map(write), "·");
  if (kind === "/")
    return { shown: m("mfrac", write(rest[0]).shown, write(rest[1]).shown), level: TIGHT };
  if (kind === "-") {
    return {
      shown: row([prefix("−"), within(write(rest[0]), QUOTIENT)]),
      level: NEGATIVE,
    };
  }
  if (kind === "^") {
    return { shown: m("msup", within(write(rest[0]), ATOM), write(rest[1]).shown), level: TIGHT };
  }
  if (kind === "root") return { shown: m("msqrt", write(rest[0]).shown), level: TIGHT };
  if (kind === "mod") {
    const sides = rest.map((part) => within(write(part), TIGHT));
    return { shown: row([sides[0], operator("mod"), sides[1]]), level: SUM };
  }
  if (kind === "as") return template(rest[0], rest.slice(1).map(write));
  const operands = rest.slice(1).map((part) => write(part).shown);
  return {
    shown: row([m("mi", rest[0]), parenthesised(list(operands))]),
    level: ATOM,
  };
}

/**
 * A product with a sign between its factors.
 *
 * @param {Fragment[]} factors
 * @param {string} sign
 * @returns {Fragment}
 */
export function product(factors, sign) {
  const later = sign === "×" ? QUOTIENT : TIGHT;
  const written = factors.map((factor, i) => within(factor, i ? later : Math.min(later, PRODUCT)));
  return { shown: row(spread(written, () => operator(sign))), level: PRODUCT };
}

/**
 * A number as a fragment.
 *
 * @param {number} x
 * @returns {Fragment}
 */
export function numberOf(x) {
  const level = x < 0 ? NEGATIVE : parts(x).exponent === null ? ATOM : PRODUCT;
  return { shown: numberElement(x), level };
}

/**
 * A sum, with 1 for each term that is subtracted.
 *
 * @param {number[]} minus
 * @param {Fragment[]} terms
 * @returns {Fragment}
 */
export function sum(minus, terms) {
  const out = [];
  for (const [i, term] of terms.entries()) {
    if (i) out.push(operator(minus[i] ? "−" : "+"));
    else if (minus[i]) out.push(prefix("−"));
    out.push(within(term, i || minus[i] ? QUOTIENT : SUM));
  }
  return { shown: row(out), level: SUM };
}

/**
 * What a fragment shows, in parentheses if it binds less tightly than a level.
 *
 * @param {Fragment} operand
 * @param {number} level
 */
export function within(operand, level) {
  return operand.level >= level ? operand.shown : parenthesised(operand.shown);
}

/**
 * @param {any} tree
 * @param {Reader} read
 * @returns {Fragment}
 */
function leafOf(tree, read) {
  if (typeof tree !== "object") return numberOf(Number(tree));
  if ("s" in tree) return { shown: m("mi", tree.s), level: ATOM };
  const meaning = read(tree);
  if ("number" in meaning) return numberOf(meaning.number);
  return { shown: nameElement(meaning.name), level: ATOM };
}

/**
 * @param {string} text such as "|#1|", see autograd.Primitive
 * @param {Fragment[]} operands
 * @returns {Fragment}
 */
function template(text, operands) {
  const out = text
    .split(/(#\*|[#@][1-9])/)
    .filter(Boolean)
    .map((piece) => {
      if (piece === "#*") return list(operands.map((operand) => operand.shown));
      if (!/^[#@][1-9]$/.test(piece)) return m("mi", piece);
      const operand = operands[Number(piece[1]) - 1];
      return piece[0] === "@" ? within(operand, ATOM) : operand.shown;
    });
  const isTight = text.includes("^") || /[#@].$/.test(text);
  return { shown: row(out), level: isTight ? TIGHT : ATOM };
}

/** @param {Element} shown */
function parenthesised(shown) {
  return row([prefix("("), shown, operator(")")]);
}

/** @param {Element[]} operands */
function list(operands) {
  return row(spread(operands, () => operator(",")));
}

/**
 * Fragments with something between each two of them.
 *
 * @param {Element[]} fragments
 * @param {() => Element} between
 */
function spread(fragments, between) {
  return fragments.flatMap((each, i) => (i ? [between(), each] : [each]));
}
