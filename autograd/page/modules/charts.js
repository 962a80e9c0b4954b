// The charts of a training: the loss by step, and the output over two inputs.

import { blend } from "./colors.js";
import { find, s } from "./dom.js";
import { lists } from "./lists.js";
import { shown } from "./numbers.js";

const CELLS = 40; // of the plane, along each axis
const FEWEST_CELLS = 8;
const MOST_COMPUTED = 1e6; // values that a plane may take: of a large graph it has fewer cells
const BEYOND = 0.25; // the share of the range of a data set that is seen around it
const OFF = 0.12; // how far the colours of both sides are from that between them
const DOT = 3.2; // the size of a case, of a plane of 100
const CROWD = 30; // cases that have smaller dots
const MOST_POINTS = 200; // of a curve
const CORNERS = "00 10 11 01 00".split(" ").map((pair) => [...pair].map(Number));

/**
 * Draw the losses by step, from 0 to the largest.
 *
 * @param {number[]} losses those that are not known are left out
 */
export function drawCurve(losses) {
  const last = losses.length - 1;
  const most = losses.reduce((x, loss) => (loss < Infinity ? Math.max(x, loss) : x), 0) || 1;
  const stride = Math.max(last / MOST_POINTS, 1);
  const points = [];
  for (let at = 0; at < last + stride; at += stride) {
    const step = Math.min(Math.round(at), last);
    if (losses[step] < Infinity)
      points.push(`${(100 * step) / (last || 1)} ${100 - (100 * losses[step]) / most}`);
  }
  const end = points.slice(-1);
  const [line, dot] = find(".curve svg").children;
  line.setAttribute("points", points.join());
  dot.setAttribute("points", [...end, ...end].join());
  const ends = `from ${shown(losses[0])} to ${shown(losses[last])}`;
  find(".curve svg").ariaLabel = `Loss by step, ${ends}`;
  find(".curve figcaption").textContent = shown(most);
  find(".curve span:last-child").textContent = last ? last.toLocaleString("en") : "";
}

/** The output over the two inputs that it depends on, with the cases. */
export class Plane {
  canvas = find(".plane canvas");

  /** @param {import("./trainer.js").Trainer} trainer */
  constructor(trainer) {
    this.trainer = trainer;
    const { inputs, axes, others, cases } = trainer.training;
    const [xs, ys, targets] = [...axes, ...others].map((input) =>
      cases.map((numbers) => numbers[inputs.indexOf(input)]),
    );
    this.ranges = [xs, ys].map(rangeOf);
    /** @type {number[] | undefined} */
    this.targets = targets;
    const share = (/** @type {number} */ x, /** @type {number[]} */ [low, high]) =>
      (100 * (x - low)) / (high - low);
    const [across, up] = this.ranges;
    this.points = xs.map((x, n) => [share(x, across), 100 - share(ys[n], up)]);
    find(".plane div").onclick = (/** @type {MouseEvent} */ event) => this.click(event);
  }

  /** @param {MouseEvent} event */
  click({ offsetX, offsetY }) {
    const pixels = this.canvas.clientWidth / 100;
    const far = this.points.map(([x, y]) => Math.hypot(x * pixels - offsetX, y * pixels - offsetY));
    this.trainer.choose(far.indexOf(Math.min(...far)));
  }

  draw() {
    const { training, stage, output, outputs, axes } = this.trainer;
    const { stops, alarm } = stage.theme;
    const targets = this.targets ?? outputs;
    const [low, high] = [Math.min(...targets), Math.max(...targets)];
    const position = (/** @type {number} */ number) =>
      Math.min(Math.max((2 * number - low - high) / (high - low || 1), -1), 1);
    const room = Math.sqrt(MOST_COMPUTED / training.output);
    const count = Math.round(Math.max(Math.min(CELLS, room), FEWEST_CELLS));
    const [xs, ys] = this.ranges.map(([low, high]) =>
      lists.range(count).map((n) => low + ((high - low) * (n + 0.5)) / count),
    );
    const grid = training.grid(xs, ys.reverse());
    const places = grid.map((row) => row.map(position));
    this.canvas.width = this.canvas.height = count;
    const context = this.canvas.getContext("2d");
    for (const [j, row] of places.entries())
      for (const [i, place] of row.entries()) {
        const color = Math.sign(place) * OFF + (1 - OFF) * place;
        context.fillStyle = Number.isNaN(place) ? alarm : blend(stops, color);
        context.fillRect(i, j, 1, 1);
      }
    const { chosen } = training;
    const order = [...this.points.keys()].sort(
      (n, m) => Number(n === chosen) - Number(m === chosen),
    );
    find(".plane svg").replaceChildren(
      s("path", { d: boundary(places, 100 / count) }),
      ...order.flatMap((n) => this.mark(n, position(targets[n]), n === chosen, stops)),
    );
    const all = grid.flat();
    const ends = [Math.min(...all), Math.max(...all)].map(shown).join(" to ");
    this.canvas.ariaLabel = `${output} over ${axes.replace(", ", " and ")}: from ${ends}`;
    const [name, least, , most] = find(".plane figcaption").children;
    name.textContent = output;
    least.textContent = shown(low);
    most.textContent = shown(high);
  }

  /**
   * A case: a square if its target is above the boundary, or else a disc; with a halo.
   *
   * @param {number} n
   * @param {number} place of the target, from -1 to 1
   * @param {boolean} isChosen
   * @param {string[]} stops
   */
  mark(n, place, isChosen, stops) {
    const [x, y] = this.points[n];
    const size = DOT * (isChosen ? 1.7 : 1) * (this.points.length > CROWD ? 0.5 : 1);
    const [side, fill] = [1.8 * size, blend(stops, place)];
    const square = { x: x - side / 2, y: y - side / 2, width: side, height: side };
    return ["halo", "case"].map((name) =>
      place > 0
        ? s("rect", { class: name, fill, ...square })
        : s("circle", { class: name, fill, cx: x, cy: y, r: size }),
    );
  }
}

/**
 * The path of the line where numbers on a grid are 0, through each square of four of them.
 *
 * @param {number[][]} grid
 * @param {number} size of a cell
 */
function boundary(grid, size) {
  let path = "";
  for (let j = 0; j + 1 < grid.length; j++)
    for (let i = 0; i + 1 < grid.length; i++) {
      let command = "M";
      for (let side = 0; side < 4; side++) {
        const [x, y] = CORNERS[side];
        const [u, v] = CORNERS[side + 1];
        const [one, other] = [grid[j + y][i + x], grid[j + v][i + u]];
        if (one < 0 === other < 0) continue;
        const share = one / (one - other);
        const across = (i + x + (u - x) * share + 0.5) * size;
        const down = (j + y + (v - y) * share + 0.5) * size;
        path += `${command}${across} ${down}`;
        command = command === "M" ? "L" : "M";
      }
    }
  return path;
}

/**
 * The range of an axis: that of its numbers, and some around it.
 *
 * @param {number[]} numbers
 */
function rangeOf(numbers) {
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const around = BEYOND * (high - low || 4);
  return [low - around, high + around];
}
