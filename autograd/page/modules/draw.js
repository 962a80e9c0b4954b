// The picture of a scene at a step, without what marks the step: frames, lines and boxes.

import { readableOn } from "./colors.js";
import { meet, widened } from "./grid.js";
import { shown } from "./numbers.js";
import { pathOf } from "./paths.js";
import { largest, Texts } from "./texts.js";

/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {import("./scene.js").Place} Place */

const FONT_SIZE = 12;
const LINE_HEIGHT = 1.3;
const FULL = 0.62; // from this scale on, all texts are shown
const CARD = 0.25; // from this scale on, a name and one number
const DOTS = 0.012; // below this scale, boxes are a few pixels
const LINES = 0.015; // from this scale on, lines
const BLOCK = 28; // a group is one block if it has fewer pixels of the screen than this
const FAINT = 0.4; // the opacity of what is not computed yet
const AROUND = 20; // the most that a box or a line has around it: arrowheads, and texts
const MOST_STROKES = 1500; // that are drawn at once; of more, the long ones are thinned
const MOST_DOTS = 3000; // of them that are drawn at once

/** Draws a scene with its numbers as they are at a step. */
export class Drawer {
  /**
   * @param {Scene} scene
   * @param {import("./colors.js").Theme} theme
   * @param {import("./steps.js").Steps} steps
   * @param {number} position
   */
  constructor(scene, theme, steps, position) {
    this.scene = scene;
    this.graph = scene.graph;
    this.theme = theme;
    this.steps = steps;
    this.position = position;
    this.says = new Texts(scene, steps, position);
    this.color = scene.scale();
    /** @type {{fill: string, dashed: boolean, alpha: number}[]} */
    this.looks = [];
    /** @type {import("./texts.js").Row[][]} */
    this.rows = [];
    /** @type {number[] | null} */
    this.strongest = null; // of each group
  }

  /**
   * Draw what is in sight.
   *
   * @param {any} pen
   * @param {number} scale
   * @param {Place} seen
   */
  draw(pen, scale, seen) {
    const near = widened(seen, AROUND);
    const isHidden = this.frames(pen, scale, near);
    if (scale >= LINES) this.lines(pen, scale, near);
    const boxes = this.scene.grid.within(near);
    const every = scale < DOTS ? Math.ceil(boxes.length / MOST_DOTS) : 1;
    for (const [n, box] of boxes.entries()) {
      if (n % every || isHidden(this.scene.groupAround(this.scene.nodes[box][0]))) continue;
      this.box(pen, scale, box);
    }
    if (scale >= FULL) this.labels(pen, near);
    if (scale >= CARD) this.titles(pen, scale, near);
  }

  // ── Frames and lines ────────────────────────────────────────────────────────

  /**
   * Draw the frames; of a small group one block instead.
   *
   * @param {any} pen
   * @param {number} scale
   * @param {Place} near
   * @returns {(group: number) => boolean} true of a group whose content is not to be seen
   */
  frames(pen, scale, near) {
    const { groups } = this.graph;
    const { frames, frame_stroke: stroke } = this.theme;
    const isBlock = (/** @type {number | null} */ group) =>
      scale < CARD && group !== null && this.scene.breadths[group] * scale < BLOCK;
    for (const { group, place } of this.scene.frames) {
      if (isBlock(groups[group].parent) || !meet(place, near)) continue;
      const fill = isBlock(group)
        ? this.blockFill(group)
        : frames[(groups[group].level - 1) % frames.length];
      pen.rectangle(place, { fill, stroke, radius: 6 });
    }
    return isBlock;
  }

  /**
   * The colour of the strongest gradient in a group.
   *
   * @param {number} group
   */
  blockFill(group) {
    const { says, theme } = this;
    if (!says.gradients) return theme.folded;
    this.strongest ??= this.strongestOf(says.gradients);
    return this.color.color(this.strongest[group], theme);
  }

  /**
   * The strongest gradient in each group.
   *
   * @param {Float64Array} gradients
   */
  strongestOf(gradients) {
    const { groups, group } = this.graph;
    /** @type {number[]} */
    const found = groups.map(() => 0);
    for (const [i, gradient] of gradients.entries())
      for (let g = group[i]; g >= 0; g = groups[g].parent ?? -1)
        found[g] = largest([found[g], gradient]);
    return found;
  }

  /**
   * The titles of frames; one that would collide with one before is left out.
   *
   * @param {any} pen
   * @param {number} scale
   * @param {Place} near
   */
  titles(pen, scale, near) {
    const size = scale >= FULL ? FONT_SIZE : Math.min(10 / scale, 18);
    let floor = -Infinity,
      end = -Infinity;
    for (const { group, place } of this.scene.frames) {
      if (!meet(place, near)) continue;
      const { title } = this.graph.groups[group];
      const y = place.y + 4 + size;
      const width = pen.widthOf(title, size);
      if (width > place.width || (y - floor < size * 1.1 && place.x < end)) continue;
      const color = this.theme.frame_text;
      pen.text(title, place.x + 8, y, { size, color, align: "left" });
      [floor, end] = [y, place.x + width + 8];
    }
  }

  /**
   * Draw the lines, all in one.
   *
   * @param {any} pen
   * @param {number} scale
   * @param {Place} near
   */
  lines(pen, scale, near) {
    const { strokes, paths, grid, tips } = this.scene.strokes;
    const all = grid.within(near);
    const reach = Math.max(near.width, near.height);
    const isLong = (/** @type {number} */ n) => strokes[n].width + strokes[n].height > reach;
    const every = all.length > MOST_STROKES ? all.filter(isLong).length / MOST_STROKES : 1;
    const drawn = all.filter((n) => n % Math.ceil(every || 1) === 0 || !isLong(n));
    const alpha = scale < 0.3 ? 0.45 : 1;
    const { edge } = this.theme;
    const width = Math.max(1, 0.5 / scale);
    for (const n of drawn) if (!isLong(n)) paths[n] ??= pathOf(strokes[n], strokes[n]);
    const path = drawn.map((n) => (isLong(n) ? pathOf(strokes[n], near) : paths[n])).join("");
    pen.path(path, { stroke: edge, width, alpha });
    if (scale < CARD) return;
    const ends = tips.within(near).map((n) => arrowhead(/** @type {any} */ (tips.places[n]), 2.7));
    pen.path(ends.join(""), { fill: edge });
  }

  /**
   * The local derivatives beside lines, or the number of uses that a line stands for.
   *
   * @param {any} pen
   * @param {Place} near
   */
  labels(pen, near) {
    const { tape } = this.graph;
    for (const { uses, label } of this.scene.labelled) {
      if (!meet(label, near)) continue;
      if (uses.length === 1 && !this.steps.isComputed(this.position, tape.owner[uses[0]])) continue;
      const text = uses.length > 1 ? `×${uses.length}` : shown(tape.local[uses[0]]);
      const { x, y, width, height } = label;
      pen.text(text, x + width / 2, y + height - 2, { size: 10.2, color: this.theme.muted });
    }
  }

  // ── Boxes ───────────────────────────────────────────────────────────────────

  /**
   * @param {any} pen
   * @param {number} scale
   * @param {number} box
   */
  box(pen, scale, box) {
    const place = this.scene.boxes[box];
    this.looks[box] ??= this.look(box);
    const { fill, dashed, alpha } = this.looks[box];
    const { background, stroke, text } = this.theme;
    if (scale < CARD) {
      const outline = scale < CARD / 2 ? undefined : stroke;
      const { x, y } = place;
      const least = 1.2 / scale; // so that it can be seen
      const [width, height] = [Math.max(place.width, least), Math.max(place.height, least)];
      return pen.rectangle({ x, y, width, height }, { fill, alpha, stroke: outline });
    }
    pen.rectangle(place, { fill: background });
    pen.rectangle(place, { fill, stroke, radius: 4, alpha, dashed });
    const isColored = fill.startsWith("#") && this.says.gradientOf(box) !== null;
    const color = isColored ? readableOn(fill) : text;
    this[scale < FULL ? "card" : "texts"](pen, box, place, { color, alpha });
  }

  /** @param {number} box */
  look(box) {
    const gradient = this.says.gradientOf(box);
    const [first] = this.scene.nodes[box];
    const isKnown = this.scene.nodes[box].some((i) => this.steps.isComputed(this.position, i));
    const isValue = this.scene.isValue(box);
    const plain = !isValue ? "folded" : this.graph.tape.isLeaf(first) ? "leaf" : "box";
    return {
      fill: gradient === null ? this.theme[plain] : this.color.color(gradient, this.theme),
      dashed: gradient !== null && gradient < 0 && this.theme.dashes,
      alpha: isKnown ? 1 : FAINT,
    };
  }

  /**
   * A name and one number, in large letters.
   *
   * @param {any} pen
   * @param {number} box
   * @param {Place} place
   * @param {{color: string, alpha: number}} look
   */
  card(pen, box, place, look) {
    const { name, number } = this.says.card(box);
    const middle = place.y + place.height / 2;
    const rows = [
      [name, true, 20],
      [number, false, 18],
    ].filter(([text]) => text);
    rows.forEach(([text, bold, most], n) => {
      const width = pen.widthOf(text, 10, bold) / 10;
      const size = Math.min(Number(most), (place.width - 8) / width);
      const y = rows.length === 1 ? middle + size / 3 : middle + (n ? 20 : -4);
      pen.text(text, place.x + place.width / 2, y, { size, bold, ...look });
    });
  }

  /**
   * All texts of a box.
   *
   * @param {any} pen
   * @param {number} box
   * @param {Place} place
   * @param {{color: string, alpha: number}} look
   */
  texts(pen, box, place, look) {
    this.rows[box] ??= this.says.rows(box);
    const rows = this.rows[box];
    const height = rows.reduce((sum, [, scale]) => sum + scale, 0) * FONT_SIZE * LINE_HEIGHT;
    let y = place.y + (place.height - height) / 2;
    for (const [text, scale, bold] of rows) {
      const size = scale * FONT_SIZE;
      const width = Math.max(pen.widthOf(text, size, bold), 1);
      const fitting = Math.min(size, (size * (place.width - 6)) / width);
      pen.text(text, place.x + place.width / 2, y + 0.97 * size, { size: fitting, bold, ...look });
      y += size * LINE_HEIGHT;
    }
  }
}

/**
 * The path of an arrowhead at the end of a line.
 *
 * @param {{x: number, y: number, dx: number, dy: number}} end
 * @param {number} half its breadth
 */
export function arrowhead({ x, y, dx, dy }, half) {
  const [left, right] = [-half, half].map((side) => `${x + dy * side} ${y - dx * side}`);
  return `M${x + dx * 6.6} ${y + dy * 6.6}L${left} ${right}Z`;
}
