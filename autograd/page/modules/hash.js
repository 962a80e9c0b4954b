// The state of the page in its address: the step, the folding, what is selected, the changes.

import { soon } from "./time.js";

/** @typedef {import("./page.js").Page} Page */

/**
 * The state as the fragment of an address, such as "#step=12&select=3&set=3:0.56".
 *
 * @param {Page} page
 */
function hashOf(page) {
  const changes = Object.entries(page.changes).map((pair) => pair.join(":"));
  const found = [
    page.position < page.steps.rest && `step=${page.position}`,
    page.view !== page.begin && `view=${page.view}`,
    page.selected >= 0 && `select=${page.selected}`,
    page.trained && `trained=${page.trained}`,
    changes.length && `set=${changes.join(",")}`,
  ].filter(Boolean);
  return found.length ? `#${found.join("&")}` : "";
}

/**
 * Take over the state from an address; what is not understood is left as it is.
 *
 * @param {Page} page
 * @param {string} hash
 */
function restore(page, hash) {
  const pairs = (
    /** @type {string} */ text,
    /** @type {string} */ between,
    /** @type {string} */ is,
  ) => Object.fromEntries(text.split(between).map((pair) => pair.split(is)));
  const given = pairs(hash.slice(1), "&", "=");
  const whole = (/** @type {string} */ key, /** @type {number} */ end) =>
    /^\d+$/.test(given[key]) && Number(given[key]) < end ? Number(given[key]) : null;
  page.reset();
  const numbers = page.read(pairs(given.set ?? "", ",", ":"));
  if (numbers.size) page.change(numbers, "type", whole("trained", 1e12) ?? 0);
  page.show(whole("view", page.scenes.count) ?? page.begin);
  page.goTo(whole("step", page.steps.rest) ?? page.steps.rest);
  page.select(whole("select", page.graph.count) ?? -1);
}

/**
 * Keep the address of the window up to date, and follow it.
 *
 * @param {Page} page
 */
export function follow(page) {
  let known = location.hash; // as last written or followed
  const write = () => {
    if (location.hash !== known) return; // a reader has set another, which is about to be followed
    try {
      history.replaceState(null, "", hashOf(page) || location.pathname + location.search);
    } catch {
      // A page within another page, as in a notebook, has no address of its own.
    }
    known = location.hash;
  };
  page.on("numbers step scene selection", soon(write, 150));
  window.addEventListener("hashchange", () => {
    if (location.hash === known) return;
    known = location.hash;
    restore(page, known);
  });
  if (location.hash) restore(page, location.hash);
}
