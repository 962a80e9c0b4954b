// The picture of a scene at a step: frames, lines, boxes, and what a step adds to them.

import { readableOn, Scale } from "./colors.js";
import { shown } from "./numbers.js";
import { meet } from "./scene.js";
import { largest, Texts } from "./texts.js";

/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {import("./scene.js").Place} Place */
/** @typedef {import("./steps.js").Contribution} Contribution */

const FONT_SIZE = 12;
const LINE_HEIGHT = 1.3;
const FULL = 0.62; // from this scale on, all texts are shown
const CARD = 0.25; // from this scale on, a name and one number
const FAINT = 0.4; // the opacity of what is not computed yet
const PILL = 10.5; // the size of the letters of a step
const ROW = 12.5; // the height of their lines
const AROUND = 20; // the most that a box or a line has around it: rings, and texts

/**
 * What is drawn, besides the scene.
 *
 * @typedef {object} View
 * @property {import("./steps.js").Steps} steps
 * @property {number} position
 * @property {number} selected a node, or -1
 * @property {number} hovered a box, or -1
 * @property {number} travelled the share of its way that the dot of a step has gone, 0 to 1
 * @property {number} scale
 * @property {Place} seen the part of the picture that is in sight
 */

/** Draws a scene with a pen. */
export class Drawer {
  /**
   * @param {any} pen
   * @param {Scene} scene
   * @param {import("./colors.js").Theme} theme
   * @param {View} view
   */
  constructor(pen, scene, theme, view) {
    this.pen = pen;
    this.scene = scene;
    this.graph = scene.graph;
    this.theme = theme;
    this.view = view;
    this.says = new Texts(scene, view.steps, view.position);
    this.color = new Scale(this.strongest());
    this.run = view.steps.run(scene, view.position);
    /** @type {Map<number, Contribution[]>} */
    this.passed = new Map(); // by line, what the current step passes on
    this.current = -1;
    const last = this.run[this.run.length - 1];
    if (last && last.node >= 0) this.current = scene.part[last.node];
    for (const { kind, node } of this.run) {
      const hasUses = kind === "backward" || kind === "forward";
      for (const use of hasUses ? view.steps.passedOn(node) : []) {
        const line = scene.lineOf.get(use.place);
        if (line !== undefined) this.passed.set(line, [...(this.passed.get(line) ?? []), use]);
      }
    }
    this.isForward = last?.kind === "forward";
  }

  /** Draw all of it. */
  draw() {
    const others = [...this.scene.lines.keys()].filter(
      (e) => !this.passed.has(e) && this.sees(this.scene.extent(e)),
    );
    for (const frame of this.scene.frames) this.frame(frame);
    for (const e of [...others, ...this.passed.keys()]) this.line(e);
    for (const [box, place] of this.scene.boxes.entries()) if (this.sees(place)) this.box(box);
    if (this.view.scale >= FULL) for (const e of others) this.label(e);
    if (this.view.scale >= CARD) this.titles();
    if (!this.isForward) for (const [e, uses] of this.passed) this.pill(e, uses);
    if (this.view.travelled < 1) for (const e of this.passed.keys()) this.dot(e);
  }

  /**
   * True if a place, with what is drawn around it, is in sight.
   *
   * @param {Place} place
   */
  sees({ x, y, width, height }) {
    const around = {
      x: x - AROUND,
      y: y - AROUND,
      width: width + 2 * AROUND,
      height: height + 2 * AROUND,
    };
    return meet(around, this.view.seen);
  }

  /** The strongest gradient of each box, on whose scale the colours are. */
  strongest() {
    return this.scene.nodes.map((nodes) => largest(nodes.map((i) => this.graph.grad[i])));
  }

  // ── Frames and lines ────────────────────────────────────────────────────────

  /** @param {{group: number, place: Place}} frame */
  frame({ group, place }) {
    let level = 0;
    for (let g = this.graph.groups[group].parent; g !== null; g = this.graph.groups[g].parent)
      level++;
    const { frames } = this.theme;
    const stroke = this.theme["frame-stroke"];
    this.pen.rectangle(place, { fill: frames[level % frames.length], stroke, radius: 6 });
  }

  /** The titles of frames; one that would collide with one before is left out. */
  titles() {
    const size = this.view.scale >= FULL ? FONT_SIZE : Math.min(10 / this.view.scale, 18);
    let floor = -Infinity,
      end = -Infinity;
    for (const { group, place } of this.scene.frames) {
      const { title } = this.graph.groups[group];
      const y = place.y + 4 + size;
      const width = this.pen.widthOf(title, size);
      if (width > place.width || (y - floor < size * 1.1 && place.x < end)) continue;
      this.pen.text(title, place.x + 8, y, {
        size,
        color: this.theme["frame-text"],
        align: "left",
      });
      [floor, end] = [y, place.x + width + 8];
    }
  }

  /** @param {number} e */
  line(e) {
    const curve = this.scene.curve(e);
    const isPassed = this.passed.has(e);
    const marked = this.isForward ? this.theme.text : this.theme.highlight;
    const color = isPassed ? marked : this.theme.edge;
    const alpha = this.view.scale < 0.3 && !isPassed ? 0.45 : 1;
    this.pen.curve(curve, { stroke: color, width: isPassed ? 2.5 : 1, alpha });
    const {
      tip,
      way: { x: dx, y: dy },
    } = curve;
    const [length, half] = [6.6, isPassed ? 3.6 : 2.7];
    this.pen.polygon(
      [
        [tip.x + dx * length, tip.y + dy * length],
        [tip.x - dy * half, tip.y + dx * half],
        [tip.x + dy * half, tip.y - dx * half],
      ],
      color,
    );
  }

  /**
   * The local derivative beside a line, or the number of uses that it stands for.
   *
   * @param {number} e
   */
  label(e) {
    const { uses, label } = this.scene.lines[e];
    if (!label) return;
    const isKnown = this.view.steps.isComputed(this.view.position, this.graph.tape.owner[uses[0]]);
    const text = uses.length > 1 ? `×${uses.length}` : shown(this.graph.tape.local[uses[0]]);
    if (!isKnown && uses.length === 1) return;
    const { x, y } = this.scene.anchor(e);
    this.pen.text(text, x, y - 4, { size: 10.2, color: this.theme.muted });
  }

  /**
   * What a step passes along a line: upstream times local, and the product.
   *
   * @param {number} e
   * @param {Contribution[]} uses
   */
  pill(e, uses) {
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
    const widths = rows.map((row) =>
      row.reduce((sum, [part]) => sum + this.pen.widthOf(part, PILL, true), 0),
    );
    const anchor = this.scene.anchor(e);
    const { y } = anchor;
    const [width, height] = [Math.max(...widths) + 12, 2 * ROW + 5];
    const x = Math.max(anchor.x, this.from(e, anchor.x) + width / 2);
    const place = { x: x - width / 2, y: y - height / 2, width, height };
    this.pen.rectangle(place, { fill: background, stroke: highlight, width: 1.5, radius: 7 });
    for (const [n, row] of rows.entries()) {
      let at = x - widths[n] / 2;
      for (const [part, color] of row) {
        this.pen.text(part, at, place.y + ROW * (n + 1), {
          size: PILL,
          bold: true,
          color,
          align: "left",
        });
        at += this.pen.widthOf(part, PILL, true);
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

  /** @param {number} e */
  dot(e) {
    const { element, length } = this.scene.curve(e);
    const share = this.isForward ? this.view.travelled : 1 - this.view.travelled;
    const { x, y } = element.getPointAtLength(share * length);
    const fill = this.isForward ? this.theme.text : this.theme.highlight;
    this.pen.rectangle({ x: x - 5, y: y - 5, width: 10, height: 10 }, { fill, radius: 5 });
  }

  // ── Boxes ───────────────────────────────────────────────────────────────────

  /** @param {number} box */
  box(box) {
    const place = this.scene.boxes[box];
    const nodes = this.scene.nodes[box];
    const isKnown = nodes.some((i) => this.view.steps.isComputed(this.view.position, i));
    const alpha = isKnown ? 1 : FAINT;
    const { fill, dashed } = this.fill(box);
    this.pen.rectangle(place, { fill: this.theme.background });
    this.pen.rectangle(place, { fill, stroke: this.theme.stroke, radius: 4, alpha, dashed });
    const around = { ...place, radius: 6 };
    if (box === this.current) this.ring(around, 3, 3.5, this.theme.highlight);
    if (this.view.selected >= 0 && box === this.scene.part[this.view.selected]) {
      this.ring(around, box === this.current ? 7 : 1.5, 2.5, this.theme.text);
    } else if (box === this.view.hovered) this.ring(around, 1.5, 1.5, this.theme.text);
    if (this.view.scale < CARD) return;
    const color =
      fill.startsWith("#") && this.says.gradientOf(box) !== null
        ? readableOn(fill)
        : this.theme.text;
    if (this.view.scale < FULL) this.card(box, place, color, alpha);
    else this.texts(box, place, color, alpha);
  }

  /**
   * @param {Place} place
   * @param {number} gap
   * @param {number} width
   * @param {string} stroke
   */
  ring({ x, y, width: w, height: h }, gap, width, stroke) {
    const place = { x: x - gap, y: y - gap, width: w + 2 * gap, height: h + 2 * gap };
    this.pen.rectangle(place, { stroke, width, radius: 4 + gap });
  }

  /** @param {number} box */
  fill(box) {
    const gradient = this.says.gradientOf(box);
    if (gradient !== null) {
      return {
        fill: this.color.color(gradient, this.theme),
        dashed: this.theme.dashes === "1" && gradient < 0,
      };
    }
    const [first] = this.scene.nodes[box];
    const plain = this.scene.isValue(box)
      ? this.graph.tape.isLeaf(first)
        ? "leaf"
        : "box"
      : "folded";
    return { fill: this.theme[plain], dashed: false };
  }

  /**
   * A name and one number, in large letters.
   *
   * @param {number} box
   * @param {Place} place
   * @param {string} color
   * @param {number} alpha
   */
  card(box, place, color, alpha) {
    const { name, number } = this.says.card(box);
    const middle = place.y + place.height / 2;
    const rows = [
      [name, true, 20],
      [number, false, 18],
    ].filter(([text]) => text);
    rows.forEach(([text, bold, most], n) => {
      const width = this.pen.widthOf(text, 10, bold) / 10;
      const size = Math.min(Number(most), (place.width - 8) / width);
      const y = rows.length === 1 ? middle + size / 3 : middle + (n ? 20 : -4);
      this.pen.text(text, place.x + place.width / 2, y, { size, bold, color, alpha });
    });
  }

  /**
   * All texts of a box.
   *
   * @param {number} box
   * @param {Place} place
   * @param {string} color
   * @param {number} alpha
   */
  texts(box, place, color, alpha) {
    const rows = this.says.rows(box);
    const height = rows.reduce((sum, [, scale]) => sum + scale, 0) * FONT_SIZE * LINE_HEIGHT;
    let y = place.y + (place.height - height) / 2;
    for (const [text, scale, bold] of rows) {
      const size = scale * FONT_SIZE;
      const room = place.width - 6;
      const fitting = Math.min(
        size,
        (size * room) / Math.max(this.pen.widthOf(text, size, bold), 1),
      );
      this.pen.text(text, place.x + place.width / 2, y + 0.97 * size, {
        size: fitting,
        bold,
        color,
        alpha,
      });
      y += size * LINE_HEIGHT;
    }
  }
}
