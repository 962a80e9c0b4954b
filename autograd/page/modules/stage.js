// The picture on the page: its canvas, and what a pointer does there.

import { Camera } from "./camera.js";
import { theme } from "./colors.js";
import { h } from "./dom.js";
import { Drawer } from "./draw.js";
import { Marks } from "./marks.js";
import { cleaned, nudge } from "./numbers.js";
import { CanvasPen } from "./pens.js";
import { READABLE as BEGINNING } from "./scenes.js";
import { Tiles } from "./tiles.js";

/** @typedef {import("./page.js").Page} Page */

const READABLE = 0.72; // the least scale to look at a step
const LEAST = 0.02; // the least scale, unless a picture is too large for it
const SEEN = 0.25; // the least scale to see a scene
const CLICK = 4; // pixels that a pointer may move between down and up
const SCRUB = 8; // pixels for a nudge of an input
const BUSY = 0.12; // the scale from which on a scene of many boxes may be drawn in every frame
const DIRECT = 500; // boxes, and lines, that are drawn in every frame

/** The picture, which is drawn when something has changed. */
export class Stage {
  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    this.canvas = /** @type {HTMLCanvasElement} */ (h("canvas", { "aria-hidden": "true" }));
    this.element = /** @type {HTMLElement} */ (
      h(
        "div",
        {
          class: "stage",
          tabindex: 0,
          role: "application",
          "aria-roledescription": "graph",
          "aria-label":
            `Graph of ${page.graph.name(page.graph.root)}. Arrow keys walk from box to box, ` +
            "the full stop takes a step, question mark lists all keys.",
        },
        this.canvas,
      )
    );
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    this.camera = new Camera(() => this.ask());
    this.theme = theme();
    this.tiles = new Tiles();
    /** @type {{drawer: Drawer, marks: Marks} | null} */
    this.layers = null; // of the scene with its numbers at the step
    this.settling = 0;
    this.still = ""; // where the camera was when nothing moved
    this.frame = 0;
    this.isPlaced = false;
    this.begun = ""; // where the camera was at the beginning
    /** @type {{x: number, y: number, scale: number} | null} */
    this.printed = null; // where the camera was before what is on paper
    /** @type {Map<number, {x: number, y: number}>} */
    this.pointers = new Map();
    this.moved = 0;
    this.scrubs = 0;
    /** @type {{node: number, from: number, x: number, by: string} | null} */
    this.scrub = null;
    page.parts.push((what) => this.update(what));
    this.listen();
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
    const { width, height } = this.page.scene;
    const { drawer, marks } = this.drawn();
    drawer.draw(pen, 1, { x: 0, y: 0, width, height });
    marks.draw(pen, this.page);
  }

  // ── The camera ──────────────────────────────────────────────────────────────

  /** @param {boolean} [flies] */
  fit(flies = false) {
    const { width, height } = this.page.scene;
    const scale = Math.min(this.camera.fitting({ width, height }), 1.5);
    this.camera.least = Math.min(scale / 2, LEAST);
    this.camera.show({ x: 0, y: 0, width, height }, scale, flies);
  }

  /** Show all of another scene, or if that is too small, what is selected. */
  arrive() {
    this.fit(true);
    const { selected, scene } = this.page;
    if (selected < 0 || this.camera.fitting(scene) >= SEEN) return;
    this.camera.show(scene.boxes[scene.part[selected]], READABLE, true, scene);
  }

  /** Show the scene to begin with: all of it, or as much of its beginning as can be read. */
  begin() {
    const { page, camera } = this;
    page.begin = page.scenes.readable(camera);
    page.show(page.begin);
    const { width, height } = page.scene;
    this.fit();
    const whole = { x: 0, y: 0, width: 0, height };
    if (camera.scale < BEGINNING) camera.show(whole, READABLE, false, { width, height });
    this.begun = this.view;
  }

  /** Where the camera is, as a text. */
  get view() {
    const { x, y, scale } = this.camera;
    return `${x} ${y} ${scale}`;
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
    if (camera.scale >= READABLE && camera.sees(place)) return;
    const wanted = camera.scale >= READABLE ? camera.scale : 1;
    camera.show(place, Math.min(wanted, camera.fitting(place)), true, page.scene);
  }

  /**
   * Show a node, unless it is in sight.
   *
   * @param {number} node
   */
  find(node) {
    const place = this.page.scene.boxes[this.page.scene.part[node]];
    if (this.camera.scale >= READABLE && this.camera.sees(place)) return;
    this.camera.show(place, Math.max(this.camera.scale, READABLE), true, this.page.scene);
  }

  /** The stage has another size, or its first one. */
  resize() {
    const { width, height } = this.element.getBoundingClientRect();
    if (!width || !height) return;
    const middle = this.camera.toPicture(this.camera.width / 2, this.camera.height / 2);
    Object.assign(this.camera, { width, height });
    if (this.printed) this.fit();
    else if (this.begun === this.view) this.begin();
    else if (this.isPlaced) {
      this.camera.show({ ...middle, width: 0, height: 0 }, this.camera.scale);
    }
    this.isPlaced = true;
  }

  // ── The pointer ─────────────────────────────────────────────────────────────

  listen() {
    const { element } = this;
    element.addEventListener("pointerdown", (event) => this.down(event));
    element.addEventListener("pointermove", (event) => this.move(event));
    element.addEventListener("pointerup", (event) => this.up(event));
    element.addEventListener("pointercancel", (event) => this.pointers.delete(event.pointerId));
    element.addEventListener("pointerleave", () => this.page.hover(-1));
    element.addEventListener("dblclick", (event) => this.open(this.at(event)));
    element.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    new ResizeObserver(() => this.resize()).observe(element);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.recolor());
    matchMedia("print").addEventListener("change", ({ matches }) => this.print(matches));
  }

  /**
   * On paper, show all of the scene; and then again what was seen before.
   *
   * @param {boolean} begins
   */
  print(begins) {
    const { x, y, scale } = this.camera;
    const before = this.printed;
    this.printed = begins ? { x, y, scale } : null;
    this.resize();
    if (begins) this.fit();
    else if (before) this.camera.set(before);
    this.recolor();
  }

  recolor() {
    this.theme = theme();
    this.layers = null;
    this.draw();
  }

  /**
   * The point of the picture where a pointer is.
   *
   * @param {{clientX: number, clientY: number}} event
   */
  at({ clientX, clientY }) {
    const { left, top } = this.element.getBoundingClientRect();
    return this.camera.toPicture(clientX - left, clientY - top);
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (event.button) return;
    this.element.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.moved = 0;
    const { selected: node, graph, scene } = this.page;
    const { x, y } = this.at(event);
    this.scrub = null;
    if (this.pointers.size === 1 && this.canDrag(scene.boxAt(x, y))) {
      const from = graph.tape.value[node];
      this.scrub = { node, from, x: event.clientX, by: `drag ${this.scrubs++}` };
    }
  }

  /**
   * True if the number of a box can be dragged: that of an input, once it is selected.
   *
   * @param {number} box
   */
  canDrag(box) {
    const { selected, scene } = this.page;
    return (
      selected >= 0 &&
      box === scene.part[selected] &&
      scene.isValue(box) &&
      !this.page.locked(selected)
    );
  }

  /** @param {PointerEvent} event */
  move(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) {
      const { x, y } = this.at(event);
      this.page.hover(this.page.scene.boxAt(x, y));
      this.element.classList.toggle("points", this.page.hovered >= 0);
      this.element.classList.toggle("drags", this.canDrag(this.page.hovered));
      return;
    }
    const now = { x: event.clientX, y: event.clientY };
    this.moved += Math.abs(now.x - before.x) + Math.abs(now.y - before.y);
    if (this.scrub) this.drag(now.x);
    else if (this.pointers.size === 1) this.camera.pan(now.x - before.x, now.y - before.y);
    else this.pinch(event.pointerId, before, now);
    this.pointers.set(event.pointerId, now);
  }

  /** @param {number} x */
  drag(x) {
    if (!this.scrub || this.moved <= CLICK) return;
    const { node, from, by } = this.scrub;
    const count = Math.round((x - this.scrub.x) / SCRUB);
    this.page.edit(node, cleaned(from + count * nudge(from)), by);
  }

  /**
   * @param {number} id
   * @param {{x: number, y: number}} before
   * @param {{x: number, y: number}} now
   */
  pinch(id, before, now) {
    const [other] = [...this.pointers].filter(([each]) => each !== id).map(([, point]) => point);
    const distance = (/** @type {{x: number, y: number}} */ point) =>
      Math.hypot(point.x - other.x, point.y - other.y);
    const { left, top } = this.element.getBoundingClientRect();
    const factor = distance(now) / Math.max(distance(before), 1);
    this.camera.zoom(factor, (now.x + other.x) / 2 - left, (now.y + other.y) / 2 - top);
    this.camera.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
  }

  /** @param {PointerEvent} event */
  up(event) {
    this.pointers.delete(event.pointerId);
    this.scrub = null;
    if (this.moved > CLICK) return;
    const { x, y } = this.at(event);
    const box = this.page.scene.boxAt(x, y);
    const nodes = box < 0 ? [] : this.page.scene.nodes[box];
    this.page.select(nodes.length ? nodes[nodes.length - 1] : -1);
  }

  /**
   * Open what is at a point: a folded box, a frame by its title to close it, or an input to
   * change it.
   *
   * @param {{x: number, y: number}} point
   */
  open({ x, y }) {
    const { page } = this;
    const box = page.scene.boxAt(x, y);
    const group = page.scene.titleAt(x, y);
    if (box < 0) return void (group >= 0 && page.toggle(group));
    this.enter(box);
  }

  /** @param {number} box */
  enter(box) {
    const { page } = this;
    const [node] = page.scene.nodes[box];
    if (!page.scene.isValue(box)) page.open(node);
    else if (!page.locked(node)) page.changed("edit");
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    event.preventDefault();
    const { left, top } = this.element.getBoundingClientRect();
    const isSideways = !event.ctrlKey && Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (isSideways || event.shiftKey)
      this.camera.pan(-event.deltaX - (event.shiftKey ? event.deltaY : 0), 0);
    else
      this.camera.zoom(Math.exp(-event.deltaY * 0.0015), event.clientX - left, event.clientY - top);
  }
}
