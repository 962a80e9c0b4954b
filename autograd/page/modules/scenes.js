// The ways of folding that a page offers, and which of them to show.

import { Scene } from "./scene.js";

export const READABLE = 0.5; // the least scale at which a page begins

/** The scenes of a page, those with more boxes first. Each is decoded when it is first shown. */
export class Scenes {
  /**
   * @param {any[]} data
   * @param {import("./graph.js").Graph} graph
   */
  constructor(data, graph) {
    this.data = data;
    this.graph = graph;
    /** @type {(Scene | undefined)[]} */
    this.known = [];
  }

  /** The number of scenes. */
  get count() {
    return this.data.length;
  }

  /** @param {number} view */
  at(view) {
    this.known[view] ??= new Scene(this.data[view], this.graph);
    return this.known[view];
  }

  /**
   * The scene to begin with: the deepest one that can be read, with all groups of a depth open.
   *
   * @param {import("./camera.js").Camera} camera
   */
  readable(camera) {
    const found = this.data.findIndex((scene) => scene.even && camera.fitting(scene) >= READABLE);
    return found < 0 ? this.count - 1 : found;
  }

  /**
   * The scene with the fewest boxes in which a node has one of its own; -1 if there is none.
   *
   * @param {number} node
   */
  smallest(node) {
    for (let view = this.count - 1; view >= 0; view--) {
      const scene = this.at(view);
      if (scene.isValue(scene.part[node])) return view;
    }
    return -1;
  }

  /**
   * The scene in which the folded box that a node is in is open; -1 if there is none.
   *
   * @param {number} node
   * @param {Scene} scene
   */
  opening(node, scene) {
    const group = scene.folds[scene.part[node]];
    return group === undefined ? this.smallest(node) : (scene.turns[group] ?? -1);
  }
}
