// The panel that trains: the steps, the loss, the cases, and the output over two inputs.

import { drawCurve, Plane } from "./charts.js";
import { find, h } from "./dom.js";
import { exact, shown, typed } from "./numbers.js";
import { Training } from "./training.js";

/** @typedef {import("./page.js").Page} Page */

const MOST_LISTED = 6; // cases that are seen at once

/** The panel beside the inspector. */
export class Trainer {
  rate = find(".runs input");
  sum = find("p.sum");
  list = find(".cases select");

  /**
   * @param {Page} page
   * @param {import("./stage.js").Stage} stage
   * @param {import("./training.js").Data} data
   */
  constructor(page, stage, data) {
    const { graph } = page;
    this.page = page;
    this.stage = stage;
    this.training = new Training(graph, data);
    /** @type {number[]} */
    this.losses = []; // after each number of steps, as far as they are known
    /** @type {number[]} */
    this.outputs = [];
    this.left = 0; // steps of the run
    this.runs = 0;
    this.output = graph.name(data.output);
    const names = (/** @type {number[]} */ nodes) => nodes.map((i) => graph.name(i)).join(", ");
    const { axes, others, cases } = this.training;
    this.axes = names(axes);
    this.plane = axes.length === 2 ? new Plane(this) : null;
    if (!this.plane) find(".plane").remove();
    find(".cases p").textContent = `${arrow(this.axes, names(others))}: ${this.output}`;
    this.rate.value = exact(this.training.firstRate());
    for (const button of find(".runs").querySelectorAll("button"))
      button.onclick = () => this.start(Number(button.value));
    this.list.size = Math.max(Math.min(cases.length, MOST_LISTED), 2);
    this.list.append(...cases.map(() => h("option")));
    this.list.onchange = () => this.choose(this.list.selectedIndex);
    page.on("numbers", () => this.update());
    page.on("theme", () => this.draw());
    this.update();
  }

  // ── What is done ────────────────────────────────────────────────────────────

  /**
   * Train by some steps; or stop, while it trains.
   *
   * @param {number} count
   */
  start(count) {
    const rate = typed(this.rate.value) ?? NaN;
    const isRate = rate > 0 && rate < Infinity;
    this.rate.ariaInvalid = String(!isRate);
    if (!isRate)
      return this.page.say(
        `${this.rate.value || "Nothing"} is no learning rate: it is a number above 0.`,
      );
    const isRunning = this.left > 0;
    this.left = isRunning ? 0 : count;
    if (isRunning) return;
    this.runs++;
    this.run(rate, this.losses[this.page.trained]);
  }

  /**
   * @param {number} rate
   * @param {number} before the loss at the start
   */
  run(rate, before) {
    const { page } = this;
    const { losses, to } = this.training.descended(this.left, rate);
    this.losses.length = page.trained;
    this.losses.push(...losses);
    this.left -= losses.length;
    page.change(to, `train ${this.runs}`, losses.length);
    if (this.left) window.setTimeout(() => this.left && this.run(rate, before), 0);
    else page.say(`${this.sum.textContent} It was ${shown(before)}.`);
  }

  /**
   * Put a case into the graph.
   *
   * @param {number} n
   */
  choose(n) {
    const { page, training } = this;
    page.change(new Map(training.inputs.map((input, j) => [input, training.cases[n][j]])), "case");
    const { root, tape } = page.graph;
    page.say(`${this.named(n)}. ${page.graph.name(root)} is ${shown(tape.value[root])}.`);
  }

  // ── What is seen ────────────────────────────────────────────────────────────

  /**
   * A case and its output.
   *
   * @param {number} n
   */
  named(n) {
    const { inputs, axes, others, cases } = this.training;
    const numbers = (/** @type {number[]} */ nodes) =>
      nodes.map((input) => shown(cases[n][inputs.indexOf(input)])).join(", ");
    return `${arrow(numbers(axes), numbers(others))}: ${shown(this.outputs[n])}`;
  }

  update() {
    const { page, training } = this;
    const { loss, outputs } = training.measured();
    const root = page.graph.name(page.graph.root);
    if (!page.trained && !page.undone.length) this.losses = [];
    this.losses[page.trained] = loss;
    this.outputs = outputs;
    const [count, steps] = [training.cases.length, page.trained].map((x) => x.toLocaleString("en"));
    const after = `After ${steps} step${page.trained === 1 ? "" : "s"}`;
    this.sum.textContent = `${after} the sum of ${root} over ${count} cases is ${shown(loss)}.`;
    for (const [n, option] of [...this.list.options].entries()) option.textContent = this.named(n);
    this.list.selectedIndex = training.chosen;
    this.draw();
  }

  draw() {
    const { losses, page } = this;
    drawCurve(losses.slice(0, page.trained + 1));
    this.plane?.draw();
  }
}

/** @param {string} from @param {string} to */
const arrow = (from, to) => [from, to].filter(Boolean).join(" → ");
