// The page: it reads the data in the file, and puts the parts together.

import { control } from "./controls.js";
import { find } from "./dom.js";
import { follow } from "./hash.js";
import { inspect } from "./inspector.js";
import { listen } from "./keys.js";
import { accompany } from "./notebook.js";
import { Page } from "./page.js";
import { point } from "./pointer.js";
import { search } from "./search.js";
import { Stage } from "./stage.js";
import { bar } from "./toolbar.js";
import { transcribe } from "./transcript.js";

/**
 * Read the data in the document, which `loader.js` has inflated, and begin.
 *
 * @param {typeof import("./trainer.js").Trainer} [Trainer] a panel of a page that trains
 */
export function load(Trainer) {
  const data = JSON.parse(find("#data").textContent);
  const page = new Page(data);
  const stage = new Stage(page);
  const trainer = Trainer && new Trainer(page, stage, data.training);
  page.on("said", () => {
    find(".spoken").textContent = page.said;
  });
  search(page, stage);
  control(page, stage);
  transcribe(page);
  inspect(page);
  bar(page, stage);
  listen(page, stage);
  point(page, stage);
  stage.resize();
  stage.begin();
  page.said = "";
  follow(page);
  accompany(page);
  Object.assign(window, { graphPage: { page, stage, trainer } });
}
