// What lies where: places by cells of several sizes, each twice as large as the one before.

/** @typedef {import("./scene.js").Place} Place */

const CELL = 256; // the size of the smallest cells
const ROWS = 2 ** 26; // more than there are

/** Places, found by where they are. Each is in at most four cells, of at least its own size. */
export class Grid {
  /** @param {Place[]} places */
  constructor(places) {
    this.places = places;
    this.found = new Uint32Array(places.length); // for each, the search that found it last
    this.searches = 0;
    /** @type {Map<number, number[]>[]} */
    this.levels = [];
    for (const [id, place] of places.entries()) {
      const size = Math.max(place.width, place.height, CELL) / CELL;
      const level = Math.ceil(Math.log2(size));
      this.levels[level] ??= new Map();
      const cells = this.levels[level];
      for (const name of cellsOf(place, CELL * 2 ** level)) {
        const known = cells.get(name);
        if (known) known.push(id);
        else cells.set(name, [id]);
      }
    }
  }

  /**
   * The numbers of the places that meet a place, each once.
   *
   * @param {Place} place
   * @param {number} [most] those that are enough
   */
  meeting(place, most = Infinity) {
    /** @type {number[]} */
    const meeting = [];
    const search = ++this.searches;
    for (const [level, cells] of this.levels.entries()) {
      if (!cells) continue;
      const size = CELL * 2 ** level;
      const isWide = (place.width / size + 2) * (place.height / size + 2) > cells.size;
      const names = isWide ? cells.keys() : cellsOf(place, size);
      for (const name of names)
        for (const id of cells.get(name) ?? [])
          if (this.found[id] !== search && meet(this.places[id], place)) {
            this.found[id] = search;
            meeting.push(id);
          }
      if (meeting.length > most) break;
    }
    return meeting;
  }

  /**
   * The numbers of the places that meet a place, in order.
   *
   * @param {Place} place
   */
  within(place) {
    return [...Int32Array.from(this.meeting(place)).sort()];
  }

  /**
   * True if more than a number of places meet a place.
   *
   * @param {Place} place
   * @param {number} most
   */
  exceeds(place, most) {
    return this.meeting(place, most).length > most;
  }
}

/**
 * The names of the cells that a place lies in.
 *
 * @param {Place} place
 * @param {number} size
 */
function cellsOf({ x, y, width, height }, size) {
  const names = [];
  for (let column = Math.floor(x / size); column * size <= x + width; column++)
    for (let row = Math.floor(y / size); row * size <= y + height; row++)
      names.push(column * ROWS + row);
  return names;
}

/**
 * True if two places have a point in common.
 *
 * @param {Place} one
 * @param {Place} other
 */
export function meet(one, other) {
  const across = one.x <= other.x + other.width && other.x <= one.x + one.width;
  return across && one.y <= other.y + other.height && other.y <= one.y + one.height;
}

/**
 * A place with a margin around it.
 *
 * @param {Place} place
 * @param {number} margin
 */
export function widened({ x, y, width, height }, margin) {
  return {
    x: x - margin,
    y: y - margin,
    width: width + 2 * margin,
    height: height + 2 * margin,
  };
}
