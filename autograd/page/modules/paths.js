// The lines of a picture, as Python writes them: paths of M, L, H, V and C.

/** @typedef {import("./scene.js").Place} Place */

/** A stretch of a line, by its points one after the other: 2 of a straight one, 4 of a curve. */
/** @typedef {number[]} Stretch */

/** A stretch that stands for all that lie on it: a rectangle without breadth, or a curve. */
/** @typedef {Place & {curve?: Stretch}} Stroke */

/** @type {Record<string, number>} */
const NUMBERS = { M: 2, L: 2, H: 1, V: 1, C: 6 }; // of each command
const CHORDS = 8; // in place of a curve, where its length is measured

/**
 * The stretches of a path.
 *
 * @param {string} path
 * @returns {Stretch[]}
 */
export function stretches(path) {
  const found = [];
  let [x, y] = [0, 0];
  let command = "";
  /** @type {number[]} */
  let numbers = [];
  for (const word of path.match(/[A-Z]|[^A-Z ,]+/g) ?? []) {
    if (word in NUMBERS) {
      command = word;
      continue;
    }
    numbers.push(Number(word));
    if (numbers.length < NUMBERS[command]) continue;
    if (command === "H") numbers.push(y);
    if (command === "V") numbers.unshift(x);
    if (command !== "M") found.push([x, y, ...numbers]);
    [x, y] = numbers.slice(-2);
    numbers = [];
  }
  return found;
}

/**
 * The strokes that cover what stretches cover, each place once: those along one line are joined
 * where they meet.
 *
 * @param {Iterable<Stretch>} all
 * @returns {Stroke[]}
 */
export function strokes(all) {
  /** @type {Map<number, [number, number][]>[]} */
  const rows = [new Map(), new Map()]; // horizontal and vertical ones, by the line that they lie on
  /** @type {Map<string, Stroke>} */
  const others = new Map();
  for (const stretch of all) {
    const [x, y, x1, y1] = stretch;
    const isVertical = x === x1;
    if (stretch.length > 4 || (y !== y1 && !isVertical)) {
      const key = String(stretch);
      if (!others.has(key)) others.set(key, { ...extent(stretch), curve: stretch });
      continue;
    }
    const [line, from, to] = isVertical ? [x, y, y1] : [y, x, x1];
    const lines = rows[Number(isVertical)];
    const spans = lines.get(line) ?? [];
    spans.push([Math.min(from, to), Math.max(from, to)]);
    lines.set(line, spans);
  }
  const [level, upright] = rows.map((lines) =>
    [...lines].flatMap(([line, spans]) => joined(spans).map(([from, to]) => [line, from, to])),
  );
  return [
    ...level.map(([y, x, end]) => ({ x, y, width: end - x, height: 0 })),
    ...upright.map(([x, y, end]) => ({ x, y, width: 0, height: end - y })),
    ...others.values(),
  ];
}

/**
 * Spans of a line, joined where they meet, in order.
 *
 * @param {[number, number][]} spans
 */
function joined(spans) {
  spans.sort(([one], [other]) => one - other);
  const found = [spans[0]];
  for (const [from, to] of spans) {
    const last = found[found.length - 1];
    if (from > last[1]) found.push([from, to]);
    else last[1] = Math.max(last[1], to);
  }
  return found;
}

/**
 * The path of a stroke, as much of it as lies in a place if it is straight.
 *
 * @param {Stroke} stroke
 * @param {Place} seen
 */
export function pathOf({ x, y, width, height, curve }, seen) {
  if (curve) {
    const [x0, y0, ...rest] = curve;
    return `M${x0} ${y0}${rest.length > 2 ? "C" : "L"}${rest.join(" ")}`;
  }
  if (width) return `M${Math.max(x, seen.x)} ${y}H${Math.min(x + width, seen.x + seen.width)}`;
  return `M${x} ${Math.max(y, seen.y)}V${Math.min(y + height, seen.y + seen.height)}`;
}

/**
 * The rectangle around the points of a stretch.
 *
 * @param {Stretch} stretch
 * @returns {Place}
 */
function extent(stretch) {
  const [xs, ys] = [0, 1].map((side) => stretch.filter((_, n) => n % 2 === side));
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

/**
 * The end of a line, and the way that it leads there, as a vector of length 1.
 *
 * @param {Stretch[]} line
 */
export function endOf(line) {
  const [x0, y0, x, y] = line[line.length - 1].slice(-4);
  const length = Math.hypot(x - x0, y - y0) || 1;
  return { x, y, dx: (x - x0) / length, dy: (y - y0) / length };
}

/**
 * A point on a line, at a share of its length.
 *
 * @param {Stretch[]} line
 * @param {number} share
 */
export function pointOn(line, share) {
  const points = [line[0].slice(0, 2)];
  for (const stretch of line) {
    const count = stretch.length > 4 ? CHORDS : 1;
    for (let n = 1; n <= count; n++) points.push(pointOf(stretch, n / count));
  }
  const [first, ...others] = points;
  const lengths = others.map(([x, y], n) => Math.hypot(x - points[n][0], y - points[n][1]));
  let rest = share * lengths.reduce((sum, length) => sum + length, 0);
  let [x, y] = first;
  for (const [n, length] of lengths.entries()) {
    const part = length ? Math.min(rest / length, 1) : 0;
    [x, y] = pointOf([...points[n], ...others[n]], part);
    rest -= length;
    if (rest <= 0) break;
  }
  return { x, y };
}

/**
 * The point of a stretch between its ends, at 0 and 1.
 *
 * @param {Stretch} stretch
 * @param {number} share
 * @returns {number[]}
 */
function pointOf(stretch, share) {
  if (stretch.length === 2) return stretch;
  const between = stretch.slice(2).map((end, n) => stretch[n] + (end - stretch[n]) * share);
  return pointOf(between, share);
}
