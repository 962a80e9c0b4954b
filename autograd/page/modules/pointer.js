// What a pointer does in the picture: it selects and opens, moves and scales, and drags numbers.

import { cleaned, nudge } from "./numbers.js";

const CLICK = 4; // pixels that a pointer may move between down and up
const SCRUB = 8; // pixels for a nudge of an input

/**
 * Listen to pointers.
 *
 * @param {import("./page.js").Page} page
 * @param {import("./stage.js").Stage} stage
 */
export function point(page, stage) {
  const { element, camera } = stage;
  /** @type {Map<number, {x: number, y: number}>} */
  const pointers = new Map(); // that are down, and where
  let moved = 0; // pixels since one went down
  let scrubs = 0;
  /** @type {{node: number, from: number, x: number, by: string} | null} */
  let scrub = null;

  /** @param {MouseEvent} event */
  const boxAt = ({ offsetX, offsetY }) => {
    const { x, y } = camera.toPicture(offsetX, offsetY);
    return page.scene.boxAt(x, y);
  };

  /**
   * True if the number of a box can be dragged: that of an input, once it is selected.
   *
   * @param {number} box
   */
  function canDrag(box) {
    const { selected: node, scene } = page;
    return node >= 0 && box === scene.part[node] && scene.isValue(box) && !page.locked(node);
  }

  /** @param {PointerEvent} event */
  function down(event) {
    const { button, pointerId, offsetX: x, offsetY: y } = event;
    if (button) return;
    element.setPointerCapture(pointerId);
    pointers.set(pointerId, { x, y });
    moved = 0;
    scrub = null;
    if (pointers.size > 1 || !canDrag(boxAt(event))) return;
    const node = page.selected;
    scrub = { node, from: page.graph.tape.value[node], x, by: `drag ${scrubs++}` };
  }

  /** @param {PointerEvent} event */
  function move(event) {
    const { pointerId, offsetX: x, offsetY: y } = event;
    const before = pointers.get(pointerId);
    if (!before) return hover(boxAt(event));
    moved += Math.abs(x - before.x) + Math.abs(y - before.y);
    pointers.set(pointerId, { x, y });
    if (scrub) drag(scrub, x);
    else if (pointers.size === 1) camera.pan(x - before.x, y - before.y);
    else pinch(pointerId, before, { x, y });
  }

  /** @param {number} box or -1 */
  function hover(box) {
    page.hover(box);
    element.classList.toggle("points", box >= 0);
    element.classList.toggle("drags", canDrag(box));
  }

  /**
   * @param {{node: number, from: number, x: number, by: string}} scrub
   * @param {number} x
   */
  function drag({ node, from, x: start, by }, x) {
    if (moved <= CLICK) return;
    page.edit(node, cleaned(from + Math.round((x - start) / SCRUB) * nudge(from)), by);
  }

  /**
   * @param {number} id
   * @param {{x: number, y: number}} before
   * @param {{x: number, y: number}} now
   */
  function pinch(id, before, now) {
    const [[, { x, y }]] = [...pointers].filter(([each]) => each !== id);
    const factor =
      Math.hypot(now.x - x, now.y - y) / Math.max(Math.hypot(before.x - x, before.y - y), 1);
    camera.zoom(factor, (now.x + x) / 2, (now.y + y) / 2);
    camera.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
  }

  /** @param {PointerEvent} event */
  function up(event) {
    pointers.delete(event.pointerId);
    scrub = null;
    if (moved > CLICK) return;
    const box = boxAt(event);
    page.select(box < 0 ? -1 : (page.scene.nodes[box].at(-1) ?? -1));
  }

  /**
   * Open what is at a point: a folded box, a frame by its title to close it, or an input to
   * change it.
   *
   * @param {MouseEvent} event
   */
  function open(event) {
    const box = boxAt(event);
    if (box >= 0) return stage.enter(box);
    const { x, y } = camera.toPicture(event.offsetX, event.offsetY);
    const group = page.scene.titleAt(x, y);
    if (group >= 0) page.toggle(group);
  }

  /** @param {WheelEvent} event */
  function wheel(event) {
    const { deltaX, deltaY, ctrlKey, shiftKey, offsetX, offsetY } = event;
    event.preventDefault();
    const isSideways = shiftKey || (!ctrlKey && Math.abs(deltaX) > Math.abs(deltaY));
    if (isSideways) camera.pan(-deltaX - (shiftKey ? deltaY : 0), 0);
    else camera.zoom(Math.exp(-deltaY * 0.0015), offsetX, offsetY);
  }

  element.addEventListener("pointerdown", down);
  element.addEventListener("pointermove", move);
  element.addEventListener("pointerup", up);
  element.addEventListener("pointercancel", ({ pointerId }) => pointers.delete(pointerId));
  element.addEventListener("pointerleave", () => page.hover(-1));
  element.addEventListener("dblclick", open);
  element.addEventListener("wheel", wheel, { passive: false });
}
