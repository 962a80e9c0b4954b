// The panel of the selected value: its number, to be changed, and where its gradient comes from.

import { h, m } from "./dom.js";
import { cleaned, exact, nudge, shown, typed } from "./numbers.js";
import { NOT_HELD } from "./page.js";
import { often } from "./words.js";

/** @typedef {import("./page.js").Page} Page */

const MOST_USES = 100; // of a value that are listed
const NOTCHES = 200; // of the slider, on both sides together

/** The panel beside the steps. */
export class Inspector {
  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    this.element = h("section", { class: "inspector", "aria-label": "Selected value" });
    this.drags = 0;
    this.isSliding = false;
    this.middle = 0; // of the slider
    this.notch = 0; // the change for each of its notches
    this.verdict = h("p", { class: "verdict" });
    this.below = h("div");
    this.facts = h("p", { class: "facts" });
    /** @type {any} */
    this.input = null;
    /** @type {any} */
    this.slider = null;
    page.parts.push((what) => this.update(what));
    this.fill();
  }

  /** @param {string} what */
  update(what) {
    if (what === "selection" || what === "scene") this.fill();
    if (what === "selection") this.element.parentElement?.scrollTo(0, 0);
    if (what === "numbers" || what === "step") this.refresh();
    if (what === "edit" && this.input) {
      this.input.focus();
      this.input.select();
    }
  }

  /** Write the panel for another value. */
  fill() {
    const { page } = this;
    const { selected: i, graph, scene } = page;
    this.input = this.slider = null;
    this.element.classList.toggle("empty", i < 0);
    if (i < 0) return this.element.replaceChildren(...this.introduction());
    if (!scene.isValue(scene.part[i]))
      return this.element.replaceChildren(...this.folded(scene.part[i]));
    const isLeaf = graph.tape.isLeaf(i);
    const group = graph.group[i] < 0 ? "" : ` in ${graph.groups[graph.group[i]].place}`;
    const heading = h(
      "h2",
      {},
      graph.short[i] ?? graph.name(i),
      h("small", {}, `${isLeaf ? "input" : graph.operation(i)}${group}`),
    );
    const reason = isLeaf ? page.locked(i) : "";
    const editor = isLeaf && !reason ? [this.editor(i)] : [];
    const note = reason ? [h("p", { class: "note" }, reason)] : [];
    this.element.replaceChildren(heading, this.facts, ...editor, ...note, this.verdict, this.below);
    this.refresh();
  }

  introduction() {
    const { graph } = this.page;
    const root = graph.name(graph.root);
    return [
      h("h2", {}, "How to read this"),
      h(
        "p",
        {},
        `Each box is a value. The number beside a line is a local derivative: how fast the box on its right changes with the one on its left. Colour is the gradient: how fast ${root} changes with the box.`,
      ),
      h(
        "p",
        {},
        "Choose a box to see where its gradient comes from. Double-click an input, or press Enter, to change it; everything follows at once.",
      ),
    ];
  }

  /** @param {number} box */
  folded(box) {
    const { scene } = this.page;
    const [title, ...lines] = scene.texts[box];
    const [node] = scene.nodes[box];
    return [
      h("h2", {}, title),
      ...lines.map((line) => h("p", {}, line)),
      this.page.scenes.opening(node, scene) >= 0
        ? h("button", { type: "button", onclick: () => this.page.open(node) }, "Open")
        : h("p", { class: "note" }, NOT_HELD),
    ];
  }

  /** @param {number} i */
  editor(i) {
    const { page } = this;
    const name = page.graph.name(i);
    this.input = h("input", {
      type: "text",
      inputmode: "decimal",
      autocomplete: "off",
      spellcheck: "false",
      "aria-label": `Number of ${name}`,
      onchange: () => this.take(i),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.key(event, i),
    });
    this.slider = h("input", {
      type: "range",
      min: -NOTCHES / 2,
      max: NOTCHES / 2,
      step: 1,
      "aria-label": `Drag ${name}`,
      onpointerdown: () => this.drags++,
      oninput: () => this.slide(i),
    });
    return h("div", { class: "editor" }, this.input, this.slider);
  }

  /**
   * Put the number of an input in the middle of the slider.
   *
   * @param {number} i
   */
  center(i) {
    const value = this.page.graph.tape.value[i];
    this.middle = Number.isFinite(value) ? value : 0;
    this.notch = nudge(this.middle) / 5;
    this.slider.value = 0;
  }

  /** @param {number} i */
  slide(i) {
    this.isSliding = true;
    this.page.edit(i, cleaned(this.middle + this.slider.value * this.notch), `slide ${this.drags}`);
    this.isSliding = false;
  }

  /** @param {number} i */
  take(i) {
    const number = typed(this.input.value);
    this.input.setAttribute("aria-invalid", String(number === null));
    if (number === null) return this.page.say(`${this.input.value} is no number.`);
    this.page.edit(i, number, "type");
  }

  /**
   * @param {KeyboardEvent} event
   * @param {number} i
   */
  key(event, i) {
    const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (direction) {
      event.preventDefault();
      this.page.nudge(i, direction * (event.shiftKey ? 10 : 1));
    } else if (event.key === "Enter") this.take(i);
    else if (event.key === "Escape") this.input.blur();
  }

  /** Write the numbers. */
  refresh() {
    const { page } = this;
    const { selected: i, graph, steps } = page;
    if (i < 0 || !page.scene.isValue(page.scene.part[i])) return;
    const gradients = steps.gradients(page.position);
    const isKnown = steps.isComputed(page.position, i);
    this.facts.replaceChildren(
      "value ",
      h("strong", {}, isKnown ? shown(graph.tape.value[i]) : "?"),
      "gradient ",
      h("strong", {}, gradients ? shown(gradients[i] + 0) : "–"),
    );
    if (this.input && document.activeElement !== this.input)
      this.input.removeAttribute("aria-invalid");
    if (this.input) this.input.value = exact(graph.tape.value[i]);
    if (this.slider && !this.isSliding) this.center(i);
    this.verdict.textContent = page.told?.to.has(i) ? page.verdict() : "";
    this.below.replaceChildren(...this.computed(i), ...this.origin(i));
  }

  /** @param {number} i */
  computed(i) {
    const { graph, words } = this.page;
    return graph.tape.isLeaf(i)
      ? []
      : [
          h(
            "div",
            { class: "statement", tabindex: 0, role: "group", "aria-label": "Formula" },
            words.statement(i),
          ),
        ];
  }

  /**
   * The uses of a value, each with what it adds to the gradient.
   *
   * @param {number} i
   */
  origin(i) {
    const { page } = this;
    const { graph, steps, words } = page;
    if (i === graph.root) return [h("p", {}, "It is the end of the graph: its gradient is 1.")];
    const all = steps.received(i, steps.rest);
    const received = new Set(steps.received(i, page.position).map(({ place }) => place));
    const rows = all.slice(0, MOST_USES).map((use) => {
      const local = h("td", {});
      const tree = words.local(use);
      local.append(m("math", tree.shown), ` = ${shown(use.local)}`);
      const isIn = received.has(use.place);
      const known = page.position >= steps.turn && isIn;
      return h(
        "tr",
        { class: known ? "" : "later" },
        h(
          "th",
          { scope: "row" },
          h(
            "button",
            { type: "button", class: "link", onclick: () => page.select(use.user) },
            graph.name(use.user),
          ),
        ),
        h("td", {}, known ? shown(use.upstream) : "–"),
        local,
        h("td", {}, known ? shown(use.product) : "–"),
      );
    });
    const total = steps.gradients(page.position)?.[i];
    const sum =
      all.length > 1 &&
      h(
        "tr",
        { class: "sum" },
        h("th", { scope: "row", colspan: 3 }, all.length > MOST_USES ? "sum of all" : "sum"),
        h("td", {}, total === undefined ? "–" : shown(total)),
      );
    return [
      h(
        "table",
        {},
        h(
          "caption",
          {},
          all.length > 1
            ? `It is used ${often(all.length)}. Its gradient is the sum of upstream × local:`
            : "Its gradient is upstream × local:",
        ),
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            ...["through", "upstream", "× local", "="].map((text) =>
              h("th", { scope: "col" }, text),
            ),
          ),
        ),
        h("tbody", {}, ...rows, sum),
      ),
    ];
  }
}
