// What a notebook does, in whose output the page stands in a frame: `widget.js` passes it on.

import { exact, typed } from "./numbers.js";

/** @typedef {import("./page.js").Page} Page */

/**
 * Tell the notebook, if there is one, which inputs are changed, and take over what it changes.
 *
 * @param {Page} page
 */
export function accompany(page) {
  const { parent } = window;
  if (parent === window) return;
  let timer = 0;
  let known = "{}"; // the changes that the notebook knows
  const changes = () =>
    Object.fromEntries([...page.graph.changes()].map(([node, number]) => [node, exact(number)]));
  const tell = () => {
    timer = 0;
    const before = known;
    known = JSON.stringify(changes());
    if (known !== before) parent.postMessage({ changes: changes() }, "*");
  };
  page.parts.push((what) => {
    if (what === "numbers" && !timer) timer = window.setTimeout(tell, 50);
  });
  window.addEventListener("message", ({ source, data }) => {
    if (source !== parent || !data?.changes) return;
    const numbers = new Map();
    for (const [node, text] of Object.entries(data.changes)) {
      const number = typed(String(text));
      if (number !== null) numbers.set(Number(node), number);
    }
    page.adopt(numbers);
    known = JSON.stringify(changes());
  });
  parent.postMessage({ isReady: true }, "*");
}
