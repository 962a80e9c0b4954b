// What a reader saves: the picture as SVG or PNG, and the numbers as JSON.

import { h, s } from "./dom.js";
import { widened } from "./grid.js";
import { lists } from "./lists.js";
import { exact } from "./numbers.js";
import { CanvasPen, SvgPen } from "./pens.js";

/** @typedef {import("./page.js").Page} Page */
/** @typedef {import("./stage.js").Stage} Stage */

const FRAME = 16; // around a saved picture
const PIXELS = 2; // of a PNG for one of the picture
const MOST_PIXELS = 16000;

/**
 * Save what is seen, all of the scene, in a format.
 *
 * @param {string} format
 * @param {Page} page
 * @param {Stage} stage
 */
export function saved(format, page, stage) {
  const name = page.graph.short[page.graph.root]?.replace(/[^\w-]+/g, "_") || "graph";
  const save = (/** @type {Blob | null} */ blob) => blob && download(blob, `${name}.${format}`);
  if (format === "svg") save(new Blob([svgOf(page, stage)], { type: "image/svg+xml" }));
  if (format === "json")
    save(new Blob([JSON.stringify(stateOf(page), null, 2)], { type: "application/json" }));
  if (format === "png") canvasOf(page, stage).toBlob(save);
}

/**
 * Draw all of the scene, as it is at the step, with a margin around it.
 *
 * @param {any} pen
 * @param {Page} page
 * @param {Stage} stage
 */
function draw(pen, { scene }, stage) {
  const place = widened(scene.whole, FRAME);
  pen.rectangle(place, { fill: stage.theme.background });
  stage.drawAll(pen);
  return place;
}

/**
 * @param {Page} page
 * @param {Stage} stage
 */
function svgOf(page, stage) {
  const pen = new SvgPen(stage.context);
  const { x, y, width, height } = draw(pen, page, stage);
  const svg = s("svg", { width, height, viewBox: `${x} ${y} ${width} ${height}` }, pen.root);
  return new XMLSerializer().serializeToString(svg);
}

/**
 * @param {Page} page
 * @param {Stage} stage
 */
function canvasOf(page, stage) {
  const { width, height } = widened(page.scene.whole, FRAME);
  const scale = Math.min(PIXELS, MOST_PIXELS / Math.max(width, height));
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: width * scale, height: height * scale });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.scale(scale, scale);
  context.translate(FRAME, FRAME);
  draw(new CanvasPen(context), page, stage);
  return canvas;
}

/**
 * The numbers of the graph with all steps done, and the inputs that were changed.
 *
 * @param {Page} page
 */
function stateOf(page) {
  const { graph } = page;
  const number = (/** @type {number} */ x) => (Number.isFinite(x) ? x : exact(x));
  const changes = [...graph.changes()].map(([node, to]) => ({
    id: node,
    from: number(graph.given[node]),
    to: number(to),
  }));
  const values = lists.range(graph.count).map((id) => ({
    id,
    name: graph.short[id] ?? graph.name(id),
    operation: graph.operation(id),
    data: number(graph.tape.value[id]),
    grad: number(graph.grad[id]),
  }));
  return { title: page.title, changes, values };
}

/**
 * @param {Blob} blob
 * @param {string} name
 */
function download(blob, name) {
  const href = URL.createObjectURL(blob);
  h("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 10000);
}
