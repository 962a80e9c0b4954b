// The keys, and the buttons that stand for them: all that a pointer can do.

import { find } from "./dom.js";
import { turned } from "./toolbar.js";

/** @typedef {import("./page.js").Page} Page */
/** @typedef {import("./stage.js").Stage} Stage */

/**
 * Do what a key does, wherever no field takes it, and the button that stands for it.
 *
 * @param {Page} page
 * @param {Stage} stage
 */
export function listen(page, stage) {
  const { camera } = stage;
  const [element, dialog] = [find("#page"), find("dialog")];
  /** @type {Record<string, () => void>} */
  const acts = {
    ".": () => page.next(),
    ",": () => page.previous(),
    ">": () => page.next(true),
    "<": () => page.previous(true),
    " ": () => page.play(),
    Home: () => page.goTo(0),
    End: () => page.goTo(page.steps.rest),
    ArrowLeft: () => walk(page, stage, -1, 0),
    ArrowRight: () => walk(page, stage, 1, 0),
    ArrowUp: () => walk(page, stage, 0, -1),
    ArrowDown: () => walk(page, stage, 0, 1),
    Enter: () => page.selected >= 0 && stage.enter(page.scene.part[page.selected]),
    c: () => close(page),
    "/": () => find("[type=search]").focus(),
    u: () => page.undo(),
    U: () => page.redo(),
    r: () => page.reset(),
    "+": () => camera.zoom(1.25),
    "-": () => camera.zoom(0.8),
    0: () => stage.fit(true),
    Escape: () => page.select(-1),
    "?": () => (dialog.open ? dialog.close() : dialog.showModal()),
    theme: () => turned(stage),
    words: () => {
      element.classList.toggle("wordless");
      stage.element.focus();
    },
  };
  Object.assign(acts, { n: acts["."], p: acts[","], "=": acts["+"] });
  element.addEventListener("click", (/** @type {any} */ { target }) => {
    acts[target.closest("[data-key]")?.dataset.key]?.();
  });
  element.addEventListener("keydown", (/** @type {any} */ event) => {
    const { key, target, shiftKey } = event;
    const isCommand = event.ctrlKey || event.metaKey;
    const isUndo = isCommand && key.toLowerCase() === "z";
    const isTaken =
      target.matches("input, select") ||
      (target.matches("button") && (key === " " || key === "Enter")) ||
      (target.closest(".transcript, dialog") && /^(Arrow|Page| |Home|End)/.test(key)) ||
      (isCommand && !isUndo);
    if (isTaken) return;
    const act = isUndo ? acts[shiftKey ? "U" : "u"] : (modified(event, page, stage) ?? acts[key]);
    if (!act) return;
    event.preventDefault();
    act();
  });
}

/**
 * What an arrow does with Shift or Alt.
 *
 * @param {KeyboardEvent} event
 * @param {Page} page
 * @param {Stage} stage
 */
function modified(event, page, stage) {
  const way = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[
    event.key
  ];
  if (!way) return null;
  if (event.shiftKey) return () => stage.camera.pan(way[0], way[1]);
  if (!event.altKey || !way[1] || page.selected < 0) return null;
  return () => page.nudge(page.selected, Math.sign(way[1]));
}

/**
 * Select the box that lines lead to, or the nearest one above or below.
 *
 * @param {Page} page
 * @param {Stage} stage
 * @param {number} along
 * @param {number} across
 */
function walk(page, stage, along, across) {
  const { scene, graph, selected, steps, position } = page;
  const select = (/** @type {number} */ box) => {
    page.select(scene.nodes[box].at(-1) ?? -1);
    stage.find(page.selected);
  };
  if (selected < 0) {
    const { node = -1 } = steps.list[position] ?? {};
    return select(scene.part[node < 0 ? graph.root : node]);
  }
  const here = scene.part[selected];
  const place = scene.boxes[here];
  const ahead = scene.lines.map(({ tail, head }) => (along < 0 ? [head, tail] : [tail, head]));
  const boxes = along
    ? ahead.filter(([from]) => from === here).map(([, to]) => to)
    : [...scene.boxes.keys()].filter((box) => (scene.boxes[box].y - place.y) * across > 1);
  const distance = (/** @type {number} */ box) => {
    const { x, y } = scene.boxes[box];
    return (along ? 0 : 2 * Math.abs(x - place.x)) + Math.abs(y - place.y);
  };
  const [nearest] = boxes.sort((one, other) => distance(one) - distance(other));
  if (nearest !== undefined) select(nearest);
}

/**
 * Close the innermost open group around the selected box.
 *
 * @param {Page} page
 */
function close(page) {
  const group = page.scene.groupAround(page.selected);
  if (group >= 0) page.toggle(group);
}
