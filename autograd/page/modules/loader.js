// What is deflated in the file is inflated here, where it stands; and then the program begins.

/**
 * @param {string} text deflated bytes in base64
 * @returns {Promise<string>}
 */
function inflated(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream();
  return new Response(stream.pipeThrough(new DecompressionStream("deflate"))).text();
}

/** The policy of the page allows this program, by its hash, and no other. */
async function load() {
  for (const id of ["data", "program"]) {
    const element = /** @type {HTMLElement} */ (document.getElementById(id));
    const text = await inflated(element.textContent ?? "");
    if (id === "data") element.textContent = text;
    else {
      const script = document.createElement("script");
      script.textContent = text;
      element.replaceWith(script);
    }
  }
}

load();
