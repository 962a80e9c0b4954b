// The kinds of value that can be searched for, besides names: those that `Graph.anomalies` knows.

import { lists } from "./lists.js";

/** @typedef {import("./graph.js").Graph} Graph */

const SATURATING = ["arctan", "erf", "hard_tanh", "sigmoid", "softsign", "tanh"];
const SATURATED = 0.01; // the most of its slope at 0 that a saturated activation has
const FEWEST_LETTERS = 3; // of the name of a kind, to be meant

/** @type {Record<string, (graph: Graph) => number[]>} each gives its nodes, the first one first */
const KINDS = {
  "largest gradient": (graph) => {
    const size = (/** @type {number} */ i) => Math.abs(graph.grad[i]);
    return all(graph, (i) => size(i) < Infinity).sort((one, other) => size(other) - size(one));
  },
  "first nan or inf": (graph) => [
    ...all(graph, (i) => !Number.isFinite(graph.tape.value[i])),
    ...all(graph, (i) => !Number.isFinite(graph.grad[i])).reverse(),
  ],
  "dead relu": (graph) => all(graph, (i) => named(graph, i) === "relu" && !graph.tape.value[i]),
  "saturated activation": (graph) =>
    all(graph, (i) => {
      const { tape } = graph;
      if (!SATURATING.includes(named(graph, i)) || tape.isFrozen(i)) return false;
      const { forward, derivatives } = tape.rules[tape.op[i]];
      const middle = derivatives[0](0, forward(0));
      return Math.abs(tape.local[tape.start[i]]) <= SATURATED * middle;
    }),
};

/**
 * The nodes of the kinds that a text is part of the name of.
 *
 * @param {Graph} graph
 * @param {string} text
 */
export function ofKind(graph, text) {
  const isMeant = text.length >= FEWEST_LETTERS;
  const kinds = Object.entries(KINDS).filter(([name]) => isMeant && name.includes(text));
  return kinds.flatMap(([, nodes]) => nodes(graph));
}

/**
 * @param {Graph} graph
 * @param {number} i
 */
function named({ tape }, i) {
  return tape.isLeaf(i) ? "" : tape.operations[tape.op[i]].name;
}

/**
 * @param {Graph} graph
 * @param {(i: number) => boolean} isOne
 */
function all(graph, isOne) {
  return lists.range(graph.count).filter(isOne);
}
