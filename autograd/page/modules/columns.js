// Columns of numbers, packed as text.

/**
 * The numbers of a column.
 * @template {Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array} Kind
 * @param {string} text little-endian, in base64
 * @param {new (buffer: ArrayBuffer) => Kind} kind
 * @returns {Kind}
 */
export function unpacked(text, kind) {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return new kind(bytes.buffer);
}
