// The page: it reads the data in the file, and puts the parts together.

import { Controls } from "./controls.js";
import { find } from "./dom.js";
import { follow } from "./hash.js";
import { Inspector } from "./inspector.js";
import { listen } from "./keys.js";
import { accompany } from "./notebook.js";
import { Page } from "./page.js";
import { Search } from "./search.js";
import { Stage } from "./stage.js";
import { bar } from "./toolbar.js";
import { Transcript } from "./transcript.js";

/**
 * Read the data in the document, which `loader.js` has inflated, and begin.
 *
 * @param {typeof import("./trainer.js").Trainer} [Trainer] a panel of a page that trains
 */
export function load(Trainer) {
  const data = JSON.parse(find("#data").textContent);
  const page = new Page(data);
  const stage = new Stage(page);
  find("main").prepend(stage.element);
  const trainer = Trainer && new Trainer(page, stage, data.training);
  if (trainer) find(".words").append(trainer.element);
  page.parts.push((what) => {
    if (what === "said") find(".spoken").textContent = page.said;
  });
  new Search(page, stage);
  new Controls(page, stage);
  new Transcript(page);
  new Inspector(page);
  bar(page, stage);
  listen(page, stage);
  stage.resize();
  stage.begin();
  page.said = "";
  follow(page);
  accompany(page);
  Object.assign(window, { graphPage: { page, stage, trainer } });
}
