// The steps in words: the statements forward, and the chain rule backward.

import { ATOM, fragment, MATH, numberOf, product, sum, TEXT } from "./formula.js";
import { shown } from "./numbers.js";

/** @typedef {import("./steps.js").Steps} Steps */
/** @typedef {import("./steps.js").Contribution} Contribution */

const MOST_TERMS = 6; // of a sum that is written out
const MOST_EQUATIONS = 40; // of a step
const MOST_SPOKEN = 12;

/** The words of the steps of a graph, as MathML or as lines of text. */
export class Words {
  /** @param {Steps} steps */
  constructor(steps) {
    this.steps = steps;
    this.graph = steps.graph;
  }

  /**
   * The equations of a step.
   *
   * @param {number} position
   * @param {any} pen TEXT or MATH
   * @returns {any[]}
   */
  equations(position, pen) {
    const { kind, node } = this.steps.list[position];
    if (kind === "given") return this.leaves().map((i) => this.given(i, pen));
    if (kind === "forward") return [this.statement(node, pen)];
    if (kind === "seed") return [this.equation([this.adjoint(node, pen), pen.number(1)], pen)];
    const uses = this.steps.passedOn(node).slice(0, MOST_EQUATIONS);
    return uses.map((each) => this.chain(each, pen));
  }

  /** The first leaves. */
  leaves() {
    const found = [];
    for (let i = 0; i < this.graph.count && found.length < MOST_EQUATIONS; i++)
      if (this.graph.tape.isLeaf(i)) found.push(i);
    return found;
  }

  /**
   * A leaf and its number.
   *
   * @param {number} i
   * @param {any} pen
   */
  given(i, pen) {
    return this.equation([pen.name(this.graph.name(i)), pen.number(this.graph.tape.value[i])], pen);
  }

  /**
   * A value, its formula with names and with numbers, and its number.
   *
   * @param {number} i
   * @param {any} pen
   */
  statement(i, pen) {
    const { tape, patterns, kinds } = this.graph;
    const tree = patterns[kinds[i]].formula;
    const sides = [pen.name(this.graph.name(i))];
    if (tree === null)
      sides.push(
        pen.word(`${patterns[kinds[i]].text} of ${this.graph.operands(i).length} numbers`),
      );
    else
      sides.push(
        ...[this.named(i), this.numbered(i)].map((read) => fragment(tree, read, pen).shown),
      );
    return this.equation([...sides, pen.number(tape.value[i])], pen);
  }

  /**
   * One use in the chain rule: the upstream gradient times the local derivative.
   *
   * @param {Contribution} use
   * @param {any} pen
   */
  chain(use, pen) {
    const upstream = { shown: this.adjoint(use.user, pen), level: ATOM };
    const numbers = [numberOf(use.upstream, pen), numberOf(use.local, pen)];
    return this.equation(
      [
        this.adjoint(use.source, pen),
        product([upstream, this.local(use, pen)], pen, "×").shown,
        product(numbers, pen, "×").shown,
        pen.number(use.product),
      ],
      pen,
      this.graph.tape.usesOf(use.source).length > 1 ? "+=" : "=",
    );
  }

  /**
   * A local derivative as a formula of names; as a number where it has no formula.
   *
   * @param {Contribution} use
   * @param {any} pen
   */
  local(use, pen) {
    const { tape, patterns, kinds } = this.graph;
    const tree = patterns[kinds[use.user]].locals?.[use.place - tape.start[use.user]];
    if (tree === null || tree === undefined) return numberOf(use.local, pen);
    return fragment(tree, this.named(use.user), pen);
  }

  /**
   * The sum that the gradient of a value is so far; null of a value that is used once.
   *
   * @param {number} i
   * @param {number} position
   * @param {any} pen
   * @returns {{words: string, equation: any} | null}
   */
  sumSoFar(i, position, pen) {
    const uses = this.graph.tape.usesOf(i).length;
    const received = this.steps.received(i, position);
    if (uses < 2 || !received.length) return null;
    const total = this.steps.gradients(position)?.[i] ?? 0;
    const sides = [this.adjoint(i, pen)];
    const terms = received.map(({ product }) => product);
    if (terms.length > 1 && terms.length <= MOST_TERMS) {
      const minus = terms.map((x, n) => Number(n > 0 && x < 0));
      sides.push(
        sum(
          minus,
          terms.map((x, n) => numberOf(minus[n] ? -x : x, pen)),
          pen,
        ).shown,
      );
    }
    const place = received.length < uses ? `; so far, ${received.length} of ${uses}` : "; in all";
    const words = `${this.graph.name(i)} is used ${often(uses)}${place}`;
    return { words, equation: this.equation([...sides, pen.number(total)], pen) };
  }

  /**
   * A step as a sentence that is spoken.
   *
   * @param {number} position
   */
  spoken(position) {
    if (position >= this.steps.rest) return "All steps are done.";
    const { kind, node } = this.steps.list[position];
    const count = `Step ${position} of ${this.steps.rest - 1}`;
    if (kind === "given")
      return `${count}. The inputs are given: ${this.equations(position, TEXT).slice(0, MOST_SPOKEN).join(", ")}.`;
    if (kind === "forward") return `${count}, forward. ${this.statement(node, TEXT)}.`;
    const root = this.graph.name(this.graph.root);
    if (kind === "seed")
      return `${count}. The turn: the gradient of ${root} with respect to itself is 1.`;
    const uses = this.steps.passedOn(node).slice(0, MOST_SPOKEN);
    const parts = uses.map((use) => {
      const total = this.sumSoFar(use.source, position, TEXT);
      const product = `${shown(use.upstream)} times ${shown(use.local)}, which is ${shown(use.product)}`;
      return `${this.graph.name(use.source)} gets ${product}.${total ? ` ${total.words}: ${total.equation}.` : ""}`;
    });
    return `${count}, backward through ${this.graph.name(node)}. ${parts.join(" ")}`;
  }

  /**
   * @param {number} i
   * @param {any} pen
   */
  adjoint(i, pen) {
    return pen.derivative(this.graph.name(this.graph.root), this.graph.name(i));
  }

  /**
   * The sides of an equation that differ from those before, with signs between them.
   *
   * @param {any[]} sides
   * @param {any} pen
   * @param {string} [first] the first sign
   */
  equation(sides, pen, first = "=") {
    const isSame = (/** @type {any} */ one, /** @type {any} */ other) =>
      one.isEqualNode?.(other) ?? one === other;
    const kept = sides.filter((side, i) => !i || !isSame(side, sides[i - 1]));
    const row = kept.flatMap((side, i) =>
      i ? [pen.between(i === 1 ? first : "="), side] : [side],
    );
    if (pen === TEXT) return row.join("");
    const math = document.createElementNS("http://www.w3.org/1998/Math/MathML", "math");
    math.append(MATH.row(row));
    return math;
  }

  /**
   * @param {number} i
   * @returns {import("./formula.js").Reader}
   */
  named(i) {
    const operands = this.graph.operands(i);
    return (leaf) => ({ name: this.graph.name("out" in leaf ? i : operands[leaf.x]) });
  }

  /**
   * @param {number} i
   * @returns {import("./formula.js").Reader}
   */
  numbered(i) {
    const operands = this.graph.operands(i);
    return (leaf) => ({ number: this.graph.tape.value["out" in leaf ? i : operands[leaf.x]] });
  }
}

/**
 * A number of times in words.
 *
 * @param {number} times
 */
export function often(times) {
  return times === 2 ? "twice" : `${times} times`;
}
