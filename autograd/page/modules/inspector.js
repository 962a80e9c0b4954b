// The panel of the selected value: its number, to be changed, and where its gradient comes from.

import { copied, find, h, m } from "./dom.js";
import { cleaned, exact, nudge, shown, typed } from "./numbers.js";
import { NOT_HELD } from "./page.js";
import { verdict } from "./speech.js";
import { often } from "./words.js";

const MOST_USES = 100; // of a value that are listed
const AT_THE_END = "It is the end of the graph: its gradient is 1.";

/**
 * Keep the panel beside the steps up to date.
 *
 * @param {import("./page.js").Page} page
 */
export function inspect(page) {
  const { graph, steps, words } = page;
  const element = find(".inspector");
  const part = (/** @type {string} */ selector) => element.querySelector(selector);
  let drags = 0;
  let isSliding = false;
  let [middle, notch] = [0, 0]; // of the slider: its number, and the change for a notch

  /** Write the panel for another value. */
  function fill() {
    const { selected: i, scene } = page;
    const isValue = scene.isValue(scene.part[i]);
    element.classList.toggle("empty", i < 0);
    element.replaceChildren(copied(i < 0 ? "introduction" : isValue ? "value" : "folded"));
    if (i < 0) return;
    if (isValue) begin(i);
    else fold(scene.part[i]);
  }

  /** @param {number} box */
  function fold(box) {
    const { scene, scenes } = page;
    const [title, ...lines] = scene.texts[box];
    part("h2").textContent = title;
    part("h2").after(...lines.map((line) => h("p", {}, line)));
    const isHeld = scenes.opening(scene.nodes[box][0], scene) >= 0;
    part("button").hidden = !isHeld;
    part(".note").textContent = isHeld ? "" : NOT_HELD;
  }

  /** @param {number} i */
  function begin(i) {
    const isLeaf = graph.tape.isLeaf(i);
    const group = graph.group[i] < 0 ? "" : ` in ${graph.groups[graph.group[i]].place}`;
    const reason = isLeaf ? page.locked(i) : "";
    part("h2").prepend(graph.short[i] ?? graph.name(i));
    part("small").textContent = `${isLeaf ? "input" : graph.operation(i)}${group}`;
    part(".note").textContent = reason;
    if (isLeaf) part(".statement").remove();
    if (i === graph.root) part("table").replaceWith(h("p", {}, AT_THE_END));
    if (isLeaf && !reason) edit(i, part("[type=text]"), part("[type=range]"));
    else part(".editor").remove();
    refresh();
  }

  /**
   * Let a reader change an input: by typing, by keys, and by dragging the slider.
   *
   * @param {number} i
   * @param {HTMLInputElement} input
   * @param {HTMLInputElement} slider
   */
  function edit(i, input, slider) {
    const name = graph.name(i);
    const take = () => {
      const number = typed(input.value);
      input.ariaInvalid = String(number === null);
      if (number === null) page.say(`${input.value} is no number.`);
      else page.edit(i, number, "type");
    };
    input.ariaLabel = `Number of ${name}`;
    input.onchange = take;
    input.onkeydown = (event) => {
      const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (direction) {
        event.preventDefault();
        page.nudge(i, direction * (event.shiftKey ? 10 : 1));
      } else if (event.key === "Enter") take();
      else if (event.key === "Escape") input.blur();
    };
    slider.ariaLabel = `Drag ${name}`;
    slider.onpointerdown = () => {
      drags++;
    };
    slider.oninput = () => {
      isSliding = true;
      page.edit(i, cleaned(middle + Number(slider.value) * notch), `slide ${drags}`);
      isSliding = false;
    };
  }

  /** Write the numbers. */
  function refresh() {
    const { selected: i, position, scene } = page;
    if (i < 0 || !scene.isValue(scene.part[i])) return;
    const gradients = steps.gradients(position);
    const value = graph.tape.value[i];
    const [number, gradient] = element.querySelectorAll("strong");
    number.textContent = steps.isComputed(position, i) ? shown(value) : "?";
    gradient.textContent = gradients ? shown(gradients[i]) : "–";
    part(".verdict").textContent = page.told?.to.has(i) ? verdict(page) : "";
    part(".statement")?.replaceChildren(words.statement(i));
    if (part("table")) explain(i);
    const input = part("[type=text]");
    if (!input) return;
    if (document.activeElement !== input) input.ariaInvalid = null;
    input.value = exact(value);
    if (isSliding) return;
    middle = Number.isFinite(value) ? value : 0;
    notch = nudge(middle) / 5;
    part("[type=range]").value = 0;
  }

  /**
   * Write the uses of a value, each with what it adds to the gradient.
   *
   * @param {number} i
   */
  function explain(i) {
    const { position } = page;
    const all = steps.received(i, steps.rest);
    const known = new Set(steps.received(i, position).map(({ place }) => place));
    const rows = all.slice(0, MOST_USES).map(({ place, user, upstream, local, product }, n) => {
      const isKnown = known.has(place);
      const act = () => page.select(user);
      return h(
        "tr",
        { class: isKnown ? "" : "later" },
        h("th", { scope: "row" }, h("button", { class: "link", onclick: act }, graph.name(user))),
        h("td", {}, isKnown ? shown(upstream) : "–"),
        h("td", {}, m("math", words.local(all[n]).shown), ` = ${shown(local)}`),
        h("td", {}, isKnown ? shown(product) : "–"),
      );
    });
    part("tbody").replaceChildren(...rows);
    const isSum = all.length > 1;
    part("caption").textContent = isSum
      ? `It is used ${often(all.length)}. Its gradient is the sum of upstream × local:`
      : "Its gradient is upstream × local:";
    part("tfoot").hidden = !isSum;
    part("tfoot th").textContent = all.length > MOST_USES ? "sum of all" : "sum";
    const total = steps.gradients(position)?.[i];
    part("tfoot td").textContent = total === undefined ? "–" : shown(total);
  }

  page.on("selection scene", fill);
  page.on("selection", () => element.parentElement.scrollTo(0, 0));
  page.on("numbers step", refresh);
  page.on("edit", () => part("[type=text]")?.select());
  fill();
}
