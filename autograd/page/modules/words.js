// The steps in words: the statements forward, and the chain rule backward.

import { m } from "./dom.js";
import { derivative, nameOf, numberOf, operator, row, within, written } from "./formula.js";
import { lists } from "./lists.js";

/** @typedef {import("./steps.js").Steps} Steps */
/** @typedef {import("./steps.js").Contribution} Contribution */

const MOST_TERMS = 6; // of a sum that is written out
const MOST_EQUATIONS = 40; // of a step

/**
 * The words of the steps of a graph, as MathML.
 *
 * @param {Steps} steps
 */
export function wordsOf(steps) {
  const { graph } = steps;
  const { tape, patterns, kinds } = graph;
  const nameAt = (/** @type {number} */ i) => nameOf(graph.name(i));
  const numberAt = (/** @type {number} */ i) => numberOf(tape.value[i]);
  const adjoint = (/** @type {number} */ i) => derivative(graph.name(graph.root), graph.name(i));

  /**
   * The equations of a step.
   *
   * @param {number} position
   * @returns {Element[]}
   */
  function equations(position) {
    const { kind, node } = steps.list[position];
    if (kind === "given") return given();
    if (kind === "forward") return [statement(node)];
    if (kind === "seed") return [equation([adjoint(node), numberOf(1).shown])];
    return steps.passedOn(node).slice(0, MOST_EQUATIONS).map(chain);
  }

  /** The first leaves and their numbers. */
  function given() {
    const leaves = lists.range(graph.count).filter((i) => tape.isLeaf(i));
    const first = leaves.slice(0, MOST_EQUATIONS);
    return first.map((i) => equation([nameAt(i).shown, numberAt(i).shown]));
  }

  /**
   * A value, its formula with names and with numbers, and its number.
   *
   * @param {number} i
   */
  function statement(i) {
    const { formula, text } = patterns[kinds[i]];
    const sides = formula
      ? [filled(i, formula, nameAt), filled(i, formula, numberAt)]
      : [nameOf(`${text} of ${graph.operands(i).length} numbers`).shown];
    return equation([nameAt(i).shown, ...sides, numberAt(i).shown]);
  }

  /**
   * One use in the chain rule: the upstream gradient times the local derivative.
   *
   * @param {Contribution} use
   */
  function chain(use) {
    const [upstream, factor] = [use.upstream, use.local].map((x) => within(numberOf(x)));
    const isSum = tape.usesOf(use.source).length > 1;
    return equation(
      [
        adjoint(use.source),
        row(adjoint(use.user), operator("×"), within(local(use))),
        row(upstream, operator("×"), factor),
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
  function local({ user, place, local }) {
    const found = patterns[kinds[user]].locals?.[place - tape.start[user]];
    if (!found) return numberOf(local);
    return { shown: filled(user, found.shown, nameAt), level: found.level };
  }

  /**
   * The sum that the gradient of a value is so far; null of a value that is used once.
   *
   * @param {number} i
   * @param {number} position
   */
  function sumSoFar(i, position) {
    const uses = tape.usesOf(i).length;
    const received = steps.received(i, position);
    if (uses < 2 || !received.length) return null;
    const total = steps.gradients(position)?.[i] ?? 0;
    const sides = [adjoint(i)];
    const [first, ...others] = received.map(({ product }) => product);
    if (others.length && received.length <= MOST_TERMS) {
      const signed = others.flatMap((x) => [
        operator(x < 0 ? "−" : "+"),
        numberOf(x < 0 ? -x : x).shown,
      ]);
      sides.push(row(numberOf(first).shown, ...signed));
    }
    const place = received.length < uses ? `so far, ${received.length} of ${uses}` : "in all";
    const words = `${graph.name(i)} is used ${often(uses)}; ${place}`;
    return { words, equation: equation([...sides, numberOf(total).shown]) };
  }

  /**
   * The sides of an equation that differ from those before, with signs between them.
   *
   * @param {Element[]} sides
   * @param {string} [first] the first sign
   */
  function equation(sides, first = "=") {
    const kept = sides.filter((side, i) => !i || !side.isEqualNode(sides[i - 1]));
    const signed = kept.flatMap((side, i) => (i ? [operator(i > 1 ? "=" : first), side] : [side]));
    return m("math", row(...signed));
  }

  /**
   * A formula of a value, with the names or the numbers of what it was computed from.
   *
   * @param {number} i
   * @param {any} tree
   * @param {(i: number) => import("./formula.js").Fragment} read
   * @returns {Element}
   */
  function filled(i, tree, read) {
    const operands = graph.operands(i);
    return written(tree, (place) => read("out" in place ? i : operands[place.x]));
  }

  return { equations, statement, local, sumSoFar };
}

/**
 * A number of times in words.
 *
 * @param {number} times
 */
export function often(times) {
  return times === 2 ? "twice" : `${times} times`;
}
