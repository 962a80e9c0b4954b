// The charts of a training: the loss by step, and the output over two inputs.

import { blend } from "./colors.js";
import { h } from "./dom.js";
import { shown } from "./numbers.js";
import { FONT } from "./pens.js";

/** @typedef {import("./colors.js").Theme} Theme */

const CELLS = 40; // of the plane, along each axis
const FEWEST_CELLS = 8;
const MOST_COMPUTED = 1e6; // values that a plane may take: of a large graph it has fewer cells
const AROUND = 0.25; // the share of the range of a data set that is seen around it
const OFF = 0.12; // how far the colours of both sides are from that between them
const DOT = 5;
const CROWD = 30; // cases that have smaller dots
const LETTERS = 12;
const CORNERS = "00 10 11 01 00".split(" ").map((pair) => [...pair].map(Number));

/** A chart, which is as large as it is seen. */
class Chart {
  constructor() {
    this.canvas = h("canvas", { role: "img" });
    this.width = this.height = 0;
  }

  /** The context to draw anew. */
  cleared() {
    const { canvas } = this;
    const ratio = window.devicePixelRatio || 1;
    this.width = canvas.clientWidth;
    this.height = canvas.clientHeight;
    canvas.width = this.width * ratio;
    canvas.height = this.height * ratio;
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    context.scale(ratio, ratio);
    context.font = `${LETTERS}px ${FONT}`;
    return context;
  }

  /** @param {string} text */
  describe(text) {
    this.canvas.setAttribute("aria-label", text);
  }
}

/** The losses by step, from 0 to the largest. */
export class Curve extends Chart {
  element = h("figure", {}, this.canvas, h("figcaption", {}, "loss by step"));

  /**
   * @param {number[]} losses those that are not known are left out
   * @param {Theme} theme
   */
  draw(losses, theme) {
    const context = this.cleared();
    const last = losses.length - 1;
    const most = losses.reduce((x, loss) => (loss < Infinity ? Math.max(x, loss) : x), 0) || 1;
    const [left, top] = [6, LETTERS + 6];
    const [width, height] = [this.width - left - 8, this.height - 2 * LETTERS - 14];
    context.fillStyle = theme.muted;
    context.fillText(shown(most), left, LETTERS);
    context.fillText("0", left, this.height - 2);
    context.textAlign = "right";
    if (last) context.fillText(last.toLocaleString("en"), left + width, this.height - 2);
    context.strokeStyle = theme.edge;
    context.strokeRect(left, top, width, height);
    context.strokeStyle = context.fillStyle = theme.highlight;
    context.lineWidth = 2;
    context.beginPath();
    const stride = Math.max(last / width, 1);
    let [x, y] = [left, top];
    for (let at = 0; at < last + stride; at += stride) {
      const step = Math.min(Math.round(at), last);
      if (!(losses[step] < Infinity)) continue;
      x = left + (width * step) / Math.max(last, 1);
      y = top + height * (1 - losses[step] / most);
      context.lineTo(x, y);
    }
    context.stroke();
    context.fillRect(x - 3, y - 3, 6, 6);
    this.describe(`Loss by step, from ${shown(losses[0])} to ${shown(losses[last])}`);
  }
}

/** The output over the two inputs that it depends on, with the cases. */
export class Plane extends Chart {
  /** @param {import("./trainer.js").Trainer} trainer */
  constructor(trainer) {
    super();
    this.trainer = trainer;
    const { inputs, axes, others, cases } = trainer.training;
    const [xs, ys, targets] = [...axes, ...others].map((input) =>
      cases.map((numbers) => numbers[inputs.indexOf(input)]),
    );
    this.ranges = [xs, ys].map(rangeOf);
    /** @type {number[] | undefined} */
    this.targets = targets;
    this.shares = [xs, ys].map((numbers, axis) => {
      const [low, high] = this.ranges[axis];
      return numbers.map((number) => (number - low) / (high - low));
    });
    this.canvas.addEventListener("click", (/** @type {MouseEvent} */ event) => this.click(event));
    this.legend = h("figcaption");
    this.element = h("figure", { class: "plane" }, this.canvas, this.legend);
  }

  /**
   * The place of a case.
   *
   * @param {number} n
   */
  point(n) {
    const [x, y] = this.shares.map((share) => share[n]);
    return [x * this.width, (1 - y) * this.height];
  }

  /** @param {MouseEvent} event */
  click({ offsetX, offsetY }) {
    const far = this.trainer.training.cases.map((_, n) => {
      const [x, y] = this.point(n);
      return Math.hypot(x - offsetX, y - offsetY);
    });
    this.trainer.choose(far.indexOf(Math.min(...far)));
  }

  draw() {
    const { training, stage, output, outputs, axes } = this.trainer;
    const { theme } = stage;
    const context = this.cleared();
    const targets = this.targets ?? outputs;
    const levels = [Math.min(...targets), Math.max(...targets)];
    const [low, high] = levels;
    const position = (/** @type {number} */ number) =>
      Math.min(Math.max((2 * number - low - high) / (high - low || 1), -1), 1);
    const room = Math.sqrt(MOST_COMPUTED / training.output);
    const count = Math.round(Math.max(Math.min(CELLS, room), FEWEST_CELLS));
    const [xs, ys] = this.ranges.map(([low, high]) =>
      Array.from({ length: count }, (_, n) => low + ((high - low) * (n + 0.5)) / count),
    );
    const grid = training.grid(xs, ys.reverse());
    const places = grid.map((row) => row.map(position));
    const [width, height] = [this.width / count, this.height / count];
    for (const [j, row] of places.entries())
      for (const [i, place] of row.entries()) {
        const color = Math.sign(place) * OFF + (1 - OFF) * place;
        context.fillStyle = Number.isNaN(place) ? theme.alarm : blend(theme.stops, color);
        context.fillRect(i * width, j * height, width + 1, height + 1);
      }
    context.strokeStyle = theme.text;
    context.lineWidth = 1.5;
    boundary(context, places, width, height);
    const { chosen } = training;
    const drawn = [...targets.keys()].filter((n) => n !== chosen);
    for (const n of chosen < 0 ? drawn : [...drawn, chosen]) {
      const size = DOT * (n === chosen ? 1.7 : 1) * (drawn.length > CROWD ? 0.5 : 1);
      this.mark(context, n, position(targets[n]), size);
    }
    const all = grid.flat();
    const [least, most] = [Math.min(...all), Math.max(...all)].map(shown);
    this.describe(`${output} over ${axes.replace(", ", " and ")}: from ${least} to ${most}`);
    const ramp = h("span", { class: "ramp", "aria-hidden": "true" });
    ramp.style.background = `linear-gradient(90deg, ${theme.stops.join(", ")})`;
    this.legend.replaceChildren(`${output} `, shown(low), ramp, shown(high));
  }

  /**
   * Draw a case: a square if its target is above the boundary, or else a disc.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {number} n
   * @param {number} place of the target, from -1 to 1
   * @param {number} size
   */
  mark(context, n, place, size) {
    const { theme } = this.trainer.stage;
    const [x, y] = this.point(n);
    context.beginPath();
    if (place > 0) context.rect(x - 0.9 * size, y - 0.9 * size, 1.8 * size, 1.8 * size);
    else context.arc(x, y, size, 0, 7);
    context.strokeStyle = theme.background;
    context.lineWidth = size * 0.4 + 2;
    context.stroke();
    context.strokeStyle = theme.text;
    context.lineWidth = size * 0.3;
    context.stroke();
    context.fillStyle = blend(theme.stops, place);
    context.fill();
  }
}

/**
 * Draw the line where numbers on a grid are 0, through each square of four of them.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {number[][]} grid
 * @param {number} width of a cell
 * @param {number} height of a cell
 */
function boundary(context, grid, width, height) {
  context.beginPath();
  for (let j = 0; j + 1 < grid.length; j++)
    for (let i = 0; i + 1 < grid.length; i++) {
      let isOn = false;
      for (let side = 0; side < 4; side++) {
        const [x, y] = CORNERS[side];
        const [u, v] = CORNERS[side + 1];
        const [one, other] = [grid[j + y][i + x], grid[j + v][i + u]];
        if (one < 0 === other < 0) continue;
        const share = one / (one - other);
        const across = (i + x + (u - x) * share + 0.5) * width;
        const down = (j + y + (v - y) * share + 0.5) * height;
        if (isOn) context.lineTo(across, down);
        else context.moveTo(across, down);
        isOn = !isOn;
      }
    }
  context.stroke();
}

/**
 * The range of an axis: that of its numbers, and some around it.
 *
 * @param {number[]} numbers
 */
function rangeOf(numbers) {
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const around = AROUND * (high - low || 4);
  return [low - around, high + around];
}
