// Elements, whose texts are never markup.

/** @typedef {Node | string | null | undefined | false} Child */

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
 * @param {Record<string, any>} [properties] "class", handlers such as "onclick", attributes
 * @param {...Child} children
 * @returns {any}
 */
export function h(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== false && value !== undefined)
      element.setAttribute(key, value === true ? "" : String(value));
  }
  return filled(element, children);
}

/**
 * An element of MathML.
 *
 * @param {string} name
 * @param {...Child} children
 * @returns {Element}
 */
export function m(name, ...children) {
  return filled(document.createElementNS("http://www.w3.org/1998/Math/MathML", name), children);
}

/**
 * An element of SVG.
 *
 * @param {string} name
 * @param {Record<string, string | number>} [attributes]
 * @param {...Child} children
 * @returns {Element}
 */
export function s(name, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return filled(element, children);
}

/**
 * @param {Element} element
 * @param {Child[]} children
 */
function filled(element, children) {
  for (const child of children) {
    if (child) element.append(child);
  }
  return element;
}
