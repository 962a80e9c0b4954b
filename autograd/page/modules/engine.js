// The graph in typed arrays, computed forwards and backwards.

import { unpacked } from "./columns.js";
import { rules } from "./rules.js";

/**
 * @typedef {object} Operation
 * @property {string} name
 * @property {string | null} rule its name among the rules; null if it cannot be computed here
 * @property {string} [reason] why it cannot
 */

/**
 * A graph as Python writes it. Columns are little-endian numbers in base64.
 * @typedef {object} GraphData
 * @property {number} count the number of nodes, inputs first; the last one is the root
 * @property {Operation[]} ops the operations
 * @property {string} op u16: for each node its operation, 65535 for a leaf
 * @property {string} arity u32: for each node the number of its operands
 * @property {string} operand i32: the operands of all nodes, one after the other; count + i is the
 *   constant i
 * @property {string} constants f64
 * @property {string} held u16: for each node the operation, not computed here, that a change of it
 *   would have to pass; 65535 if there is none
 * @property {string} data f64: the numbers of the leaves, and of the nodes that are not computed here
 * @property {Record<string, (number | string)[]>} locals for each node that is not computed here its
 *   derivative by each operand; of numbers that are not finite the names in JavaScript
 */

const LEAF = 65535;

// How a node is computed: not here; without a call, as most nodes of a network are; or by a rule.
const [GIVEN, SUM, DIFFERENCE, PRODUCT, UNARY, BINARY, MANY, REDUCTION] = [0, 1, 2, 3, 4, 5, 6, 7];

/**
 * The numbers of a graph. A node is known by its position, and each use of a node as an operand by a
 * place: node i has the places from start[i] up to start[i + 1].
 */
export class Tape {
  /** @param {GraphData} graph */
  constructor(graph) {
    const count = graph.count;
    /** The number of nodes. */
    this.count = count;
    this.operations = graph.ops;
    /** @type {any[]} for each operation its rule; null if it cannot be computed here */
    this.rules = graph.ops.map(({ rule }) => rule && rules[rule]);
    /** For each node its operation. */
    this.op = unpacked(graph.op, Uint16Array);
    this.start = starts(unpacked(graph.arity, Uint32Array));
    /** For each place the node, or count and more for a constant. */
    this.operand = unpacked(graph.operand, Int32Array);
    const constants = unpacked(graph.constants, Float64Array);
    /** The numbers of the nodes, and after them the constants. */
    this.value = new Float64Array(count + constants.length);
    this.value.set(constants, count);
    /** For each node the derivative of the root by it. */
    this.grad = new Float64Array(count);
    /** For each place the derivative of its node by what stands there; 0 for a constant. */
    this.local = new Float64Array(this.operand.length);
    /** For each place the node that it is part of. */
    this.owner = new Int32Array(this.operand.length);
    this.uses = this.listUses();
    this.kinds = Uint8Array.from(this.op, (_, i) => this.kindOf(i));
    /** The nodes that are computed here, in order. */
    this.computed = Int32Array.from(this.kinds.keys()).filter((i) => this.kinds[i] !== GIVEN);
    /** The places in the order in which gradients are handed on. */
    this.passes = this.listPasses();
    /** For each node the operation that keeps a change of it from counting. */
    this.held = unpacked(graph.held, Uint16Array);
    this.read(unpacked(graph.data, Float64Array), graph.locals);
    this.recompute();
  }

  /** The last node. */
  get root() {
    return this.count - 1;
  }

  /** @param {number} i */
  isLeaf(i) {
    return this.op[i] === LEAF;
  }

  /**
   * True if the node keeps the number that Python gave it.
   * @param {number} i
   */
  isFrozen(i) {
    return !this.isLeaf(i) && this.kinds[i] === GIVEN;
  }

  /** @param {number} i */
  kindOf(i) {
    const rule = this.rules[this.op[i]];
    if (!rule) return GIVEN;
    if (rule === rules.add) return SUM;
    if (rule === rules.subtract) return DIFFERENCE;
    if (rule === rules.multiply) return PRODUCT;
    if (rule.gradient) return REDUCTION;
    return [UNARY, BINARY][this.start[i + 1] - this.start[i] - 1] ?? MANY;
  }

  /**
   * The places that a node stands in, in order.
   * @param {number} i
   */
  usesOf(i) {
    return this.uses.places.subarray(this.uses.first[i], this.uses.first[i + 1]);
  }

  /**
   * Why a change of a node does not count; "" if it does.
   * @param {number} i
   * @returns {string}
   */
  reason(i) {
    const held = this.operations[this.held[i]];
    if (!held) return "";
    return `a change would not reach ${held.name}, which the page cannot compute: ${held.reason}`;
  }

  /** Compute all values, local derivatives and gradients. */
  recompute() {
    this.forward();
    this.backward();
  }

  /** Compute all values and local derivatives. */
  forward() {
    this.evaluate();
    this.differentiate();
  }

  /**
   * Compute the values alone, of the nodes before one.
   * @param {number} [end]
   */
  evaluate(end = this.count) {
    const { computed, kinds, op, start, operand, value, rules } = this;
    for (let n = 0; n < computed.length && computed[n] < end; n++) {
      const i = computed[n];
      const kind = kinds[i];
      const k = start[i];
      if (kind === SUM) value[i] = value[operand[k]] + value[operand[k + 1]];
      else if (kind === DIFFERENCE) value[i] = value[operand[k]] - value[operand[k + 1]];
      else if (kind === PRODUCT) value[i] = value[operand[k]] * value[operand[k + 1]];
      else {
        const { forward } = rules[op[i]];
        if (kind === UNARY) value[i] = forward(value[operand[k]]);
        else if (kind === BINARY) value[i] = forward(value[operand[k]], value[operand[k + 1]]);
        else if (kind === MANY) value[i] = forward(...this.numbers(i));
        else value[i] = forward(this.numbers(i));
      }
    }
  }

  /** Compute the local derivatives, from the values; those of sums and differences stay. */
  differentiate() {
    const { count, computed, kinds, op, start, operand, value, local, rules } = this;
    for (let n = 0; n < computed.length; n++) {
      const i = computed[n];
      const kind = kinds[i];
      if (kind <= DIFFERENCE) continue;
      const k = start[i];
      if (kind === PRODUCT) {
        if (operand[k] < count) local[k] = value[operand[k + 1]];
        if (operand[k + 1] < count) local[k + 1] = value[operand[k]];
        continue;
      }
      const { derivatives, gradient } = rules[op[i]];
      const all = kind === REDUCTION && gradient(this.numbers(i), value[i]);
      for (let j = 0; k + j < start[i + 1]; j++) {
        if (operand[k + j] >= count) continue;
        if (all) local[k + j] = all[j];
        else if (kind === UNARY) local[k] = derivatives[0](value[operand[k]], value[i]);
        else if (kind === BINARY)
          local[k + j] = derivatives[j](value[operand[k]], value[operand[k + 1]], value[i]);
        else local[k + j] = derivatives[j](...this.numbers(i), value[i]);
      }
    }
  }

  /**
   * The derivatives of the root, as they are when the pass has handed on that of node `until`; nodes
   * come in descending order.
   * @param {number} [until]
   * @param {Float64Array} [grad] where they go
   * @param {Int32Array} [passes] the places that they pass
   */
  backward(until = 0, grad = this.grad, passes = this.passes) {
    const { operand, owner, local } = this;
    grad.fill(0);
    grad[this.root] = 1;
    for (let n = 0; n < passes.length; n++) {
      const k = passes[n];
      if (owner[k] < until) break;
      grad[operand[k]] += local[k] * grad[owner[k]];
    }
    return grad;
  }

  /**
   * The numbers that a node is computed from.
   * @param {number} i
   * @returns {number[]}
   */
  numbers(i) {
    const numbers = [];
    for (let k = this.start[i]; k < this.start[i + 1]; k++)
      numbers.push(this.value[this.operand[k]]);
    return numbers;
  }

  /** The places of each node, as parts of one array. */
  listUses() {
    const { count, start, operand, owner } = this;
    const numbers = new Uint32Array(count);
    for (const i of operand) if (i < count) numbers[i]++;
    const first = starts(numbers);
    const places = new Int32Array(first[count]);
    const next = first.slice();
    for (let i = 0; i < count; i++) {
      owner.fill(i, start[i], start[i + 1]);
      for (let k = start[i]; k < start[i + 1]; k++) {
        if (operand[k] < count) places[next[operand[k]]++] = k;
      }
    }
    return { first, places };
  }

  /** The places of nodes, those of later nodes first. */
  listPasses() {
    const { count, start, operand, uses } = this;
    const passes = new Int32Array(uses.places.length);
    let next = 0;
    for (let i = count - 1; i >= 0; i--)
      for (let k = start[i]; k < start[i + 1]; k++) if (operand[k] < count) passes[next++] = k;
    return passes;
  }

  /**
   * Take the numbers that are not computed here.
   * @param {Float64Array} data
   * @param {Record<string, (number | string)[]>} locals
   */
  read(data, locals) {
    const { count, start } = this;
    let next = 0;
    for (let i = 0; i < count; i++) {
      if (this.isLeaf(i) || this.isFrozen(i)) this.value[i] = data[next++];
      if (this.isFrozen(i)) this.local.set(locals[i].map(Number), start[i]);
    }
    for (const k of this.passes) {
      const i = this.owner[k];
      const isNegative = this.kinds[i] === DIFFERENCE && k > start[i];
      if (!this.isFrozen(i)) this.local[k] = isNegative ? -1 : 1; // as it stays for sums
    }
  }
}

/**
 * Where each part of an array begins, and the last one ends, from their lengths.
 * @param {Uint32Array} lengths
 */
function starts(lengths) {
  const start = new Int32Array(lengths.length + 1);
  for (let i = 0; i < lengths.length; i++) start[i + 1] = start[i] + lengths[i];
  return start;
}
