// The row below the picture: stepping, playing, and the legend of the colours.

import { blend } from "./colors.js";
import { h, icon } from "./dom.js";
import { shown } from "./numbers.js";

/** @typedef {import("./page.js").Page} Page */

const FIRST = "M4 3v10M12 3L6 8l6 5z",
  PREVIOUS = "M11 3L5 8l6 5z",
  NEXT = "M5 3l6 5-6 5z";
const LAST = "M12 3v10M4 3l6 5-6 5z",
  PLAY = "M4 3l9 5-9 5z",
  PAUSE = "M5 3v10M11 3v10";
const SPEEDS = [0.5, 1, 2, 4];

/** The buttons of the steps. */
export class Controls {
  /**
   * @param {Page} page
   * @param {import("./stage.js").Stage} stage
   */
  constructor(page, stage) {
    this.page = page;
    this.stage = stage;
    this.playing = button(PLAY, "Play", () => page.play());
    this.slider = h("input", {
      type: "range",
      min: 0,
      max: page.steps.rest,
      step: 1,
      "aria-label": "Step",
      class: "steps",
      oninput: () => page.goTo(Number(this.slider.value)),
    });
    this.count = h("output", { class: "count" });
    const speed = h(
      "select",
      { "aria-label": "Speed", onchange: () => (page.speed = Number(speed.value)) },
      ...SPEEDS.map((each) => h("option", { value: each, selected: each === 1 }, `${each}×`)),
    );
    this.legend = h("div", { class: "legend" });
    this.element = h(
      "div",
      { class: "controls", role: "group", "aria-label": "Steps" },
      button(FIRST, "First step", () => page.goTo(0)),
      button(PREVIOUS, "Step back", () => page.previous()),
      this.playing,
      button(NEXT, "Step", () => page.next()),
      button(LAST, "All steps", () => page.goTo(page.steps.rest)),
      this.slider,
      this.count,
      speed,
      this.legend,
    );
    page.parts.push((what) => this.update(what));
    this.update("step");
  }

  /** @param {string} what */
  update(what) {
    const { page } = this;
    if (what === "playing") {
      const name = page.isPlaying ? "Pause" : "Play";
      this.playing.replaceChildren(icon(page.isPlaying ? PAUSE : PLAY));
      this.playing.setAttribute("aria-label", name);
      this.playing.title = name;
    }
    if (what === "step" || what === "scene") {
      const text = this.counted();
      this.slider.value = String(page.position);
      this.slider.setAttribute("aria-valuetext", text);
      this.count.textContent = text;
    }
    if (what === "numbers" || what === "scene" || what === "step") this.explainColors();
  }

  counted() {
    const { steps, position } = this.page;
    if (position >= steps.rest) return "all steps";
    const { kind } = steps.list[position];
    const name = { given: "inputs", forward: "forward", seed: "turn", backward: "backward" }[kind];
    return `${name} ${position}/${steps.rest - 1}`;
  }

  /** The colours of the strongest gradients of both signs, and of 0 between them. */
  explainColors() {
    const scale = this.stage.drawn().drawer.color;
    const { least, most } = scale;
    const ramp = h("span", { class: "ramp", "aria-hidden": "true" });
    const ends = [scale.position(least), scale.position(most)];
    const colors = Array.from({ length: 9 }, (_, n) =>
      blend(this.stage.theme.stops, ends[0] + ((ends[1] - ends[0]) * n) / 8),
    );
    ramp.style.background = `linear-gradient(90deg, ${colors.join(", ")})`;
    this.legend.replaceChildren(
      "gradient",
      h("span", {}, shown(least)),
      ramp,
      h("span", {}, shown(most)),
    );
  }
}

/**
 * @param {string} path
 * @param {string} name
 * @param {() => void} act
 */
export function button(path, name, act) {
  return h(
    "button",
    { type: "button", title: name, "aria-label": name, onclick: act, class: "icon" },
    icon(path),
  );
}
