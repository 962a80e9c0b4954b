// The steps as a list of equations, of which the current one is marked.

import { find, h } from "./dom.js";
import { lists } from "./lists.js";
import { soon } from "./time.js";

const MOST_ROWS = 40; // that are shown at once, of more than twice as many

/**
 * Keep the list beside the inspector up to date.
 *
 * @param {import("./page.js").Page} page
 */
export function transcribe(page) {
  const { steps, words } = page;
  const element = find(".transcript");
  let first = 0; // of the rows that are shown
  let last = 0; // the position whose row has notes
  let run = 0; // the number of steps that are done together
  /** @type {HTMLElement[]} */
  let rows = [];

  function update() {
    const { position } = page;
    if (position >= steps.rest || rows[position - first]) mark();
    else fill();
    reveal();
  }

  /** Mark the rows of the current step, and write those anew that have notes or had some. */
  function mark() {
    run = steps.run(page.scene, page.position).length;
    for (const at of new Set([last, page.position])) {
      const before = rows[at - first];
      if (!before) continue;
      rows[at - first] = row(at);
      before.replaceWith(rows[at - first]);
    }
    last = page.position;
    for (const [n, each] of rows.entries()) each.className = classOf(first + n);
  }

  /** @param {number} at */
  function classOf(at) {
    const { position } = page;
    const isCurrent = at <= position && at > position - run;
    return `${steps.list[at].kind}${isCurrent ? " current" : ""}${at > position ? " later" : ""}`;
  }

  /** Write the rows around the position. */
  function fill() {
    last = page.position;
    run = steps.run(page.scene, last).length;
    const count = steps.rest <= 2 * MOST_ROWS ? steps.rest : MOST_ROWS;
    first = Math.max(Math.min(last - count / 2, steps.rest - count), 0);
    rows = lists.range(count).map((n) => row(first + n));
    const more = (/** @type {number} */ left) =>
      left > 0 ? [h("li", { class: "more" }, `… ${left} more …`)] : [];
    find(".rows").replaceChildren(...more(first), ...rows, ...more(steps.rest - first - count));
  }

  /** @param {number} at */
  function row(at) {
    const isHere = at === page.position;
    const equations = words.equations(at);
    const lines =
      steps.list[at].kind === "given"
        ? [
            h(
              "div",
              { class: "given" },
              "Given: ",
              ...equations.flatMap((x, n) => [n ? ", " : "", x]),
            ),
          ]
        : equations.map((each) => h("div", {}, each));
    const go = { "aria-label": `Step ${at}`, onclick: () => page.goTo(at) };
    return h(
      "li",
      { class: classOf(at), "aria-current": isHere && "step" },
      h("button", go, String(at)),
      h("div", { class: "equations" }, ...lines, ...(isHere ? notes(at) : [])),
    );
  }

  /**
   * What a step means, and the sums that it adds to.
   *
   * @param {number} at
   */
  function notes(at) {
    const { kind, node } = steps.list[at];
    if (kind === "seed") {
      const name = page.graph.name(node);
      return [
        h("p", {}, `The turn. ${name} changes as fast as itself; from here the gradients go back.`),
      ];
    }
    if (kind !== "backward") return [];
    const sources = new Set(steps.passedOn(node).map(({ source }) => source));
    return [...sources].slice(0, MOST_ROWS).flatMap((source) => {
      const sum = words.sumSoFar(source, at);
      return sum ? [h("p", {}, `${sum.words}:`), h("div", {}, sum.equation)] : [];
    });
  }

  /** Scroll to the current row, in this list alone, or in all words where they scroll together. */
  function reveal() {
    const row = rows[page.position - first];
    if (!row) return;
    const isLong = element.scrollHeight > element.clientHeight;
    const around = isLong ? element : element.parentElement;
    const [inner, outer] = [row.getBoundingClientRect(), around.getBoundingClientRect()];
    const isOut = inner.top < outer.top + 4 || inner.bottom > outer.bottom - 4;
    if (isOut) around.scrollTop += inner.top - outer.top - (outer.height - inner.height) / 2;
  }

  page.on("numbers", soon(fill, 0)); // after the picture, which is to follow at once
  page.on("step scene", update);
  fill();
}
