// The row above the picture: folding, saving and the theme, beside its buttons for keys.

import { find, h } from "./dom.js";
import { saved } from "./saving.js";

/** @typedef {import("./page.js").Page} Page */
/** @typedef {import("./stage.js").Stage} Stage */

/**
 * Keep the row up to date, and do what is chosen in it.
 *
 * @param {Page} page
 * @param {Stage} stage
 */
export function bar(page, stage) {
  const { scenes } = page;
  const [folding, save] = [find(".folding"), find(".save")];
  const [undo, reset] = [find("[data-key=u]"), find("[data-key=r]")];
  folding.append(...scenes.data.map(({ name }, value) => h("option", { value }, name)));
  folding.hidden = scenes.count < 2;
  folding.onchange = () => page.show(Number(folding.value));
  save.onchange = () => {
    saved(save.value, page, stage);
    save.value = "";
  };
  const update = () => {
    folding.value = String(page.view);
    undo.disabled = !page.history.length;
    reset.disabled = !page.graph.changes().size;
  };
  page.on("scene numbers", update);
  update();
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
}
