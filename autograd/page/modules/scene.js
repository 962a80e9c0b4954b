// The places of boxes and lines for one way of folding the graph.

import { Scale } from "./colors.js";
import { unpacked } from "./columns.js";
import { Grid, meet } from "./grid.js";
import { lists } from "./lists.js";
import { endOf, pointOn, stretches, strokes } from "./paths.js";

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
    this.whole = { x: 0, y: 0, width: data.width, height: data.height };
    this.count = data.count;
    /** @type {Set<number>} */
    this.open = new Set(data.open);
    this.part = unpacked(data.part, Int32Array);
    /** @type {Record<number, string>} */
    this.kinds = data.kinds;
    /** @type {Record<number, number>} */
    this.folds = data.folds; // the group of a box
    /** @type {Record<number, number>} */
    this.turns = data.turns; // the scene in which a group is folded, or open
    /** @type {Record<number, string[]>} */
    this.texts = data.texts;
    this.boxes = placesOf(data.boxes);
    this.frames = data.frames.map((/** @type {number[]} */ [group, x, y, width, height]) => ({
      group,
      place: { x, y, width, height },
    }));
    /** @type {number[]} */
    this.breadths = []; // of the frame of each group
    for (const { group, place } of this.frames) {
      const breadth = Math.min(place.width, place.height);
      this.breadths[group] = Math.max(this.breadths[group] ?? 0, breadth);
    }
    /** @type {number[][]} */
    this.nodes = lists.range(this.count).map(() => []);
    for (const [i, box] of this.part.entries()) this.nodes[box].push(i);
    this.lines = this.joined(data.paths.match(/M[^M]*/g) ?? [], placesOf(data.labels));
    /** @type {any[]} */
    this.labelled = this.lines.filter(({ label }) => label);
    /** @type {Map<number, number>} */
    this.lineOf = new Map(); // of each use between two boxes
    for (const [e, { uses }] of this.lines.entries())
      for (const use of uses) this.lineOf.set(use, e);
    this.grid = new Grid(this.boxes);
    /** @type {{strokes: import("./paths.js").Stroke[], paths: string[], grid: Grid, tips: Grid} | null} */
    this.drawn = null;
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
    /** @type {Map<number | string, {tail: number, head: number, uses: number[]}>[]} */
    const [single, merged] = [new Map(), new Map()];
    for (let place = 0; place < tape.operand.length; place++) {
      if (tape.operand[place] >= count) continue;
      const [tail, head] = [this.part[tape.operand[place]], this.part[tape.owner[place]]];
      if (tail === head) continue;
      const isSingle = this.isValue(tail) && this.isValue(head);
      const [lines, key] = isSingle ? [single, place] : [merged, `${tail} ${head}`];
      const line = lines.get(key) ?? { tail, head, uses: [] };
      line.uses.push(place);
      lines.set(key, line);
    }
    return [...single.values(), ...merged.values()].map((line, e) => ({
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
    return this.grid.within({ x, y, width: 0, height: 0 })[0] ?? -1;
  }

  /**
   * The group whose frame has its title at a point, or -1.
   *
   * @param {number} x
   * @param {number} y
   */
  titleAt(x, y) {
    const found = this.frames.filter((/** @type {any} */ { place }) =>
      meet({ ...place, height: 20 }, { x, y, width: 0, height: 0 }),
    );
    return found.at(-1)?.group ?? -1;
  }

  /**
   * A line as the stretches that it consists of.
   *
   * @param {number} e
   */
  line(e) {
    return stretches(this.lines[e].path);
  }

  /** What the lines look like together: each place once, and what lies where. */
  get strokes() {
    if (!this.drawn) {
      const lines = this.lines.map((_, e) => this.line(e));
      const tips = new Map(lines.map(endOf).map((end) => [`${end.x} ${end.y}`, end]));
      const all = strokes(lines.flat());
      const ends = [...tips.values()].map((end) => ({ ...end, width: 0, height: 0 }));
      this.drawn = { strokes: all, paths: [], grid: new Grid(all), tips: new Grid(ends) };
    }
    return this.drawn;
  }

  /** The scale of the colours, which fits the strongest gradient of each box; and all its ends. */
  scale() {
    const strongest = new Float64Array(this.count);
    const { grad } = this.graph;
    let [least, most] = [0, 0];
    for (let i = 0; i < this.graph.count; i++) {
      if (!(Math.abs(grad[i]) < Infinity)) continue;
      strongest[this.part[i]] = Math.max(strongest[this.part[i]], Math.abs(grad[i]));
      least = Math.min(least, grad[i]);
      most = Math.max(most, grad[i]);
    }
    return Object.assign(new Scale(strongest), { least, most });
  }

  /**
   * The innermost open group around a node; -1 if there is none.
   *
   * @param {number} node
   */
  groupAround(node) {
    let group = this.graph.group[node] ?? -1;
    while (group >= 0 && !this.open.has(group)) group = this.graph.groups[group].parent ?? -1;
    return group;
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
    return pointOn(this.line(e), 0.5);
  }

  /**
   * The least rectangle around some boxes.
   *
   * @param {Iterable<number>} boxes
   * @returns {Place}
   */
  around(boxes) {
    const places = Array.from(boxes, (box) => this.boxes[box]);
    return places.reduce((one, other) => {
      const [x, y] = [Math.min(one.x, other.x), Math.min(one.y, other.y)];
      const right = Math.max(one.x + one.width, other.x + other.width);
      const bottom = Math.max(one.y + one.height, other.y + other.height);
      return { x, y, width: right - x, height: bottom - y };
    });
  }
}

/**
 * Places from their coordinates, which are whole tenths of a pixel.
 *
 * @param {string} text
 * @returns {Place[]}
 */
function placesOf(text) {
  const tenths = unpacked(text, Int32Array);
  return lists.range(tenths.length / 4).map((i) => {
    const [x, y, width, height] = Array.from(tenths.subarray(4 * i, 4 * i + 4), (n) => n / 10);
    return { x, y, width, height };
  });
}
