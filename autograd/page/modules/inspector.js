// The panel of the selected value: its number, to be changed, and where its gradient comes from.

import { copied, find, h, m } from "./dom.js";
import { cleaned, exact, nudge, shown, typed } from "./numbers.js";
import { NOT_HELD } from "./page.js";
import { often } from "./words.js";

/** @typedef {import("./page.js").Page} Page */

const MOST_USES = 100; // of a value that are listed
const AT_THE_END = "It is the end of the graph: its gradient is 1.";

/** The panel beside the steps. */
export class Inspector {
  element = find(".inspector");
  drags = 0;
  isSliding = false;
  middle = 0; // of the slider
  notch = 0; // the change for each of its notches

  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    page.parts.push((what) => this.update(what));
    this.fill();
  }

  /** @param {string} what */
  update(what) {
    if (what === "selection" || what === "scene") this.fill();
    if (what === "selection") this.element.parentElement.scrollTo(0, 0);
    if (what === "numbers" || what === "step") this.refresh();
    if (what === "edit") this.part("[type=text]")?.select();
  }

  /**
   * The first element of the panel that a selector finds.
   *
   * @param {string} selector
   * @returns {any}
   */
  part(selector) {
    return this.element.querySelector(selector);
  }

  /** Write the panel for another value. */
  fill() {
    const { selected: i, scene } = this.page;
    this.element.classList.toggle("empty", i < 0);
    const isValue = scene.isValue(scene.part[i]);
    this.element.replaceChildren(copied(i < 0 ? "introduction" : isValue ? "value" : "folded"));
    if (i < 0) return;
    if (isValue) this.begin(i);
    else this.fold(scene.part[i]);
  }

  /** @param {number} box */
  fold(box) {
    const { scene, scenes } = this.page;
    const [title, ...lines] = scene.texts[box];
    this.part("h2").textContent = title;
    this.part("h2").after(...lines.map((line) => h("p", {}, line)));
    const isHeld = scenes.opening(scene.nodes[box][0], scene) >= 0;
    this.part("button").hidden = !isHeld;
    this.part(".note").textContent = isHeld ? "" : NOT_HELD;
  }

  /** @param {number} i */
  begin(i) {
    const { page } = this;
    const { graph } = page;
    const isLeaf = graph.tape.isLeaf(i);
    const group = graph.group[i] < 0 ? "" : ` in ${graph.groups[graph.group[i]].place}`;
    const reason = isLeaf ? page.locked(i) : "";
    const name = graph.name(i);
    this.part("h2").prepend(graph.short[i] ?? name);
    this.part("small").textContent = `${isLeaf ? "input" : graph.operation(i)}${group}`;
    this.part(".note").textContent = reason;
    if (isLeaf) this.part(".statement").remove();
    if (i === graph.root) this.part("table").replaceWith(h("p", {}, AT_THE_END));
    if (!isLeaf || reason) this.part(".editor").remove();
    else this.edit(i, name);
    this.refresh();
  }

  /**
   * Let a reader change an input: by typing, by keys, and by dragging the slider.
   *
   * @param {number} i
   * @param {string} name
   */
  edit(i, name) {
    const { page } = this;
    const [input, slider] = [this.part("[type=text]"), this.part("[type=range]")];
    input.setAttribute("aria-label", `Number of ${name}`);
    input.onchange = () => this.take(i, input);
    input.onkeydown = (/** @type {KeyboardEvent} */ event) => {
      const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (direction) {
        event.preventDefault();
        page.nudge(i, direction * (event.shiftKey ? 10 : 1));
      } else if (event.key === "Enter") this.take(i, input);
      else if (event.key === "Escape") input.blur();
    };
    slider.setAttribute("aria-label", `Drag ${name}`);
    slider.onpointerdown = () => this.drags++;
    slider.oninput = () => {
      this.isSliding = true;
      page.edit(i, cleaned(this.middle + slider.value * this.notch), `slide ${this.drags}`);
      this.isSliding = false;
    };
  }

  /**
   * @param {number} i
   * @param {HTMLInputElement} input
   */
  take(i, input) {
    const number = typed(input.value);
    input.setAttribute("aria-invalid", String(number === null));
    if (number === null) return this.page.say(`${input.value} is no number.`);
    this.page.edit(i, number, "type");
  }

  /** Write the numbers. */
  refresh() {
    const { page } = this;
    const { selected: i, graph, steps, words } = page;
    if (i < 0 || !page.scene.isValue(page.scene.part[i])) return;
    const gradients = steps.gradients(page.position);
    const isKnown = steps.isComputed(page.position, i);
    const value = graph.tape.value[i];
    const [number, gradient] = this.element.querySelectorAll("strong");
    number.textContent = isKnown ? shown(value) : "?";
    gradient.textContent = gradients ? shown(gradients[i] + 0) : "–";
    this.part(".verdict").textContent = page.told?.to.has(i) ? page.verdict() : "";
    this.part(".statement")?.replaceChildren(words.statement(i));
    if (this.part("table")) this.explain(i);
    const input = this.part("[type=text]");
    if (!input) return;
    if (document.activeElement !== input) input.removeAttribute("aria-invalid");
    input.value = exact(value);
    if (!this.isSliding) this.center(value);
  }

  /** @param {number} value that is to be in the middle of the slider */
  center(value) {
    this.middle = Number.isFinite(value) ? value : 0;
    this.notch = nudge(this.middle) / 5;
    this.part("[type=range]").value = 0;
  }

  /**
   * Write the uses of a value, each with what it adds to the gradient.
   *
   * @param {number} i
   */
  explain(i) {
    const { page } = this;
    const { graph, steps, words, position } = page;
    const all = steps.received(i, steps.rest);
    const received = new Set(
      position < steps.turn ? [] : steps.received(i, position).map(({ place }) => place),
    );
    const rows = all.slice(0, MOST_USES).map((use) => {
      const isKnown = received.has(use.place);
      const act = () => page.select(use.user);
      const user = h("button", { class: "link", onclick: act }, graph.name(use.user));
      return h(
        "tr",
        { class: isKnown ? "" : "later" },
        h("th", { scope: "row" }, user),
        h("td", {}, isKnown ? shown(use.upstream) : "–"),
        h("td", {}, m("math", words.local(use).shown), ` = ${shown(use.local)}`),
        h("td", {}, isKnown ? shown(use.product) : "–"),
      );
    });
    this.part("tbody").replaceChildren(...rows);
    const isSum = all.length > 1;
    this.part("caption").textContent = isSum
      ? `It is used ${often(all.length)}. Its gradient is the sum of upstream × local:`
      : "Its gradient is upstream × local:";
    this.part("tfoot").hidden = !isSum;
    const total = steps.gradients(position)?.[i];
    this.part("tfoot th").textContent = all.length > MOST_USES ? "sum of all" : "sum";
    this.part("tfoot td").textContent = total === undefined ? "–" : shown(total);
  }
}
