// The colours: those of the theme, and the scale on which numbers have theirs.

const MOST_DECADES = 6; // the most that the scale spans, below the largest number
const LEAST_DECADES = Math.log10(2);
const FAINTEST = 0.25; // the position of the smallest of these sizes

/**
 * The theme of the page, which its style sheet has as JSON: that of the reader, or of paper.
 *
 * @typedef {Record<string, string> & {stops: string[], frames: string[]}} Theme
 * @returns {Theme}
 */
export const theme = () =>
  JSON.parse(getComputedStyle(document.documentElement).getPropertyValue("--theme"));

/** The positions of numbers between the colours of a ramp, on a logarithmic scale. */
export class Scale {
  /** @param {Iterable<number>} numbers those that it is to fit */
  constructor(numbers) {
    let [least, most] = [Infinity, 0];
    for (const number of numbers) {
      const size = Math.abs(number);
      if (size === 0 || !(size < Infinity)) continue;
      least = Math.min(least, size);
      most = Math.max(most, size);
    }
    const [low, high] = most ? [Math.log10(least), Math.log10(most)] : [0, 0];
    this.high = high;
    this.low = Math.min(Math.max(low, high - MOST_DECADES), high - LEAST_DECADES);
  }

  /**
   * The position of a number, from -1 to 1; only that of 0 is 0.
   *
   * @param {number} number
   */
  position(number) {
    if (number === 0) return 0;
    const share = (Math.log10(Math.abs(number)) - this.low) / (this.high - this.low);
    const place = FAINTEST + (1 - FAINTEST) * Math.min(Math.max(share, 0), 1);
    return number < 0 ? -place : place;
  }

  /**
   * The colour of a number.
   *
   * @param {number} number
   * @param {Theme} theme
   */
  color(number, theme) {
    return Number.isFinite(number) ? blend(theme.stops, this.position(number)) : theme.alarm;
  }
}

/**
 * The colour at a position, from -1 to 1, on a ramp of evenly spaced colours.
 *
 * @param {string[]} stops
 * @param {number} position
 */
export function blend(stops, position) {
  const place = ((position + 1) / 2) * (stops.length - 1);
  const before = Math.min(Math.floor(place), stops.length - 2);
  const [one, other] = [rgb(stops[before]), rgb(stops[before + 1])];
  const mixed = one.map((channel, i) =>
    Math.round(channel + (other[i] - channel) * (place - before)),
  );
  return `#${mixed.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}

/**
 * Black or white, the colour of letters with more contrast to a fill.
 *
 * @param {string} fill
 */
export function readableOn(fill) {
  return luminance(fill) > 0.179 ? "#000000" : "#ffffff";
}

/** @param {string} color */
function luminance(color) {
  const [r, g, b] = rgb(color).map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** @param {string} color */
function rgb(color) {
  return [1, 3, 5].map((start) => parseInt(color.slice(start, start + 2), 16));
}
