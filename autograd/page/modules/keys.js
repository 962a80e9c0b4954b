// The keys: all that a pointer can do.

import { h } from "./dom.js";

/** @typedef {import("./page.js").Page} Page */
/** @typedef {import("./stage.js").Stage} Stage */

const KEYS = [
  [". or n", "a step"],
  [", or p", "a step back"],
  ["> <", "a step along the paths from the selected value, and back"],
  ["Space", "play, pause"],
  ["Home, End", "the first step, all steps"],
  ["← →", "to an input of the box, to what uses it"],
  ["↑ ↓", "to the box above, below"],
  ["Enter", "change an input, open a folded box"],
  ["Alt + ↑ ↓", "change the selected input"],
  ["c", "close the group around the box"],
  ["/", "find a value by its name, or the largest gradient, nan, dead, saturated"],
  ["u, Shift + u", "undo, redo"],
  ["r", "reset all inputs"],
  ["+ − 0", "larger, smaller, all of it"],
  ["Shift + arrows", "move the picture"],
  ["Escape", "select nothing"],
];

/**
 * Listen to the keys of a page, wherever no field takes them.
 *
 * @param {HTMLElement} element
 * @param {Page} page
 * @param {Stage} stage
 * @param {() => void} help
 */
export function listen(element, page, stage, help) {
  const { camera } = stage;
  /** @type {Record<string, () => void>} */
  const acts = {
    ".": () => page.next(),
    n: () => page.next(),
    ",": () => page.previous(),
    p: () => page.previous(),
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
    "/": () => element.querySelector("input")?.focus(),
    u: () => page.undo(),
    U: () => page.redo(),
    r: () => page.reset(),
    "+": () => camera.zoom(1.25),
    "=": () => camera.zoom(1.25),
    "-": () => camera.zoom(0.8),
    0: () => stage.fit(true),
    Escape: () => page.select(-1),
    "?": help,
  };
  element.addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const isField = /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);
    const isButton = target.tagName === "BUTTON" && (event.key === " " || event.key === "Enter");
    const isWord =
      target.closest(".transcript, dialog") && /^(Arrow|Page| |Home|End)/.test(event.key);
    const isUndo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z";
    if (isField || isButton || isWord || (!isUndo && (event.ctrlKey || event.metaKey))) return;
    const act = isUndo
      ? () => (event.shiftKey ? page.redo() : page.undo())
      : (modified(event, page, stage) ?? acts[event.key]);
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
  const { scene, graph } = page;
  const here = page.selected < 0 ? -1 : scene.part[page.selected];
  const place = here < 0 ? null : scene.boxes[here];
  const first = page.steps.list[page.position]?.node ?? -1;
  let boxes =
    here < 0
      ? [scene.part[first < 0 ? graph.root : first]]
      : scene.boxes.map((_, box) => box).filter((box) => box !== here);
  if (place && along) {
    const linked = scene.lines.filter(({ tail, head }) => (along < 0 ? head : tail) === here);
    boxes = linked.map(({ tail, head }) => (along < 0 ? tail : head));
  } else if (place) boxes = boxes.filter((box) => (scene.boxes[box].y - place.y) * across > 1);
  const distance = (/** @type {number} */ box) => {
    const other = scene.boxes[box];
    const [dx, dy] = place ? [other.x - place.x, other.y - place.y] : [0, 0];
    return along ? Math.abs(dy) : 2 * Math.abs(dx) + Math.abs(dy);
  };
  const [nearest] = boxes.sort((one, other) => distance(one) - distance(other));
  if (nearest === undefined) return;
  page.select(scene.nodes[nearest][scene.nodes[nearest].length - 1]);
  stage.find(page.selected);
}

/**
 * Close the innermost open group around the selected box.
 *
 * @param {Page} page
 */
function close(page) {
  let group = page.selected < 0 ? -1 : page.graph.group[page.selected];
  while (group >= 0 && !page.scene.open.has(group)) group = page.graph.groups[group].parent ?? -1;
  if (group >= 0) page.toggle(group);
}

/** The list of the keys, in a dialog. */
export function keyList() {
  const rows = KEYS.flatMap(([keys, meaning]) => [h("dt", {}, keys), h("dd", {}, meaning)]);
  const dialog = h(
    "dialog",
    { "aria-label": "Keys" },
    h("h2", {}, "Keys"),
    h("dl", {}, ...rows),
    h("button", { type: "button", onclick: () => dialog.close() }, "Close"),
  );
  return dialog;
}
