// The picture on the page: its canvas, and what of it is seen.

import { Camera } from "./camera.js";
import { theme } from "./colors.js";
import { find } from "./dom.js";
import { Drawer } from "./draw.js";
import { Marks } from "./marks.js";
import { CanvasPen } from "./pens.js";
import { READABLE } from "./scenes.js";
import { Tiles } from "./tiles.js";

/** @typedef {import("./page.js").Page} Page */

const CLEAR = 0.72; // the least scale to look at a step
const LEAST = 0.02; // the least scale, unless a picture is too large for it
const SEEN = 0.25; // the least scale to see a scene
const BUSY = 0.12; // the scale from which on a scene of many boxes may be drawn in every frame
const DIRECT = 500; // boxes, and lines, that are drawn in every frame

/** The picture, which is drawn when something has changed. */
export class Stage {
  /** @type {HTMLElement} */
  element = find(".stage");
  /** @type {HTMLCanvasElement} */
  canvas = find(".stage canvas");

  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    this.camera = new Camera(() => this.ask());
    this.theme = theme();
    this.tiles = new Tiles();
    /** @type {{drawer: Drawer, marks: Marks} | null} */
    this.layers = null; // of the scene with its numbers at the step
    this.settling = 0;
    this.still = ""; // where the camera was when nothing moved
    this.frame = 0;
    this.begun = ""; // where the camera was at the beginning
    /** @type {{x: number, y: number, scale: number} | null} */
    this.printed = null; // where the camera was before what is on paper
    page.parts.push((what) => this.update(what));
    new ResizeObserver(() => this.resize()).observe(this.element);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.recolor());
    matchMedia("print").addEventListener("change", ({ matches }) => this.print(matches));
  }

  /** @param {string} what */
  update(what) {
    if (what === "scene") this.arrive();
    if (what === "step") this.follow();
    if (["numbers", "step", "scene"].includes(what)) this.layers = null;
    if (what !== "said") this.ask();
  }

  /** Draw in the next frame. */
  ask() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  draw() {
    const { canvas, context, camera } = this;
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(camera.width * ratio), Math.round(camera.height * ratio)];
    if (canvas.width !== width || canvas.height !== height)
      Object.assign(canvas, { width, height });
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = this.theme.background;
    context.fillRect(0, 0, width, height);
    const scale = camera.scale * ratio;
    const move = () =>
      context.setTransform(scale, 0, 0, scale, -camera.x * scale, -camera.y * scale);
    const { drawer, marks } = this.drawn();
    const pen = new CanvasPen(context);
    const canRead = camera.scale >= SEEN;
    if (this.isBusy() && !this.printed && !(canRead && this.still === this.view)) {
      if (!this.tiles.draw(context, camera, ratio, drawer)) this.ask();
      if (canRead) this.settle();
      move();
    } else {
      move();
      drawer.draw(pen, camera.scale, camera.seen);
    }
    marks.draw(pen, this.page);
  }

  /** Draw without tiles, whose letters are blurred, once nothing moves. */
  settle() {
    window.clearTimeout(this.settling);
    this.settling = window.setTimeout(() => {
      this.still = this.view;
      this.ask();
    }, 150);
  }

  /** True if more is in sight than can be drawn in every frame. */
  isBusy() {
    const { scene } = this.page;
    const { seen, scale } = this.camera;
    return (
      scene.count > DIRECT &&
      (scale < BUSY || scene.grid.exceeds(seen, DIRECT) || scene.strokes.grid.exceeds(seen, DIRECT))
    );
  }

  /** What draws the scene with its numbers at the step, and what marks the step. */
  drawn() {
    const { scene, steps, position } = this.page;
    this.layers ??= {
      drawer: new Drawer(scene, this.theme, steps, position),
      marks: new Marks(scene, this.theme, steps, position),
    };
    return this.layers;
  }

  /**
   * Draw all of the scene.
   *
   * @param {any} pen
   */
  drawAll(pen) {
    const { drawer, marks } = this.drawn();
    drawer.draw(pen, 1, this.page.scene.whole);
    marks.draw(pen, this.page);
  }

  // ── The camera ──────────────────────────────────────────────────────────────

  /** @param {boolean} [flies] */
  fit(flies = false) {
    const { whole } = this.page.scene;
    const scale = Math.min(this.camera.fitting(whole), 1.5);
    this.camera.least = Math.min(scale / 2, LEAST);
    this.camera.show(whole, scale, flies);
  }

  /** Show all of another scene, or if that is too small, what is selected. */
  arrive() {
    this.fit(true);
    const { selected, scene } = this.page;
    if (selected < 0 || this.camera.fitting(scene.whole) >= SEEN) return;
    this.camera.show(scene.boxes[scene.part[selected]], CLEAR, true, scene.whole);
  }

  /** Show the scene to begin with: all of it, or as much of its beginning as can be read. */
  begin() {
    const { page, camera } = this;
    page.begin = page.scenes.readable(camera);
    page.show(page.begin);
    const { whole } = page.scene;
    this.fit();
    if (camera.scale < READABLE) camera.show({ ...whole, width: 0 }, CLEAR, false, whole);
    this.begun = this.view;
  }

  /** Where the camera is, as a text. */
  get view() {
    return Object.values(this.camera.position).join(" ");
  }

  /** Show all that takes part in the step, unless it is in sight and large enough. */
  follow() {
    const { page, camera } = this;
    const boxes = new Set();
    for (const { kind, node } of page.steps.run(page.scene, page.position)) {
      if (node < 0) continue;
      boxes.add(page.scene.part[node]);
      if (kind !== "seed") for (const i of page.graph.inputs(node)) boxes.add(page.scene.part[i]);
    }
    if (!boxes.size) return;
    const place = page.scene.around(boxes);
    const wanted = camera.scale >= CLEAR ? camera.scale : 1;
    this.approach(place, Math.min(wanted, camera.fitting(place)));
  }

  /**
   * Show a node, unless it is in sight and large enough.
   *
   * @param {number} node
   */
  find(node) {
    const { boxes, part } = this.page.scene;
    this.approach(boxes[part[node]], Math.max(this.camera.scale, CLEAR));
  }

  /**
   * Show a place at a scale, unless it is in sight and large enough.
   *
   * @param {import("./scene.js").Place} place
   * @param {number} scale
   */
  approach(place, scale) {
    const { camera, page } = this;
    if (camera.scale >= CLEAR && camera.sees(place)) return;
    camera.show(place, scale, true, page.scene.whole);
  }

  /** The stage has another size, or its first one. */
  resize() {
    const { width, height } = this.element.getBoundingClientRect();
    if (!width || !height) return;
    const middle = this.camera.toPicture(this.camera.width / 2, this.camera.height / 2);
    Object.assign(this.camera, { width, height });
    if (this.printed) this.fit();
    else if (this.begun === this.view) this.begin();
    else this.camera.show({ ...middle, width: 0, height: 0 }, this.camera.scale);
  }

  /**
   * On paper, show all of the scene; and then again what was seen before.
   *
   * @param {boolean} begins
   */
  print(begins) {
    const before = this.printed;
    this.printed = begins ? this.camera.position : null;
    this.resize();
    if (begins) this.fit();
    else if (before) this.camera.set(before);
    this.recolor();
  }

  recolor() {
    this.theme = theme();
    this.layers = null;
    this.draw();
    this.page.changed("theme");
  }

  /** @param {number} box */
  enter(box) {
    const { page } = this;
    const [node] = page.scene.nodes[box];
    if (!page.scene.isValue(box)) page.open(node);
    else if (!page.locked(node)) page.changed("edit");
  }
}
