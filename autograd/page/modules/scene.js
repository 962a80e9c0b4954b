// The places of boxes and lines for one way of folding the graph.

import { unpacked } from "./columns.js";
import { s } from "./dom.js";

/** @typedef {import("./graph.js").Graph} Graph */
/** @typedef {{x: number, y: number, width: number, height: number}} Place */

/**
 * A line from one box to another.
 *
 * @typedef {object} Line
 * @property {number} tail
 * @property {number} head
 * @property {number[]} uses the positions, among all operands, that it stands for
 * @property {string} path
 * @property {Place | null} label the room beside it
 */

/** A layout, decoded. A box stands for one value, or for many. */
export class Scene {
  /**
   * @param {any} data of the scene
   * @param {Graph} graph
   */
  constructor(data, graph) {
    this.graph = graph;
    this.width = data.width;
    this.height = data.height;
    this.count = data.count;
    /** @type {Set<number>} */
    this.open = new Set(data.open);
    this.part = unpacked(data.part, Int32Array);
    /** @type {Record<number, string>} */
    this.kinds = data.kinds;
    /** @type {Record<number, number>} */
    this.folds = data.folds;
    /** @type {Record<number, string[]>} */
    this.texts = data.texts;
    this.boxes = placesOf(data.boxes);
    this.frames = data.frames.map((/** @type {number[]} */ [group, x, y, width, height]) => ({
      group,
      place: { x, y, width, height },
    }));
    /** @type {number[][]} */
    this.nodes = Array.from({ length: this.count }, () => []);
    for (const [i, box] of this.part.entries()) this.nodes[box].push(i);
    this.lines = this.joined(data.paths, placesOf(data.labels));
    /** @type {Map<number, number>} */
    this.lineOf = new Map(); // of each use between two boxes
    for (const [e, { uses }] of this.lines.entries())
      for (const use of uses) this.lineOf.set(use, e);
    /** @type {Map<number, any>} */
    this.drawn = new Map();
    /** @type {Place[]} */
    this.extents = [];
  }

  /**
   * The lines, in the order of the picture that was laid out: one for each use of a value in a
   * box of its own, and then one for all uses between two other boxes.
   *
   * @param {string[]} paths
   * @param {Place[]} labels
   * @returns {Line[]}
   */
  joined(paths, labels) {
    const { tape, count } = this.graph;
    /** @type {{tail: number, head: number, uses: number[]}[]} */
    const single = [];
    /** @type {Map<string, {tail: number, head: number, uses: number[]}>} */
    const merged = new Map();
    for (let place = 0; place < tape.operand.length; place++) {
      if (tape.operand[place] >= count) continue;
      const [tail, head] = [this.part[tape.operand[place]], this.part[tape.owner[place]]];
      if (tail === head) continue;
      if (!this.kinds[tail] && !this.kinds[head]) {
        single.push({ tail, head, uses: [place] });
        continue;
      }
      const key = `${tail} ${head}`;
      const known = merged.get(key);
      if (known) known.uses.push(place);
      else merged.set(key, { tail, head, uses: [place] });
    }
    return [...single, ...merged.values()].map((line, e) => ({
      ...line,
      path: paths[e],
      label: labels[e].width ? labels[e] : null,
    }));
  }

  /**
   * True if a box stands for one value.
   *
   * @param {number} box
   */
  isValue(box) {
    return !this.kinds[box];
  }

  /**
   * The box at a point, or -1.
   *
   * @param {number} x
   * @param {number} y
   */
  boxAt(x, y) {
    return this.boxes.findIndex((place) => isWithin(place, x, y));
  }

  /**
   * The group whose frame has its title at a point, or -1.
   *
   * @param {number} x
   * @param {number} y
   */
  titleAt(x, y) {
    const found = this.frames.filter((/** @type {any} */ { place }) =>
      isWithin({ ...place, height: 20 }, x, y),
    );
    return found.length ? found[found.length - 1].group : -1;
  }

  /**
   * A line as the element of an SVG, which knows its length and the points on it.
   *
   * @param {number} e
   * @returns {{element: any, path: Path2D, length: number, tip: any, way: {x: number, y: number}}}
   */
  curve(e) {
    let curve = this.drawn.get(e);
    if (!curve) {
      const element = /** @type {any} */ (s("path", { d: this.lines[e].path }));
      const length = element.getTotalLength();
      const [tip, before] = [length, length - 1].map((at) => element.getPointAtLength(at));
      const way = { x: tip.x - before.x, y: tip.y - before.y };
      curve = { element, path: new Path2D(this.lines[e].path), length, tip, way };
      this.drawn.set(e, curve);
    }
    return curve;
  }

  /**
   * A rectangle that a line lies in.
   *
   * @param {number} e
   * @returns {Place}
   */
  extent(e) {
    this.extents[e] ??= extentOf(this.lines[e].path);
    return this.extents[e];
  }

  /**
   * The point of a line where its numbers are: beside its label, or else in the middle.
   *
   * @param {number} e
   * @returns {{x: number, y: number}}
   */
  anchor(e) {
    const { label } = this.lines[e];
    if (label) return { x: label.x + label.width / 2, y: label.y + label.height + 2 };
    const { element, length } = this.curve(e);
    return element.getPointAtLength(length / 2);
  }

  /**
   * The least rectangle around some boxes.
   *
   * @param {Iterable<number>} boxes
   * @returns {Place}
   */
  around(boxes) {
    const places = Array.from(boxes, (box) => this.boxes[box]);
    const left = Math.min(...places.map(({ x }) => x));
    const top = Math.min(...places.map(({ y }) => y));
    const right = Math.max(...places.map(({ x, width }) => x + width));
    const bottom = Math.max(...places.map(({ y, height }) => y + height));
    return { x: left, y: top, width: right - left, height: bottom - top };
  }
}

/**
 * @param {Place} place
 * @param {number} x
 * @param {number} y
 */
function isWithin(place, x, y) {
  return x >= place.x && y >= place.y && x <= place.x + place.width && y <= place.y + place.height;
}

/**
 * True if two places have a point in common.
 *
 * @param {Place} one
 * @param {Place} other
 */
export function meet(one, other) {
  const across = one.x <= other.x + other.width && other.x <= one.x + one.width;
  return across && one.y <= other.y + other.height && other.y <= one.y + one.height;
}

/**
 * The rectangle around the points of a path, which is one of M, L, H, V and C.
 *
 * @param {string} path
 * @returns {Place}
 */
function extentOf(path) {
  const [xs, ys] = /** @type {number[][]} */ ([[], []]);
  for (const [, command, text] of path.matchAll(/([A-Z])([^A-Z]*)/g)) {
    const numbers = text.split(/[ ,]+/).map(Number);
    for (const [n, number] of numbers.entries()) {
      const isX = command === "H" || (command !== "V" && n % 2 === 0);
      (isX ? xs : ys).push(number);
    }
  }
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

/**
 * Places from their coordinates, which are whole tenths of a pixel.
 *
 * @param {string} text
 * @returns {Place[]}
 */
function placesOf(text) {
  const tenths = unpacked(text, Int32Array);
  return Array.from({ length: tenths.length / 4 }, (_, i) => {
    const [x, y, width, height] = Array.from(tenths.subarray(4 * i, 4 * i + 4), (n) => n / 10);
    return { x, y, width, height };
  });
}
