// What is deflated in the file is inflated here, where it stands; and then the program begins.

/**
 * @param {string} text deflated bytes in base64
 * @returns {Promise<string>}
 */
function inflated(text) {
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
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
