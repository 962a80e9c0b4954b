// What the page says, to a screen reader and below the number that was changed.

import { textOf } from "./formula.js";
import { shown } from "./numbers.js";

/** @typedef {import("./page.js").Page} Page */

const MOST_SPOKEN = 12; // parts of a step

/**
 * The current step, or the steps that are done together in a folded box.
 *
 * @param {Page} page
 */
export function spokenStep({ graph, scene, steps, words, position }) {
  const run = steps.run(scene, position);
  if (!run.length) return "All steps are done.";
  const { kind, node } = run[0];
  const passed = kind === "backward" ? run.flatMap((step) => steps.passedOn(step.node)) : [];
  if (run.length > 1) {
    const through = `${kind} through ${scene.texts[scene.part[node]][0]}. `;
    const gets = passed
      .filter(({ place }) => scene.lineOf.has(place))
      .slice(0, MOST_SPOKEN)
      .map(({ source, product }) => `${graph.name(source)} gets ${shown(product)}.`);
    return `Steps ${position - run.length + 1} to ${position}, ${through}${gets.join(" ")}`;
  }
  const count = `Step ${position} of ${steps.rest - 1}`;
  const equations = words.equations(position).slice(0, MOST_SPOKEN).map(textOf).join(", ");
  if (kind === "given") return `${count}. The inputs are given: ${equations}.`;
  if (kind === "forward") return `${count}, forward. ${equations}.`;
  if (kind === "seed") {
    const root = graph.name(node);
    return `${count}. The turn: the gradient of ${root} with respect to itself is 1.`;
  }
  const parts = passed.slice(0, MOST_SPOKEN).map(({ source, upstream, local, product }) => {
    const total = words.sumSoFar(source, position);
    const sum = total ? ` ${total.words}: ${textOf(total.equation)}.` : "";
    const factors = `${shown(upstream)} times ${shown(local)}, which is ${shown(product)}`;
    return `${graph.name(source)} gets ${factors}.${sum}`;
  });
  return `${count}, backward through ${graph.name(node)}. ${parts.join(" ")}`;
}

/**
 * A value, or the folded box that it is in.
 *
 * @param {Page} page
 * @param {number} i
 */
export function spokenValue({ graph, scene, steps, position }, i) {
  const box = scene.part[i];
  if (!scene.isValue(box)) return `${scene.texts[box].join(", ")}. Press Enter to open it.`;
  const isKnown = steps.isComputed(position, i);
  const value = isKnown ? shown(graph.tape.value[i]) : "not computed yet";
  const gradients = steps.gradients(position);
  const gradient = gradients ? `, gradient ${shown(gradients[i])}` : "";
  const edit = graph.tape.isLeaf(i) ? " Press Enter to change it." : "";
  return `${graph.name(i)}, ${graph.operation(i) || "input"}, value ${value}${gradient}.${edit}`;
}

/**
 * What the gradient said of the last edit, and what came of it; "" if it is not of one input.
 *
 * @param {Page} page
 */
export function verdict({ graph, told }) {
  if (told?.to.size !== 1) return "";
  const [[node, number]] = told.to;
  const change = number - (told.from.get(node) ?? 0);
  const changed = `${graph.name(node)} changed by ${shown(change)}.`;
  if (node === graph.root) return changed;
  const factor = change < 0 ? `(${shown(change)})` : shown(change);
  const said = `${shown(told.gradient)} × ${factor} = ${shown(told.gradient * change)}`;
  const came = shown(graph.tape.value[graph.root] - told.before);
  const root = graph.name(graph.root);
  return `${changed} The gradient said ${root} would change by ${said}; it changed by ${came}.`;
}
