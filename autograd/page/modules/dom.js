// Elements, whose texts are never markup.

/** @typedef {Node | string} Child */

/**
 * The element of the document that a selector finds first.
 *
 * @param {string} selector
 * @returns {any}
 */
export const find = (selector) => document.querySelector(selector);

/**
 * What a template of the document holds, anew.
 *
 * @param {string} id
 * @returns {any}
 */
export const copied = (id) => find(`#${id}`).content.cloneNode(true);

/**
 * An element of HTML. Its children are elements and texts; a text is only ever text.
 *
 * @param {string} name
 * @param {Record<string, any>} [properties] handlers such as "onclick", and attributes; one that is
 *   false is left out
 * @param {...Child} children
 * @returns {any}
 */
export const h = (name, properties = {}, ...children) =>
  filled(document.createElement(name), properties, children);

/**
 * An element of MathML.
 *
 * @param {string} name
 * @param {...Child} children
 * @returns {Element}
 */
export const m = (name, ...children) =>
  filled(document.createElementNS("http://www.w3.org/1998/Math/MathML", name), {}, children);

/**
 * An element of SVG.
 *
 * @param {string} name
 * @param {Record<string, any>} attributes
 * @param {...Child} children
 */
export const s = (name, attributes, ...children) =>
  filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);

/**
 * @template {Element} E
 * @param {E} element
 * @param {Record<string, any>} properties
 * @param {Child[]} children
 */
function filled(element, properties, children) {
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== false) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}
