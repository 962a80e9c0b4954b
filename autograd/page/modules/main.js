// The page: it reads the data in the file, and puts the parts together.

import { Controls } from "./controls.js";
import { h } from "./dom.js";
import { follow } from "./hash.js";
import { Inspector } from "./inspector.js";
import { keyList, listen } from "./keys.js";
import { accompany } from "./notebook.js";
import { Page } from "./page.js";
import { Stage } from "./stage.js";
import { toolbar } from "./toolbar.js";
import { Transcript } from "./transcript.js";

/**
 * Build the page in an element.
 *
 * @param {HTMLElement} element
 * @param {any} data
 * @param {typeof import("./trainer.js").Trainer} [Trainer] a panel of a page that trains
 */
export function start(element, data, Trainer) {
  const page = new Page(data);
  const stage = new Stage(page);
  const trainer = Trainer && new Trainer(page, stage, data.training);
  const dialog = keyList();
  const spoken = h("div", { class: "spoken", "aria-live": "polite", role: "status" });
  page.parts.push((what) => {
    if (what === "said") spoken.textContent = page.said;
  });
  const help = () => (dialog.open ? dialog.close() : dialog.showModal());
  const words = () => {
    element.classList.toggle("wordless");
    stage.element.focus();
  };
  element.replaceChildren(
    toolbar(page, stage, { help, words }),
    h(
      "main",
      {},
      stage.element,
      new Controls(page, stage).element,
      h(
        "div",
        { class: "words" },
        new Transcript(page).element,
        new Inspector(page).element,
        trainer?.element,
      ),
    ),
    spoken,
    dialog,
  );
  listen(element, page, stage, help);
  stage.resize();
  stage.begin();
  page.said = "";
  follow(page);
  accompany(page);
  return { page, stage, trainer };
}

/**
 * Read the data in the document, which `loader.js` has inflated, and begin.
 *
 * @param {typeof import("./trainer.js").Trainer} [Trainer]
 */
export function load(Trainer) {
  const data = JSON.parse(document.getElementById("data")?.textContent ?? "");
  const element = /** @type {HTMLElement} */ (document.getElementById("page"));
  Object.assign(window, { graphPage: start(element, data, Trainer) });
}
