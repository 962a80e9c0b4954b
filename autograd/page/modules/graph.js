// The graph of the page: what it computes, with the names of everything.

import { unpacked } from "./columns.js";
import { Tape } from "./engine.js";

/**
 * @typedef {object} Pattern an operation with its constants
 * @property {string} text in a box
 * @property {any} formula in terms of operands; null if it is not written out
 * @property {any[]} locals the derivative by each operand
 */

/** A graph of values, some of which a reader has changed. */
export class Graph {
  /** @param {any} data of the page */
  constructor(data) {
    this.tape = new Tape(data.graph);
    this.count = this.tape.count;
    this.root = this.count - 1;
    this.given = this.tape.value.slice(0, this.count);
    /** @type {Record<number, string>} */
    this.names = data.names;
    /** @type {Record<number, string>} */
    this.short = data.short;
    this.kinds = unpacked(data.pattern, Uint16Array);
    /** @type {Pattern[]} */
    this.patterns = data.patterns;
    /** @type {{title: string, place: string, parent: number | null, level: number}[]} */
    this.groups = data.groups;
    this.group = unpacked(data.group, Int32Array);
  }

  /**
   * The name of a value in a formula, such as "w₁".
   *
   * @param {number} i
   */
  name(i) {
    return this.names[i] ?? `v${String(i).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)])}`;
  }

  /**
   * The operation of a value in its box, such as "(·) ** 2"; "" of a leaf.
   *
   * @param {number} i
   */
  operation(i) {
    return this.tape.isLeaf(i) ? "" : this.patterns[this.kinds[i]].text;
  }

  /**
   * The operands of a value: nodes, and constants from `count` on.
   *
   * @param {number} i
   * @returns {number[]}
   */
  operands(i) {
    return Array.from(this.tape.operand.subarray(this.tape.start[i], this.tape.start[i + 1]));
  }

  /**
   * The nodes that a value was computed from, each once.
   *
   * @param {number} i
   */
  inputs(i) {
    return [...new Set(this.operands(i).filter((x) => x < this.count))];
  }

  /**
   * The nodes that were computed from a value, each once.
   *
   * @param {number} i
   */
  users(i) {
    return [...new Set(Array.from(this.tape.usesOf(i), (k) => this.tape.owner[k]))];
  }

  /**
   * The leaves that a reader has changed, with their numbers.
   *
   * @returns {Map<number, number>}
   */
  changes() {
    const found = new Map();
    for (let i = 0; i < this.count; i++) {
      const number = this.tape.value[i];
      if (this.tape.isLeaf(i) && !Object.is(number, this.given[i])) found.set(i, number);
    }
    return found;
  }

  /** The derivatives as they are with all steps done. */
  get grad() {
    return this.tape.grad;
  }
}
