// The row below the picture: stepping, playing, and the legend of the colours.

import { blend } from "./colors.js";
import { find } from "./dom.js";
import { shown } from "./numbers.js";

/** @typedef {import("./page.js").Page} Page */

const NAMES = { given: "inputs", forward: "forward", seed: "turn", backward: "backward" };
const STOPS = 8; // between the colours of the legend

/** The controls of the steps. */
export class Controls {
  playing = find("[data-key=' ']");
  slider = find(".steps");
  count = find(".count");
  speed = find(".speed");

  /**
   * @param {Page} page
   * @param {import("./stage.js").Stage} stage
   */
  constructor(page, stage) {
    this.page = page;
    this.stage = stage;
    this.slider.max = page.steps.rest;
    this.slider.oninput = () => page.goTo(Number(this.slider.value));
    this.speed.onchange = () => {
      page.speed = Number(this.speed.value);
    };
    page.parts.push((what) => this.update(what));
    this.update("step");
  }

  /** @param {string} what */
  update(what) {
    const { page } = this;
    if (what === "playing") {
      this.playing.title = page.isPlaying ? "Pause" : "Play";
      this.playing.classList.toggle("plays", page.isPlaying);
    }
    if (what === "step" || what === "scene") {
      const text = this.counted();
      this.slider.value = page.position;
      this.slider.setAttribute("aria-valuetext", text);
      this.count.textContent = text;
    }
    if (what === "numbers" || what === "scene" || what === "step") this.explainColors();
  }

  counted() {
    const { steps, position } = this.page;
    if (position >= steps.rest) return "all steps";
    return `${NAMES[steps.list[position].kind]} ${position}/${steps.rest - 1}`;
  }

  /** The colours of the strongest gradients of both signs, and of 0 between them. */
  explainColors() {
    const scale = this.stage.drawn().drawer.color;
    const { least, most } = scale;
    const [from, to] = [scale.position(least), scale.position(most)];
    const colors = Array.from({ length: STOPS + 1 }, (_, n) =>
      blend(this.stage.theme.stops, from + ((to - from) * n) / STOPS),
    );
    find(".legend .ramp").style.background = `linear-gradient(90deg, ${colors.join(", ")})`;
    find(".least").textContent = shown(least);
    find(".most").textContent = shown(most);
  }
}
