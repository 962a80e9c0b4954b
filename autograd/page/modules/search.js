// The search for a value by its name, its operation or its kind.

import { find, h } from "./dom.js";
import { ofKind } from "./kinds.js";
import { plain, shown } from "./numbers.js";

const LISTED = 12; // results that are listed

/**
 * Let a reader find a value: a field with a list of what it finds.
 *
 * @param {import("./page.js").Page} page
 * @param {import("./stage.js").Stage} stage
 */
export function search(page, stage) {
  const { graph } = page;
  const [field, list] = [find("[type=search]"), find("#found")];
  /** @type {number[]} */
  let found = [];
  let at = 0; // of the chosen one among the found ones

  function look() {
    const text = field.value.trim().toLowerCase();
    const all = text ? [...ofKind(graph, text), ...matching(text)] : [];
    found = [...new Set(all)].slice(0, LISTED);
    at = 0;
    write();
    if (text) page.say(found.length ? `${found.length} found` : "Nothing found");
  }

  /**
   * The nodes whose name, label or operation has a text in it; names that begin with it first.
   *
   * @param {string} text
   */
  function matching(text) {
    const ranks = [];
    for (let i = 0; i < graph.count; i++) {
      const [name, short] = [graph.name(i), graph.short[i] ?? ""];
      const group = graph.group[i] < 0 ? "" : `${graph.groups[graph.group[i]].place}.`;
      const texts = [short, plain(name), name, `${group}${short}`, graph.operation(i)];
      const lower = texts.map((each) => each.toLowerCase());
      const rank = lower[0] === text ? 0 : lower.some((each) => each.startsWith(text)) ? 1 : 2;
      if (lower.some((each) => each.includes(text))) ranks.push({ i, rank });
    }
    return ranks.sort((one, other) => one.rank - other.rank).map(({ i }) => i);
  }

  function write() {
    list.replaceChildren(...found.map(option));
    list.hidden = !found.length;
    field.ariaExpanded = String(!list.hidden);
    field.setAttribute("aria-activedescendant", list.hidden ? "" : `found${at}`);
  }

  /**
   * @param {number} i
   * @param {number} n
   */
  function option(i, n) {
    const numbers = `${shown(graph.tape.value[i])}, grad ${shown(graph.grad[i])}`;
    const onpointerdown = (/** @type {Event} */ event) => {
      event.preventDefault();
      choose(n);
    };
    return h(
      "li",
      { role: "option", id: `found${n}`, "aria-selected": String(n === at), onpointerdown },
      `${graph.short[i] ?? graph.name(i)} `,
      h("small", {}, `${graph.operation(i) || "input"} = ${numbers}`),
    );
  }

  /** @param {number} n */
  function choose(n) {
    const node = found[n];
    const view = page.scenes.smallest(node);
    if (!page.scene.isValue(page.scene.part[node]) && view >= 0) page.show(view);
    page.select(node);
    stage.find(node);
    leave();
  }

  function leave() {
    field.value = "";
    stage.element.focus(); // which closes the list
  }

  field.oninput = look;
  field.onblur = () => {
    found = [];
    write();
  };
  field.onkeydown = (/** @type {KeyboardEvent} */ event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) {
      event.preventDefault();
      at = (at + step + found.length) % found.length;
      write();
    } else if (event.key === "Enter" && found.length) choose(at);
    else if (event.key === "Escape") leave();
  };
}
