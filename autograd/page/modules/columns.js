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
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return new Kind(bytes.buffer);
}
