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

/** An empty chart. */
export function chart() {
  return h("canvas", { role: "img" });
}

/**
 * The context of a chart, as large as it is seen.
 *
 * @param {HTMLCanvasElement} canvas
 */
function cleared(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  Object.assign(canvas, { width: width * ratio, height: height * ratio });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.scale(ratio, ratio);
  context.font = `${LETTERS}px ${FONT}`;
  return { context, width, height };
}

/**
 * Draw the losses, from 0 to the largest.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {number[]} losses by step; those that are not known are left out
 * @param {Theme} theme
 */
export function curve(canvas, losses, theme) {
  const { context, width, height } = cleared(canvas);
  const last = losses.length - 1;
  const most = losses.reduce((x, loss) => (loss < Infinity ? Math.max(x, loss) : x), 0) || 1;
  const [left, top, right, bottom] = [6, LETTERS + 6, width - 8, height - LETTERS - 8];
  const x = (/** @type {number} */ step) => left + ((right - left) * step) / Math.max(last, 1);
  const y = (/** @type {number} */ loss) => bottom - ((bottom - top) * loss) / most;
  context.fillStyle = theme.muted;
  context.fillText(shown(most), left, LETTERS);
  context.fillText("0", left, height - 2);
  context.textAlign = "right";
  if (last) context.fillText(last.toLocaleString("en"), right, height - 2);
  context.strokeStyle = theme.edge;
  context.strokeRect(left, top, right - left, bottom - top);
  context.strokeStyle = context.fillStyle = theme.highlight;
  context.lineWidth = 2;
  context.beginPath();
  const stride = Math.max(last / (right - left), 1);
  for (let at = 0; at < last + stride; at += stride) {
    const step = Math.min(Math.round(at), last);
    if (losses[step] < Infinity) context.lineTo(x(step), y(losses[step]));
  }
  context.stroke();
  context.beginPath();
  if (losses[last] < Infinity) context.arc(x(last), y(losses[last]), 3.5, 0, 7);
  context.fill();
  canvas.setAttribute(
    "aria-label",
    `Loss by step, from ${shown(losses[0])} to ${shown(losses[last])}`,
  );
}

/** The output over the two inputs that it depends on, with the cases. */
export class Plane {
  /** @param {import("./trainer.js").Trainer} trainer */
  constructor(trainer) {
    this.trainer = trainer;
    const { inputs, axes, cases } = trainer.training;
    const [x, y, target] = [...axes, ...inputs.filter((input) => !axes.includes(input))].map(
      (input) => cases.map((numbers) => numbers[inputs.indexOf(input)]),
    );
    this.columns = [x, y];
    this.ranges = this.columns.map(rangeOf);
    /** @type {number[] | undefined} */
    this.targets = target;
    this.names = axes.map((axis) => trainer.page.graph.name(axis));
    this.canvas = chart();
    this.canvas.addEventListener("click", (/** @type {MouseEvent} */ event) => this.click(event));
    this.legend = h("figcaption");
    this.element = h("figure", { class: "plane" }, this.canvas, this.legend);
  }

  /** The lowest and the highest target, between which the colours are. */
  get levels() {
    const levels = this.targets ?? this.trainer.outputs;
    return [Math.min(...levels), Math.max(...levels)];
  }

  /**
   * Where an output is between the levels, from -1 to 1; 0 is on the boundary.
   *
   * @param {number} output
   */
  position(output) {
    const [low, high] = this.levels;
    return Math.min(Math.max((2 * output - low - high) / (high - low || 1), -1), 1);
  }

  /** The point of each case. */
  get points() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const share = (/** @type {number} */ number, /** @type {number} */ axis) => {
      const [low, high] = this.ranges[axis];
      return (number - low) / (high - low);
    };
    const [xs, ys] = this.columns;
    return xs.map((x, n) => ({ x: width * share(x, 0), y: height * (1 - share(ys[n], 1)) }));
  }

  /** @param {MouseEvent} event */
  click({ offsetX, offsetY }) {
    const far = this.points.map(({ x, y }) => Math.hypot(x - offsetX, y - offsetY));
    this.trainer.choose(far.indexOf(Math.min(...far)));
  }

  draw() {
    const { training, stage, output } = this.trainer;
    const { theme } = stage;
    const { context, width, height } = cleared(this.canvas);
    const room = Math.sqrt(MOST_COMPUTED / training.output);
    const count = Math.round(Math.max(Math.min(CELLS, room), FEWEST_CELLS));
    const [xs, ys] = this.ranges.map(([low, high]) =>
      Array.from({ length: count }, (_, n) => low + ((high - low) * (n + 0.5)) / count),
    );
    const outputs = training.grid(xs, ys.reverse());
    const places = outputs.map((row) => row.map((each) => this.position(each)));
    const cell = { width: width / count, height: height / count };
    for (const [j, row] of places.entries())
      for (const [i, place] of row.entries()) {
        const color = Math.sign(place) * OFF + (1 - OFF) * place;
        context.fillStyle = Number.isNaN(place) ? theme.alarm : blend(theme.stops, color);
        context.fillRect(i * cell.width, j * cell.height, cell.width + 1, cell.height + 1);
      }
    context.strokeStyle = theme.text;
    context.lineWidth = 1.5;
    boundary(context, places, cell);
    this.points.forEach((_, n) => {
      if (n !== training.chosen) this.point(context, n, 1);
    });
    if (training.chosen >= 0) this.point(context, training.chosen, 1.7);
    const all = outputs.flat();
    const [least, most] = [Math.min(...all), Math.max(...all)].map(shown);
    this.canvas.setAttribute(
      "aria-label",
      `${output} over ${this.names.join(" and ")}: from ${least} to ${most}`,
    );
    const ramp = h("span", { class: "ramp", "aria-hidden": "true" });
    ramp.style.background = `linear-gradient(90deg, ${theme.stops.join(", ")})`;
    const [low, high] = this.levels.map(shown);
    this.legend.replaceChildren(`${output} `, low, ramp, high);
  }

  /**
   * A case: a square if its target is above the boundary, or else a disc.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {number} n
   * @param {number} scale
   */
  point(context, n, scale) {
    const { theme } = this.trainer.stage;
    const { x, y } = this.points[n];
    const place = this.position(this.targets?.[n] ?? this.trainer.outputs[n]);
    const size = (this.points.length > CROWD ? 0.5 : 1) * DOT * scale;
    context.beginPath();
    if (place > 0) context.rect(x - 0.9 * size, y - 0.9 * size, 1.8 * size, 1.8 * size);
    else context.arc(x, y, size, 0, 7);
    for (const [color, width] of [
      [theme.background, 2 + 2 * scale],
      [theme.text, 1.5 * scale],
    ]) {
      context.strokeStyle = String(color);
      context.lineWidth = Number(width);
      context.stroke();
    }
    context.fillStyle = blend(theme.stops, place);
    context.fill();
  }
}

/**
 * The line where numbers on a grid are 0, through each square of four of them.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {number[][]} grid
 * @param {{width: number, height: number}} cell
 */
function boundary(context, grid, { width, height }) {
  const corners = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ];
  context.beginPath();
  for (let j = 0; j + 1 < grid.length; j++)
    for (let i = 0; i + 1 < grid.length; i++) {
      const crossings = corners.flatMap(([x, y], n) => {
        const [u, v] = corners[(n + 1) % 4];
        const [one, other] = [grid[j + y][i + x], grid[j + v][i + u]];
        if (!(one < 0 !== other < 0)) return [];
        const share = one / (one - other);
        return [[i + x + (u - x) * share + 0.5, j + y + (v - y) * share + 0.5]];
      });
      crossings.forEach(([x, y], n) => {
        if (n % 2) context.lineTo(x * width, y * height);
        else context.moveTo(x * width, y * height);
      });
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
