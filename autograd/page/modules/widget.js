// A widget of a notebook, for anywidget: the page in a frame, and what passes between it and Python.

/**
 * Show the page in an element; what is returned takes it away again.
 *
 * @param {{model: any, el: HTMLElement}} given
 */
function render({ model, el }) {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts allow-downloads");
  frame.title = model.get("title");
  frame.style.cssText = `width: 100%; height: ${model.get("height")}px; border: 0; resize: vertical`;
  frame.srcdoc = inTheme(model.get("page"));
  /** @type {any} */
  let heard = null; // the changes that the page has told of
  const tell = () => {
    const changes = model.get("changes");
    if (changes !== heard) frame.contentWindow?.postMessage({ changes }, "*");
  };
  const hear = (/** @type {MessageEvent} */ { source, data }) => {
    if (source !== frame.contentWindow) return;
    if (data.isReady) {
      // Without changes there is nothing to tell, and a reader may have made one already.
      if (Object.keys(model.get("changes")).length) tell();
      return;
    }
    heard = data.changes;
    model.set("changes", heard);
    model.save_changes();
  };
  window.addEventListener("message", hear);
  model.on("change:changes", tell);
  el.replaceChildren(frame);
  return () => {
    window.removeEventListener("message", hear);
    model.off("change:changes", tell);
  };
}

/**
 * The page with the theme of the notebook, where it has one and the page has none.
 *
 * @param {string} page
 */
function inTheme(page) {
  const { body } = document;
  const isDark = body.matches("[data-jp-theme-light=false], .vscode-dark, .dark, .dark-theme");
  const isLight = body.matches("[data-jp-theme-light=true], .vscode-light, .light, .light-theme");
  if (!isDark && !isLight) return page;
  return page.replace(
    '<html lang="en">',
    `<html lang="en" data-theme="${isDark ? "dark" : "light"}">`,
  );
}

export default { render };
