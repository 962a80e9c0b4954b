// Formulas as MathML, with names or with numbers; and from MathML to a line of text.

import { m } from "./dom.js";
import { parts, plain, signed } from "./numbers.js";

// How tightly a fragment of a formula is bound together; mathml.py has the same levels, and more.
const [NEGATIVE, QUOTIENT, TIMES, ATOM] = [1, 2, 3, 5];

/**
 * A fragment of a formula.
 *
 * @typedef {object} Fragment
 * @property {Element} shown
 * @property {number} level
 */

/** @param {string} sign */
export const operator = (sign) => m("mo", sign);

/** @param {Element[]} elements */
export const row = (...elements) => m("mrow", ...elements);

/**
 * A number with four digits.
 *
 * @param {number} x
 * @returns {Fragment}
 */
export function numberOf(x) {
  const { digits, exponent } = parts(x);
  const isNegative = digits.startsWith("−");
  const shown = row(m("mn", isNegative ? digits.slice(1) : digits));
  if (isNegative) shown.prepend(operator("−"));
  if (exponent !== null)
    shown.append(operator("·"), m("msup", m("mn", "10"), m("mn", signed(exponent))));
  return { shown, level: isNegative ? NEGATIVE : exponent === null ? ATOM : TIMES };
}

/**
 * A name: one letter in italics, a word upright, with its index below the line.
 *
 * @param {string} text
 * @returns {Fragment}
 */
export function nameOf(text) {
  const [, name, index] = /^(.+?)([₀-₉]+)$/.exec(text) ?? [];
  if (!name) return { shown: m("mi", text), level: ATOM };
  return { shown: m("msub", m("mi", name), m("mn", plain(index))), level: ATOM };
}

/** @param {string} above @param {string} below */
export const derivative = (above, below) =>
  m("mfrac", ...[above, below].map((name) => row(m("mi", "∂"), nameOf(name).shown)));

/**
 * What a fragment shows, in parentheses if it binds less tightly than a level.
 *
 * @param {Fragment} fragment
 * @param {number} [least] that of a factor beside ×, if not given
 */
export function within({ shown, level }, least = QUOTIENT) {
  return level < least ? row(operator("("), shown, operator(")")) : shown;
}

/**
 * An element as mathml.py writes it, with what is read in its places.
 *
 * @param {any} tree
 * @param {(place: any) => Fragment} read
 * @returns {any}
 */
export function written(tree, read) {
  if (typeof tree === "string") return tree;
  if (!Array.isArray(tree))
    return within("number" in tree ? numberOf(Number(tree.number)) : read(tree), tree.within ?? 0);
  const [name, ...children] = tree;
  return m(name, ...children.map((child) => written(child, read)));
}

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
  const isBetween = localName === "mo" && element.previousElementSibling;
  if (!isBetween || textContent === ")" || textContent === "·") return textContent ?? "";
  return textContent === "," ? ", " : ` ${textContent} `;
}
