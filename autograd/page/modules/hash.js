// The state of the page in its address: the step, the folding, what is selected, the changes.

import { exact, typed } from "./numbers.js";

/** @typedef {import("./page.js").Page} Page */

/**
 * The state as the fragment of an address, such as "#step=12&select=3&set=3:0.56".
 *
 * @param {Page} page
 */
export function hashOf(page) {
  const found = [];
  if (page.position < page.steps.rest) found.push(`step=${page.position}`);
  if (page.view !== page.begin) found.push(`view=${page.view}`);
  if (page.selected >= 0) found.push(`select=${page.selected}`);
  const changes = [...page.graph.changes()].map(([node, number]) => `${node}:${exact(number)}`);
  if (page.trained) found.push(`trained=${page.trained}`);
  if (changes.length) found.push(`set=${changes.join(",")}`);
  return found.length ? `#${found.join("&")}` : "";
}

/**
 * Take over the state from an address; what is not understood is left as it is.
 *
 * @param {Page} page
 * @param {string} hash
 */
export function restore(page, hash) {
  const given = new Map(
    hash
      .slice(1)
      .split("&")
      .map((pair) => /** @type {[string, string]} */ (pair.split("="))),
  );
  const whole = (/** @type {string} */ key, /** @type {number} */ end) => {
    const text = given.get(key) ?? "";
    return /^\d+$/.test(text) && Number(text) < end ? Number(text) : null;
  };
  page.reset();
  const numbers = new Map();
  for (const pair of (given.get("set") ?? "").split(",")) {
    const [id, text] = pair.split(":");
    const [node, number] = [/^\d+$/.test(id) ? Number(id) : page.graph.count, typed(text ?? "")];
    if (node < page.graph.count && number !== null && !page.locked(node)) numbers.set(node, number);
  }
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
  let timer = 0;
  let known = location.hash; // as last written or followed
  const write = () => {
    timer = 0;
    if (location.hash !== known) return; // a reader has set another, which is about to be followed
    try {
      history.replaceState(null, "", hashOf(page) || location.pathname + location.search);
    } catch {
      // A page within another page, as in a notebook, has no address of its own.
    }
    known = location.hash;
  };
  page.parts.push((what) => {
    const isState = ["numbers", "step", "scene", "selection"].includes(what);
    if (isState && !timer) timer = window.setTimeout(write, 150);
  });
  window.addEventListener("hashchange", () => {
    if (location.hash === known) return;
    known = location.hash;
    restore(page, known);
  });
  if (location.hash) restore(page, location.hash);
}
