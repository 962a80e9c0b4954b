// The state of the page, and what can be done with it.

import { Graph } from "./graph.js";
import { cleaned, exact, nudge, shown, typed } from "./numbers.js";
import { Scenes } from "./scenes.js";
import { spokenStep, spokenValue, verdict } from "./speech.js";
import { Steps } from "./steps.js";
import { animate } from "./time.js";
import { wordsOf } from "./words.js";

const STEP_TIME = 1200; // milliseconds for a step while playing
const DOT_TIME = 450; // milliseconds for a dot at most

export const NOT_HELD =
  "The page has no picture of what is in here. Save the graph of a part, such as one sample.";

/**
 * A change of inputs, with what the gradient said of it if it is of one.
 *
 * @typedef {object} Edit
 * @property {Map<number, number>} from
 * @property {Map<number, number>} to
 * @property {number} gradient of the root, before
 * @property {number} before the number of the root
 * @property {string} by "type", or a name that changes belonging together share
 * @property {number} trained the steps of training that it is of
 */

/** A page. Its parts are told of changes, and draw themselves. */
export class Page {
  /** @param {any} data */
  constructor(data) {
    /** @type {string} */
    this.title = data.title;
    this.graph = new Graph(data);
    this.steps = new Steps(this.graph);
    this.words = wordsOf(this.steps);
    this.scenes = new Scenes(data.scenes, this.graph);
    this.view = this.scenes.count - 1;
    this.begin = 0; // the scene that the page begins with
    this.position = this.steps.rest;
    this.selected = -1;
    this.hovered = -1;
    this.travelled = 1;
    this.speed = 1;
    this.timer = 0;
    /** @type {Edit[]} */
    this.history = [];
    /** @type {Edit[]} */
    this.undone = [];
    /** @type {Edit | null} */
    this.told = null; // the edit that the page speaks of
    this.trained = 0; // steps of training
    /** @type {((what: string) => any)[]} */
    this.parts = [];
    this.said = ""; // to a screen reader
  }

  /**
   * Tell all parts what has changed: "numbers", "step", "scene", "selection", "hover", "edit",
   * "playing", "theme" or "said".
   *
   * @param {string} what
   */
  changed(what) {
    for (const part of this.parts) part(what);
  }

  /**
   * Let something be done when any of these have changed.
   *
   * @param {string} kinds with spaces between them
   * @param {() => void} act
   */
  on(kinds, act) {
    this.parts.push((what) => kinds.split(" ").includes(what) && act());
  }

  /** @param {string} text */
  say(text) {
    this.said = text;
    this.changed("said");
  }

  // ── Scenes ──────────────────────────────────────────────────────────────────

  get scene() {
    return this.scenes.at(this.view);
  }

  /** @param {number} view */
  show(view) {
    if (view === this.view) return;
    this.view = view;
    this.hovered = -1;
    const at = this.steps.stops(this.scene).find((stop) => stop >= this.position);
    this.position = at ?? this.steps.rest;
    this.changed("scene");
    this.say(`${this.scenes.data[view].name}, ${this.scene.count} boxes`);
  }

  /**
   * Open a group or close it, in the scene in which most of the others stay as they are.
   *
   * @param {number} group
   */
  toggle(group) {
    this.showOr(this.scene.turns[group] ?? -1);
  }

  /**
   * Open the folded box that a node is in.
   *
   * @param {number} node
   */
  open(node) {
    this.showOr(this.scenes.opening(node, this.scene));
  }

  /** @param {number} view or -1 */
  showOr(view) {
    if (view < 0) this.say(NOT_HELD);
    else this.show(view);
  }

  // ── Steps ───────────────────────────────────────────────────────────────────

  /** @param {number} position */
  goTo(position) {
    this.position = Math.min(Math.max(position, 0), this.steps.rest);
    this.travelled = 1;
    this.changed("step");
    this.say(spokenStep(this));
  }

  /**
   * The positions of the steps; those on the paths from the selected value, if it is along these.
   *
   * @param {boolean} isAlong
   */
  stops(isAlong) {
    const { graph, scene, steps, selected } = this;
    const stops = steps.stops(scene);
    if (!isAlong || selected < 0) return stops;
    const path = new Set([selected]);
    for (const i of path) for (const user of graph.users(i)) path.add(user);
    const isOn = (/** @type {number} */ at) =>
      at === steps.rest || steps.run(scene, at).some(({ node }) => path.has(node));
    return stops.filter(isOn);
  }

  next(isAlong = false) {
    if (this.position >= this.steps.rest) return this.goTo(0);
    const stop = this.stops(isAlong).find((at) => at > this.position);
    this.goTo(stop ?? this.steps.rest);
    this.travel();
  }

  previous(isAlong = false) {
    const before = this.stops(isAlong).filter((at) => at < this.position);
    this.goTo(before.at(-1) ?? 0);
  }

  get isPlaying() {
    return this.timer !== 0;
  }

  play() {
    if (this.isPlaying) return this.pause();
    const step = () => {
      this.next();
      const ends = this.position === this.steps.turn || this.position >= this.steps.rest;
      this.timer = ends ? 0 : window.setTimeout(step, STEP_TIME / this.speed);
      if (ends) this.changed("playing");
    };
    this.timer = window.setTimeout(step, 0);
    this.changed("playing");
  }

  pause() {
    window.clearTimeout(this.timer);
    this.timer = 0;
    this.changed("playing");
  }

  /** Let a dot travel along the lines of the step. */
  travel() {
    const { position } = this;
    if (position >= this.steps.rest) return;
    this.travelled = 0;
    animate(Math.min(DOT_TIME, STEP_TIME / this.speed / 2), (share) => {
      if (this.position !== position) return false;
      this.travelled = share;
      this.changed("hover");
      return true;
    });
  }

  // ── Selection ───────────────────────────────────────────────────────────────

  /** @param {number} node or -1 */
  select(node) {
    this.selected = node;
    this.told = null;
    this.changed("selection");
    if (node >= 0) this.say(spokenValue(this, node));
  }

  /** @param {number} box or -1 */
  hover(box) {
    if (box === this.hovered) return;
    this.hovered = box;
    this.changed("hover");
  }

  // ── Edits ───────────────────────────────────────────────────────────────────

  /**
   * Why a value cannot be changed; "" if it can.
   *
   * @param {number} i
   */
  locked(i) {
    if (!this.graph.tape.isLeaf(i)) return "It is computed: change what it was computed from.";
    return this.graph.tape.reason(i);
  }

  /** The inputs that are changed, with their numbers as texts. */
  get changes() {
    const changes = [...this.graph.changes()];
    return Object.fromEntries(changes.map(([node, number]) => [node, exact(number)]));
  }

  /**
   * The changes that such texts stand for; what is not understood is left out.
   *
   * @param {Record<string, string>} texts
   */
  read(texts) {
    const found = new Map();
    for (const [id, text] of Object.entries(texts)) {
      const [node, number] = [Number(id), typed(String(text))];
      const isInput = /^\d+$/.test(id) && node < this.graph.count && !this.locked(node);
      if (isInput && number !== null) found.set(node, number);
    }
    return found;
  }

  /**
   * Change an input, and all that was computed from it.
   *
   * @param {number} node
   * @param {number} to
   * @param {string} by "type", or a name that changes belonging together share
   */
  edit(node, to, by) {
    if (this.locked(node) || Object.is(this.graph.tape.value[node], to)) return;
    this.change(new Map([[node, to]]), by);
    this.say(verdict(this));
  }

  /**
   * Change an input by its second digit, some times.
   *
   * @param {number} node
   * @param {number} times
   */
  nudge(node, times) {
    const { tape, given } = this.graph;
    const value = tape.value[node];
    this.edit(node, cleaned(value + times * nudge(value || given[node])), `keys ${node}`);
  }

  /**
   * Change inputs, and all that was computed from them.
   *
   * @param {Map<number, number>} to
   * @param {string} by "type", or a name that changes belonging together share
   * @param {number} [trained] the steps of training that it is of
   */
  change(to, by, trained = 0) {
    const { tape, root } = this.graph;
    let edit = this.history.at(-1);
    if (!edit || edit !== this.told || edit.by !== by || by === "type") {
      const [node] = to.keys();
      const [gradient, before] = [tape.grad[node], tape.value[root]];
      edit = { from: new Map(), to: new Map(), gradient, before, by, trained: 0 };
      this.history.push(edit);
    }
    for (const [node, number] of to) {
      if (!edit.from.has(node)) edit.from.set(node, tape.value[node]);
      edit.to.set(node, number);
    }
    edit.trained += trained;
    this.told = edit;
    this.undone = [];
    this.set(to, trained);
  }

  /**
   * @param {Map<number, number>} numbers
   * @param {number} trained
   */
  set(numbers, trained) {
    for (const [node, number] of numbers) this.graph.tape.value[node] = number;
    this.trained += trained;
    this.graph.tape.recompute();
    this.steps.changed();
    this.changed("numbers");
  }

  undo() {
    const edit = this.history.pop();
    if (edit) this.turned(edit, edit.from, -edit.trained, this.undone);
  }

  redo() {
    const edit = this.undone.pop();
    if (edit) this.turned(edit, edit.to, edit.trained, this.history);
  }

  /**
   * @param {Edit} edit
   * @param {Map<number, number>} numbers
   * @param {number} trained
   * @param {Edit[]} list that the edit goes to
   */
  turned(edit, numbers, trained, list) {
    list.push(edit);
    this.told = null;
    this.set(numbers, trained);
    const [[node, number]] = numbers;
    const one = `${this.graph.name(node)} is ${shown(number)} again.`;
    this.say(numbers.size > 1 ? `${numbers.size} inputs are as they were again.` : one);
  }

  reset() {
    this.adopt(new Map());
    this.say("All inputs are as they were.");
  }

  /**
   * Give these inputs these numbers, and all others those that they had; there is no undoing it.
   *
   * @param {Map<number, number>} changes
   */
  adopt(changes) {
    const { given } = this.graph;
    this.history = [];
    this.undone = [];
    this.told = null;
    const numbers = this.graph.changes();
    for (const node of numbers.keys()) numbers.set(node, given[node]);
    for (const [node, number] of changes) numbers.set(node, number);
    this.set(numbers, -this.trained);
  }
}
