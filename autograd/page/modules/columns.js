// Columns of numbers, which Python packed into text.

/**
 * The numbers of a column, as a typed array.
 *
 * @template T
 * @param {string} text the bytes in base64, the least significant of each number first
 * @param {new (bytes: ArrayBuffer) => T} Kind such as Float64Array
 * @returns {T}
 */
export function unpacked(text, Kind) {
  return new Kind(bytesOf(text).buffer);
}

/**
 * What was deflated, as text.
 *
 * @param {string} text the deflated bytes in base64
 * @returns {Promise<string>}
 */
export async function inflated(text) {
  const stream = new Blob([bytesOf(text)]).stream();
  return new Response(stream.pipeThrough(new DecompressionStream("deflate"))).text();
}

/**
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>}
 */
function bytesOf(text) {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return bytes;
}
