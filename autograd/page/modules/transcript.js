// The steps as a list of equations, of which the current one is marked.

import { find, h } from "./dom.js";

/** @typedef {import("./page.js").Page} Page */

const MOST_ROWS = 40; // that are shown at once

/** The list beside the inspector. */
export class Transcript {
  element = find(".transcript");
  list = find(".rows");

  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    this.first = 0; // of the rows that are shown
    this.last = 0; // the position whose row has notes
    this.run = 0; // the number of steps that are done together
    this.timer = 0;
    /** @type {HTMLElement[]} */
    this.rows = [];
    page.parts.push((what) => this.update(what));
    this.fill();
  }

  /** @param {string} what */
  update(what) {
    // After the picture, which is to follow at once.
    if (what === "numbers") this.timer ||= window.setTimeout(() => this.refill(), 0);
    if (what !== "step" && what !== "scene") return;
    const { position, steps } = this.page;
    if (position >= steps.rest || this.rows[position - this.first]) this.mark();
    else this.fill();
    this.reveal();
  }

  refill() {
    this.timer = 0;
    this.fill();
  }

  /** Mark the rows of the current step, and write those anew that have notes or had some. */
  mark() {
    const { steps, position, scene } = this.page;
    this.run = steps.run(scene, position).length;
    for (const at of new Set([this.last, position])) {
      const [row, n] = [this.rows[at - this.first], at - this.first];
      if (!row) continue;
      this.rows[n] = this.row(at);
      row.replaceWith(this.rows[n]);
    }
    this.last = position;
    this.rows.forEach((row, n) => {
      row.className = this.classOf(this.first + n);
    });
  }

  /** @param {number} at */
  classOf(at) {
    const { steps, position } = this.page;
    const isCurrent = at <= position && at > position - this.run;
    return `${steps.list[at].kind}${isCurrent ? " current" : ""}${at > position ? " later" : ""}`;
  }

  /** Write the rows around the position. */
  fill() {
    const { steps, position } = this.page;
    const at = Math.min(position, steps.rest - 1);
    const last = Math.max(
      Math.min(at + MOST_ROWS / 2, steps.rest),
      Math.min(MOST_ROWS, steps.rest),
    );
    this.first = Math.max(Math.min(at - MOST_ROWS / 2, last - MOST_ROWS), 0);
    if (steps.rest <= MOST_ROWS * 2) this.first = 0;
    const end = steps.rest <= MOST_ROWS * 2 ? steps.rest : last;
    this.last = position;
    this.run = steps.run(this.page.scene, position).length;
    this.rows = [];
    for (let row = this.first; row < end; row++) this.rows.push(this.row(row));
    const more = (/** @type {number} */ count) =>
      count > 0 && h("li", { class: "more" }, `… ${count} more …`);
    this.list.replaceChildren(
      ...[more(this.first), ...this.rows, more(steps.rest - end)].filter(Boolean),
    );
  }

  /** @param {number} position */
  row(position) {
    const { page } = this;
    const { kind } = page.steps.list[position];
    const maths = page.words.equations(position);
    const lines =
      kind === "given"
        ? [
            h(
              "div",
              { class: "given" },
              "Given: ",
              ...maths.flatMap((each, n) => (n ? [", ", each] : [each])),
            ),
          ]
        : maths.map((each) => h("div", {}, each));
    const notes = position === page.position ? this.notes(position) : [];
    const spoken = `Step ${position}`;
    return h(
      "li",
      {
        class: this.classOf(position),
        "aria-current": position === page.position ? "step" : false,
      },
      h(
        "button",
        { type: "button", "aria-label": spoken, onclick: () => page.goTo(position) },
        String(position),
      ),
      h("div", { class: "equations" }, ...lines, ...notes),
    );
  }

  /**
   * What a step means, and the sums that it adds to.
   *
   * @param {number} position
   */
  notes(position) {
    const { page } = this;
    const { kind, node } = page.steps.list[position];
    if (kind === "seed") {
      const name = page.graph.name(node);
      return [
        h("p", {}, `The turn. ${name} changes as fast as itself; from here the gradients go back.`),
      ];
    }
    if (kind !== "backward") return [];
    const sources = new Set(page.steps.passedOn(node).map(({ source }) => source));
    return [...sources].slice(0, MOST_ROWS).flatMap((source) => {
      const sum = page.words.sumSoFar(source, position);
      return sum ? [h("p", {}, `${sum.words}:`), h("div", {}, sum.equation)] : [];
    });
  }

  /** Scroll to the current row, in this list alone, or in all words where they scroll together. */
  reveal() {
    const row = this.rows[this.page.position - this.first];
    if (!row) return;
    const { element } = this;
    const isLong = element.scrollHeight > element.clientHeight;
    const around = isLong ? element : /** @type {HTMLElement} */ (element.parentElement);
    const [inner, outer] = [row.getBoundingClientRect(), around.getBoundingClientRect()];
    const isOut = inner.top < outer.top + 4 || inner.bottom > outer.bottom - 4;
    if (isOut) around.scrollTop += inner.top - outer.top - (outer.height - inner.height) / 2;
  }
}
