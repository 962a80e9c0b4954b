// What marks a step and what a reader points at: lines, their numbers, and rings around boxes.

import { arrowhead } from "./draw.js";
import { widened } from "./grid.js";
import { shown } from "./numbers.js";
import { endOf, pointOn } from "./paths.js";

/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {import("./scene.js").Place} Place */
/** @typedef {import("./steps.js").Contribution} Contribution */

const LETTERS = 10.5; // the size of the letters of a step
const ROW = 12.5; // the height of their lines
const MOST_PASSED = 200; // lines of a step that are marked

/** The marks of a step. */
export class Marks {
  /**
   * @param {Scene} scene
   * @param {import("./colors.js").Theme} theme
   * @param {import("./steps.js").Steps} steps
   * @param {number} position
   */
  constructor(scene, theme, steps, position) {
    this.scene = scene;
    this.theme = theme;
    /** @type {Map<number, Contribution[]>} */
    this.passed = new Map(); // by line, what the current step passes on
    const run = steps.run(scene, position);
    const { kind, node } = run.at(-1) ?? { kind: "given", node: -1 };
    this.current = node < 0 ? -1 : scene.part[node];
    this.isForward = kind === "forward";
    for (const step of kind === "seed" ? [] : run) {
      for (const use of steps.passedOn(step.node)) {
        const line = scene.lineOf.get(use.place);
        if (line === undefined) continue;
        const uses = this.passed.get(line);
        if (uses) uses.push(use);
        else if (this.passed.size < MOST_PASSED) this.passed.set(line, [use]);
      }
    }
    this.color = this.isForward ? theme.text : theme.highlight;
  }

  /**
   * Draw the marks.
   *
   * @param {any} pen
   * @param {{selected: number, hovered: number, travelled: number}} page
   */
  draw(pen, { selected, hovered, travelled }) {
    const { highlight, text } = this.theme;
    for (const e of this.passed.keys()) this.line(pen, e);
    const box = selected < 0 ? -1 : this.scene.part[selected];
    if (this.current >= 0) this.ring(pen, this.current, 3, 3.5, highlight);
    if (box >= 0) this.ring(pen, box, box === this.current ? 7 : 1.5, 2.5, text);
    if (hovered >= 0 && hovered !== box) this.ring(pen, hovered, 1.5, 1.5, text);
    if (!this.isForward) for (const [e, uses] of this.passed) this.pill(pen, e, uses);
    if (travelled < 1) for (const e of this.passed.keys()) this.dot(pen, e, travelled);
  }

  /**
   * @param {any} pen
   * @param {number} box
   * @param {number} gap
   * @param {number} width
   * @param {string} stroke
   */
  ring(pen, box, gap, width, stroke) {
    pen.rectangle(widened(this.scene.boxes[box], gap), { stroke, width, radius: 4 + gap });
  }

  /**
   * @param {any} pen
   * @param {number} e
   */
  line(pen, e) {
    pen.path(this.scene.lines[e].path, { stroke: this.color, width: 2.5 });
    pen.path(arrowhead(endOf(this.scene.line(e)), 3.6), { fill: this.color });
  }

  /**
   * What a step passes along a line: upstream times local, and the product.
   *
   * @param {any} pen
   * @param {number} e
   * @param {Contribution[]} uses
   */
  pill(pen, e, uses) {
    const { highlight, background, text } = this.theme;
    const total = uses.reduce((sum, { product }) => sum + product, 0);
    const [{ upstream, local }] = uses;
    const above =
      uses.length > 1
        ? [[`${uses.length} uses`, text]]
        : [
            [shown(upstream), highlight],
            [" × ", text],
            [local < 0 ? `(${shown(local)})` : shown(local), text],
          ];
    const rows = [above, [[`= ${shown(total)}`, highlight]]];
    const widthOf = (/** @type {string} */ part) => pen.widthOf(part, LETTERS, true);
    const widths = rows.map((row) => row.reduce((sum, [part]) => sum + widthOf(part), 0));
    const anchor = this.scene.anchor(e);
    const [width, height] = [Math.max(...widths) + 12, 2 * ROW + 5];
    const x = Math.max(anchor.x, this.from(e, anchor.x) + width / 2);
    const place = { x: x - width / 2, y: anchor.y - height / 2, width, height };
    pen.rectangle(place, { fill: background, stroke: highlight, width: 1.5, radius: 7 });
    for (const [n, row] of rows.entries()) {
      let at = x - widths[n] / 2;
      const y = place.y + ROW * (n + 1);
      for (const [part, color] of row) {
        pen.text(part, at, y, { size: LETTERS, bold: true, color, align: "left" });
        at += widthOf(part);
      }
    }
  }

  /**
   * Where the box ends that a line comes from, if that is before a point of it.
   *
   * @param {number} e
   * @param {number} x
   */
  from(e, x) {
    const { x: left, width } = this.scene.boxes[this.scene.lines[e].tail];
    return left + width < x ? left + width + 4 : -Infinity;
  }

  /**
   * @param {any} pen
   * @param {number} e
   * @param {number} travelled
   */
  dot(pen, e, travelled) {
    const { x, y } = pointOn(this.scene.line(e), this.isForward ? travelled : 1 - travelled);
    const place = { x: x - 5, y: y - 5, width: 10, height: 10 };
    pen.rectangle(place, { fill: this.color, radius: 5 });
  }
}
