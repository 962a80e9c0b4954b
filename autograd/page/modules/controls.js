// The row below the picture: stepping, playing, and the legend of the colours.

import { blend } from "./colors.js";
import { find } from "./dom.js";
import { lists } from "./lists.js";
import { shown } from "./numbers.js";

const NAMES = { given: "inputs", forward: "forward", seed: "turn", backward: "backward" };
const STOPS = 8; // between the colours of the legend

/**
 * Keep the row up to date, and do what is chosen in it.
 *
 * @param {import("./page.js").Page} page
 * @param {import("./stage.js").Stage} stage
 */
export function control(page, stage) {
  const { steps } = page;
  const [playing, slider, speed] = [find("[data-key=' ']"), find(".steps"), find(".speed")];
  slider.max = steps.rest;
  slider.oninput = () => page.goTo(Number(slider.value));
  speed.onchange = () => {
    page.speed = Number(speed.value);
  };

  function count() {
    const { position } = page;
    const step = steps.list[position];
    const text = step ? `${NAMES[step.kind]} ${position}/${steps.rest - 1}` : "all steps";
    slider.value = position;
    slider.ariaValueText = find(".count").textContent = text;
  }

  /** The colours of the strongest gradients of both signs, and of 0 between them. */
  function explainColors() {
    const scale = stage.drawn().drawer.color;
    const { least, most } = scale;
    const [from, to] = [scale.position(least), scale.position(most)];
    const colors = lists
      .range(STOPS + 1)
      .map((n) => blend(stage.theme.stops, from + ((to - from) * n) / STOPS));
    find(".legend .ramp").style.background = `linear-gradient(90deg, ${colors.join(", ")})`;
    find(".least").textContent = shown(least);
    find(".most").textContent = shown(most);
  }

  page.on("playing", () => {
    playing.title = page.isPlaying ? "Pause" : "Play";
    playing.classList.toggle("plays", page.isPlaying);
  });
  page.on("step scene", count);
  page.on("numbers step scene theme", explainColors);
  count();
  explainColors();
}
