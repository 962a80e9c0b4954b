// What the boxes of a scene say at a step: names, numbers and gradients as far as they are known.

import { shown } from "./numbers.js";

/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {import("./steps.js").Steps} Steps */

/** A line of a box: its text, its size as a share of the usual one, and true if it is bold. */
/** @typedef {[string, number, boolean]} Row */

/** The texts of the boxes. */
export class Texts {
  /**
   * @param {Scene} scene
   * @param {Steps} steps
   * @param {number} position
   */
  constructor(scene, steps, position) {
    this.scene = scene;
    this.graph = scene.graph;
    this.steps = steps;
    this.position = position;
    this.gradients = steps.gradients(position);
  }

  /**
   * The gradients of the nodes of a box that have one, or a part of it.
   *
   * @param {number} box
   * @returns {number[]}
   */
  known(box) {
    const { gradients, graph } = this;
    if (!gradients) return [];
    const nodes = this.scene.nodes[box].filter((i) => i === graph.root || this.summed(i) > 0);
    return nodes.map((i) => gradients[i]);
  }

  /**
   * The gradient of a box, the strongest of many; null while it has none.
   *
   * @param {number} box
   */
  gradientOf(box) {
    const known = this.known(box);
    return known.length ? largest(known) : null;
  }

  /**
   * The number of uses from which a node has its gradient already.
   *
   * @param {number} i
   */
  summed(i) {
    const { owner } = this.graph.tape;
    const until = this.steps.until(this.position);
    let count = 0;
    for (const place of this.graph.tape.usesOf(i)) if (owner[place] >= until) count++;
    return count;
  }

  /**
   * The lines of a box.
   *
   * @param {number} box
   * @returns {Row[]}
   */
  rows(box) {
    const [first] = this.scene.nodes[box];
    return this.scene.isValue(box) ? this.valueRows(first) : this.foldedRows(box);
  }

  /**
   * A name, and the one number that matters: the gradient while there are steps back.
   *
   * @param {number} box
   */
  card(box) {
    const gradient = this.gradientOf(box);
    const [first] = this.scene.nodes[box];
    const value = this.scene.isValue(box) ? this.value(first) : "";
    const isBack = this.position >= this.steps.turn && this.position < this.steps.rest;
    const grad = gradient === null ? "–" : shown(gradient);
    return { name: this.head(box)[0], number: isBack ? grad : value };
  }

  /**
   * The lines at the top of a box: its names.
   *
   * @param {number} box
   * @returns {string[]}
   */
  head(box) {
    if (!this.scene.isValue(box)) return this.scene.texts[box];
    const [i] = this.scene.nodes[box];
    return this.graph.short[i]?.split("\n") ?? [`${this.graph.name(i)} ${this.graph.operation(i)}`];
  }

  /**
   * @param {number} i
   * @returns {Row[]}
   */
  valueRows(i) {
    const operation = this.graph.operation(i);
    const isNamed = i in this.graph.short;
    /** @type {Row[]} */
    const rows = this.head(this.scene.part[i]).map((name) => [name, isNamed ? 1.1 : 1, true]);
    if (isNamed && operation) rows.push([operation, 1, false]);
    return [...rows, [this.value(i), 1, false], [this.grad(i), 0.9, false]];
  }

  /** @param {number} i */
  value(i) {
    return this.steps.isComputed(this.position, i) ? shown(this.graph.tape.value[i]) : "?";
  }

  /** @param {number} i */
  grad(i) {
    const count = this.summed(i);
    if (!this.gradients || (!count && i !== this.graph.root)) return "grad –";
    const isPart = count < this.graph.tape.usesOf(i).length;
    return `grad ${shown(this.gradients[i])}${isPart ? " + …" : ""}`;
  }

  /**
   * @param {number} box
   * @returns {Row[]}
   */
  foldedRows(box) {
    const computed = this.scene.nodes[box].filter((i) => this.steps.isComputed(this.position, i));
    const values = extremes(computed.map((i) => this.graph.tape.value[i]));
    const [title, ...texts] = this.scene.texts[box];
    return [
      [title, 1, true],
      ...texts.map((text) => /** @type {Row} */ ([text, 0.9, false])),
      [`values ${values}`, 0.9, false],
      [`grads ${extremes(this.known(box))}`, 0.9, false],
    ];
  }
}

/**
 * The number of the greatest size; the first that is not finite, if there is one.
 *
 * @param {number[]} numbers
 */
export function largest(numbers) {
  const bad = numbers.find((x) => !Number.isFinite(x));
  return bad ?? numbers.reduce((most, x) => (Math.abs(x) > Math.abs(most) ? x : most), 0);
}

/**
 * The least and the greatest number, as text.
 *
 * @param {number[]} numbers
 */
function extremes(numbers) {
  if (!numbers.length) return "–";
  const bad = numbers.find((x) => !Number.isFinite(x));
  if (bad !== undefined) return shown(bad);
  const ends = [Math.min, Math.max].map((end) => numbers.reduce((one, other) => end(one, other)));
  const [least, most] = ends.map(shown);
  return least === most ? least : `${least} to ${most}`;
}
