// The row above the picture: title, search, folding, zoom, undo, saving and the theme.

import { button } from "./controls.js";
import { h } from "./dom.js";
import { saved } from "./saving.js";
import { Search } from "./search.js";

/** @typedef {import("./page.js").Page} Page */
/** @typedef {import("./stage.js").Stage} Stage */

const MINUS = "M3 8h10",
  PLUS = "M3 8h10M8 3v10",
  FIT = "M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4";
const UNDO = "M4 7h6a3 3 0 0 1 0 6H7M7 4L4 7l3 3",
  RESET = "M3 8a5 5 0 1 0 2-4M5 1v3h3";
const THEME = "M8 2a6 6 0 1 0 0 12zM8 2a6 6 0 0 1 0 12",
  HELP = "M5.5 6a2.5 2.5 0 1 1 3.5 2.3c-.8.4-1 .8-1 1.7M8 13v.1";
const WORDS = "M2 3h12v10H2zM2 9h12";
const FORMATS = { svg: "Picture (SVG)", png: "Picture (PNG)", json: "Numbers (JSON)" };

/**
 * The row of buttons.
 *
 * @param {Page} page
 * @param {Stage} stage
 * @param {{help: () => void, words: () => void}} acts
 */
export function toolbar(page, stage, acts) {
  const root = page.graph.name(page.graph.root);
  const scenes = h(
    "select",
    { "aria-label": "Folding", onchange: () => page.show(Number(scenes.value)) },
    ...[...page.scenes.data.keys()].map((view) =>
      h("option", { value: view }, page.scenes.nameOf(view)),
    ),
  );
  const save = h(
    "select",
    {
      "aria-label": "Save",
      class: "save",
      onchange: () => {
        saved(save.value, page, stage);
        save.value = "";
      },
    },
    h("option", { value: "" }, "Save"),
    ...Object.entries(FORMATS).map(([value, name]) => h("option", { value }, name)),
  );
  const undo = button(UNDO, "Undo", () => page.undo());
  const reset = button(RESET, "Reset all inputs", () => page.reset());
  const update = () => {
    scenes.value = String(page.view);
    undo.disabled = !page.history.length;
    reset.disabled = !page.graph.changes().size;
  };
  page.parts.push((what) => (what === "scene" || what === "numbers") && update());
  update();
  return h(
    "header",
    {},
    h("h1", {}, page.title || `Graph of ${root}`),
    new Search(page, stage).element,
    ...(page.scenes.count > 1 ? [scenes] : []),
    h(
      "span",
      { class: "together" },
      button(MINUS, "Zoom out", () => stage.camera.zoom(1 / 1.25)),
      button(PLUS, "Zoom in", () => stage.camera.zoom(1.25)),
      button(FIT, "Fit", () => stage.fit(true)),
    ),
    h("span", { class: "together" }, undo, reset),
    save,
    h(
      "span",
      { class: "together" },
      button(WORDS, "Show or hide the words", acts.words),
      button(THEME, "Light or dark", () => turned(stage)),
      button(HELP, "Keys", acts.help),
    ),
  );
}

/**
 * Another theme: light where it is dark, and dark where it is light.
 *
 * @param {Stage} stage
 */
export function turned(stage) {
  const { dataset } = document.documentElement;
  const isDark = dataset.theme
    ? dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  dataset.theme = isDark ? "light" : "dark";
  stage.recolor();
  stage.page.changed("numbers");
}
