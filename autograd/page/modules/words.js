// The steps in words: the statements forward, and the chain rule backward.

import { m } from "./dom.js";
import { derivative, nameOf, numberOf, operator, row, within, written } from "./formula.js";

/** @typedef {import("./steps.js").Steps} Steps */
/** @typedef {import("./steps.js").Contribution} Contribution */

const MOST_TERMS = 6; // of a sum that is written out
const MOST_EQUATIONS = 40; // of a step

/** The words of the steps of a graph, as MathML. */
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
   * @returns {Element[]}
   */
  equations(position) {
    const { kind, node } = this.steps.list[position];
    if (kind === "given") return this.given();
    if (kind === "forward") return [this.statement(node)];
    if (kind === "seed") return [this.equation([this.adjoint(node), numberOf(1).shown])];
    const uses = this.steps.passedOn(node).slice(0, MOST_EQUATIONS);
    return uses.map((each) => this.chain(each));
  }

  /** The first leaves and their numbers. */
  given() {
    const found = [];
    for (let i = 0; i < this.graph.count && found.length < MOST_EQUATIONS; i++)
      if (this.graph.tape.isLeaf(i))
        found.push(this.equation([this.name(i).shown, this.number(i).shown]));
    return found;
  }

  /**
   * A value, its formula with names and with numbers, and its number.
   *
   * @param {number} i
   */
  statement(i) {
    const { formula, text } = this.graph.patterns[this.graph.kinds[i]];
    const unwritten = `${text} of ${this.graph.operands(i).length} numbers`;
    const sides = formula
      ? [this.written(i, formula, this.name), this.written(i, formula, this.number)]
      : [nameOf(unwritten).shown];
    return this.equation([this.name(i).shown, ...sides, this.number(i).shown]);
  }

  /**
   * One use in the chain rule: the upstream gradient times the local derivative.
   *
   * @param {Contribution} use
   */
  chain(use) {
    const [upstream, local] = [use.upstream, use.local].map((x) => within(numberOf(x)));
    const isSum = this.graph.tape.usesOf(use.source).length > 1;
    return this.equation(
      [
        this.adjoint(use.source),
        row(this.adjoint(use.user), operator("×"), within(this.local(use))),
        row(upstream, operator("×"), local),
        numberOf(use.product).shown,
      ],
      isSum ? "+=" : "=",
    );
  }

  /**
   * A local derivative as a formula of names; as a number where it has no formula.
   *
   * @param {Contribution} use
   * @returns {import("./formula.js").Fragment}
   */
  local({ user, place, local }) {
    const { tape, patterns, kinds } = this.graph;
    const found = patterns[kinds[user]].locals?.[place - tape.start[user]];
    if (!found) return numberOf(local);
    return { shown: this.written(user, found.shown, this.name), level: found.level };
  }

  /**
   * The sum that the gradient of a value is so far; null of a value that is used once.
   *
   * @param {number} i
   * @param {number} position
   * @returns {{words: string, equation: Element} | null}
   */
  sumSoFar(i, position) {
    const uses = this.graph.tape.usesOf(i).length;
    const received = this.steps.received(i, position);
    if (uses < 2 || !received.length) return null;
    const total = this.steps.gradients(position)?.[i] ?? 0;
    const sides = [this.adjoint(i)];
    const terms = received.map(({ product }) => product);
    if (terms.length > 1 && terms.length <= MOST_TERMS) {
      const [first, ...others] = terms;
      const signed = others.flatMap((x) => [
        operator(x < 0 ? "−" : "+"),
        numberOf(x < 0 ? -x : x).shown,
      ]);
      sides.push(row(numberOf(first).shown, ...signed));
    }
    const place = received.length < uses ? `; so far, ${received.length} of ${uses}` : "; in all";
    const words = `${this.graph.name(i)} is used ${often(uses)}${place}`;
    return { words, equation: this.equation([...sides, numberOf(total).shown]) };
  }

  /**
   * @param {number} i
   */
  adjoint(i) {
    return derivative(this.graph.name(this.graph.root), this.graph.name(i));
  }

  /**
   * The sides of an equation that differ from those before, with signs between them.
   *
   * @param {Element[]} sides
   * @param {string} [first] the first sign
   */
  equation(sides, first = "=") {
    const kept = sides.filter((side, i) => !i || !side.isEqualNode(sides[i - 1]));
    const signed = kept.flatMap((side, i) =>
      i ? [operator(i === 1 ? first : "="), side] : [side],
    );
    return m("math", row(...signed));
  }

  /** @param {number} i */
  name = (i) => nameOf(this.graph.name(i));

  /** @param {number} i */
  number = (i) => numberOf(this.graph.tape.value[i]);

  /**
   * A formula of a value, with the names or the numbers of what it was computed from.
   *
   * @param {number} i
   * @param {any} tree
   * @param {(i: number) => import("./formula.js").Fragment} read
   * @returns {Element}
   */
  written(i, tree, read) {
    const operands = this.graph.operands(i);
    return written(tree, (place) => read("out" in place ? i : operands[place.x]));
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
