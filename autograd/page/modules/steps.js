// The computation as one row of steps: forward through the operations, and back again.

import { lists } from "./lists.js";

/** @typedef {import("./graph.js").Graph} Graph */
/** @typedef {import("./scene.js").Scene} Scene */

/**
 * One step: the inputs are given, an operation is computed, the derivative of the root with
 * respect to itself is 1, or the gradient of an operation is passed on to its operands.
 *
 * @typedef {object} Step
 * @property {"given" | "forward" | "seed" | "backward"} kind
 * @property {number} node
 */

/**
 * What one use of a value adds to its gradient.
 *
 * @typedef {object} Contribution
 * @property {number} place the position among all operands
 * @property {number} source the node that is used
 * @property {number} user the node that uses it
 * @property {number} upstream the derivative with respect to the user
 * @property {number} local the derivative of the user with respect to this operand
 * @property {number} product of both
 */

/** The steps of a graph. Position p is step p as it is done; `rest` is all of them done. */
export class Steps {
  /** @param {Graph} graph */
  constructor(graph) {
    this.graph = graph;
    /** @type {Step[]} */
    this.list = [{ kind: "given", node: -1 }];
    const { count, tape } = graph;
    const operations = lists.range(count).filter((i) => !tape.isLeaf(i));
    for (const node of operations) this.list.push({ kind: "forward", node });
    this.turn = this.list.length;
    this.list.push({ kind: "seed", node: graph.root });
    for (const node of operations.reverse()) this.list.push({ kind: "backward", node });
    this.rest = this.list.length;
    this.partial = new Float64Array(graph.tape.grad.length);
    this.done = -1; // the node that `partial` is computed until
  }

  /** Forget what was computed from other numbers. */
  changed() {
    this.done = -1;
  }

  /**
   * True if the number of a node is known at a position.
   *
   * @param {number} position
   * @param {number} i
   */
  isComputed(position, i) {
    const { kind, node } = this.list[Math.min(position, this.rest - 1)];
    return this.graph.tape.isLeaf(i) || (kind === "forward" ? i <= node : kind !== "given");
  }

  /**
   * The node down to which gradients are passed on: `count` before the first is.
   *
   * @param {number} position
   */
  until(position) {
    if (position >= this.rest) return 0;
    const { kind, node } = this.list[position];
    return kind === "backward" ? node : this.graph.count;
  }

  /**
   * The gradients at a position, as far as they are summed; null before the turn.
   *
   * @param {number} position
   * @returns {Float64Array | null}
   */
  gradients(position) {
    if (position < this.turn) return null;
    const until = this.until(position);
    if (until === 0) return this.graph.grad;
    if (until !== this.done) {
      this.graph.tape.backward(until, this.partial);
      this.done = until;
    }
    return this.partial;
  }

  /**
   * What an operation passes on to its operands, in their order.
   *
   * @param {number} node
   * @returns {Contribution[]}
   */
  passedOn(node) {
    const { tape, count } = this.graph;
    const found = [];
    for (let place = tape.start[node]; place < tape.start[node + 1]; place++) {
      if (tape.operand[place] < count) found.push(this.contribution(place));
    }
    return found;
  }

  /**
   * What a node has received at a position, in the order of the steps.
   *
   * @param {number} node
   * @param {number} position
   * @returns {Contribution[]}
   */
  received(node, position) {
    const until = position < this.turn ? Infinity : this.until(position);
    return Array.from(this.graph.tape.usesOf(node), (place) => this.contribution(place))
      .filter(({ user }) => user >= until)
      .sort((one, other) => other.user - one.user || one.place - other.place);
  }

  /**
   * @param {number} place
   * @returns {Contribution}
   */
  contribution(place) {
    const { tape } = this.graph;
    const user = tape.owner[place];
    const [upstream, local] = [tape.grad[user], tape.local[place]];
    return { place, source: tape.operand[place], user, upstream, local, product: upstream * local };
  }

  // ── In a folded picture, the steps within a box are one ─────────────────────

  /**
   * True if a step is in the box and of the kind of the one before.
   *
   * @param {Scene} scene
   * @param {number} position
   */
  continues({ part }, position) {
    const [before, here] = [this.list[position - 1], this.list[position]];
    return here && before?.kind === here.kind && part[before.node] === part[here.node];
  }

  /**
   * The positions at which a picture stops: the last of each run of steps in one box.
   *
   * @param {Scene} scene
   */
  stops(scene) {
    return lists.range(this.rest + 1).filter((position) => !this.continues(scene, position + 1));
  }

  /**
   * The steps that are done together with that of a position.
   *
   * @param {Scene} scene
   * @param {number} position
   * @returns {Step[]}
   */
  run(scene, position) {
    let first = position;
    while (this.continues(scene, first)) first--;
    return this.list.slice(first, position + 1);
  }
}
