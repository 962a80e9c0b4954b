// Elements, whose texts are never markup.

/** @typedef {Node | string | null | undefined | false} Child */

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
 * An icon of 16 by 16, drawn by lines.
 *
 * @param {string} path
 */
export function icon(path) {
  const line = s("path", {
    d: path,
    fill: "none",
    stroke: "currentColor",
    "stroke-width": 1.8,
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
  });
  return s("svg", { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" }, line);
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
