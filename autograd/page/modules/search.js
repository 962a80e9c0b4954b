// The search for a value by its name or its operation.

import { find, h } from "./dom.js";
import { ofKind } from "./kinds.js";
import { shown } from "./numbers.js";

const MOST = 12; // results that are listed

/** A field with a list of what it finds. */
export class Search {
  field = find("[type=search]");
  list = find("#found");

  /**
   * @param {import("./page.js").Page} page
   * @param {import("./stage.js").Stage} stage
   */
  constructor(page, stage) {
    this.page = page;
    this.stage = stage;
    /** @type {number[]} */
    this.found = [];
    this.at = 0;
    this.field.oninput = () => this.look();
    this.field.onblur = () => this.close();
    this.field.onkeydown = (/** @type {KeyboardEvent} */ event) => this.key(event);
  }

  look() {
    const text = this.field.value.trim().toLowerCase();
    const { graph } = this.page;
    const found = text ? [...ofKind(graph, text), ...this.matching(text)] : [];
    this.found = [...new Set(found)].slice(0, MOST);
    this.at = 0;
    this.write();
    if (text) this.page.say(this.found.length ? `${this.found.length} found` : "Nothing found");
  }

  /**
   * The nodes whose name, label or operation has a text in it; names that begin with it first.
   *
   * @param {string} text
   */
  matching(text) {
    const { graph } = this.page;
    const ranks = [];
    for (let i = 0; i < graph.count; i++) {
      const group = graph.group[i] < 0 ? "" : `${graph.groups[graph.group[i]].place}.`;
      const names = [graph.short[i] ?? "", plain(graph.name(i)), graph.name(i)];
      const texts = [...names, `${group}${graph.short[i] ?? ""}`, graph.operation(i)].map((each) =>
        each.toLowerCase(),
      );
      const rank = texts[0] === text ? 0 : texts.some((each) => each.startsWith(text)) ? 1 : 2;
      if (texts.some((each) => each.includes(text))) ranks.push({ i, rank });
    }
    return ranks.sort((one, other) => one.rank - other.rank).map(({ i }) => i);
  }

  write() {
    const { graph } = this.page;
    this.list.replaceChildren(
      ...this.found.map((i, n) =>
        h(
          "li",
          {
            role: "option",
            id: `found${n}`,
            "aria-selected": String(n === this.at),
            onpointerdown: (/** @type {Event} */ event) => {
              event.preventDefault();
              this.choose(n);
            },
          },
          `${graph.short[i] ?? graph.name(i)} `,
          h(
            "small",
            {},
            `${graph.operation(i) || "input"} = ${shown(graph.tape.value[i])}, grad ${shown(graph.grad[i])}`,
          ),
        ),
      ),
    );
    const isOpen = this.found.length > 0;
    this.list.hidden = !isOpen;
    this.field.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) this.field.setAttribute("aria-activedescendant", `found${this.at}`);
    else this.field.removeAttribute("aria-activedescendant");
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.found.length) {
      event.preventDefault();
      this.at = (this.at + step + this.found.length) % this.found.length;
      this.write();
    } else if (event.key === "Enter" && this.found.length) this.choose(this.at);
    else if (event.key === "Escape") {
      this.field.value = "";
      this.close();
      this.stage.element.focus();
    }
  }

  /** @param {number} n */
  choose(n) {
    const node = this.found[n];
    const { page } = this;
    this.field.value = "";
    this.close();
    const view = page.scenes.smallest(node);
    if (!page.scene.isValue(page.scene.part[node]) && view >= 0) page.show(view);
    page.select(node);
    this.stage.find(node);
    this.stage.element.focus();
  }

  close() {
    this.found = [];
    this.write();
  }
}

/**
 * A name with its index in letters of the line, as it is typed.
 *
 * @param {string} name
 */
function plain(name) {
  return name.replace(/[₀-₉]/g, (c) => String("₀₁₂₃₄₅₆₇₈₉".indexOf(c)));
}
