// What a notebook does, in whose output the page stands in a frame: `widget.js` passes it on.

import { soon } from "./time.js";

/**
 * Tell the notebook, if there is one, which inputs are changed, and take over what it changes.
 *
 * @param {import("./page.js").Page} page
 */
export function accompany(page) {
  const { parent } = window;
  if (parent === window) return;
  let known = "{}"; // the changes that the notebook knows
  const tell = () => {
    const before = known;
    known = JSON.stringify(page.changes);
    if (known !== before) parent.postMessage({ changes: page.changes }, "*");
  };
  page.on("numbers", soon(tell, 50));
  window.addEventListener("message", ({ source, data }) => {
    if (source !== parent || !data?.changes) return;
    page.adopt(page.read(data.changes));
    known = JSON.stringify(page.changes);
  });
  parent.postMessage({ isReady: true }, "*");
}
