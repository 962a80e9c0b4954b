// The part of a picture that is seen: moved and scaled, at once or in a short flight.

import { animate } from "./time.js";

/** @typedef {import("./scene.js").Place} Place */

const MOST_SCALE = 4;
const FLIGHT = 260; // milliseconds
const MARGIN = 28; // around what is shown, in pixels of the screen

/** A camera: a point (x, y) of the picture is at ((x - camera.x) * scale, ...) on the screen. */
export class Camera {
  /** @param {() => void} onMove */
  constructor(onMove) {
    this.onMove = onMove;
    this.x = this.y = 0;
    this.scale = 1;
    this.least = 0; // scale
    this.width = this.height = 1; // of the screen
    this.flight = 0; // their number so far
  }

  /**
   * The point of the picture at a point of the screen.
   *
   * @param {number} x
   * @param {number} y
   */
  toPicture(x, y) {
    return { x: x / this.scale + this.x, y: y / this.scale + this.y };
  }

  /** Where it is, to be put there again. */
  get position() {
    const { x, y, scale } = this;
    return { x, y, scale };
  }

  /** The part of the picture that is in sight. */
  get seen() {
    const { x, y, scale } = this;
    return { x, y, width: this.width / scale, height: this.height / scale };
  }

  /**
   * Move by pixels of the screen.
   *
   * @param {number} dx
   * @param {number} dy
   */
  pan(dx, dy) {
    this.land();
    this.x -= dx / this.scale;
    this.y -= dy / this.scale;
    this.onMove();
  }

  /**
   * Scale by a factor around a point of the screen.
   *
   * @param {number} factor
   * @param {number} [x]
   * @param {number} [y]
   */
  zoom(factor, x = this.width / 2, y = this.height / 2) {
    this.land();
    const fixed = this.toPicture(x, y);
    this.scale = this.allowed(this.scale * factor);
    this.x = fixed.x - x / this.scale;
    this.y = fixed.y - y / this.scale;
    this.onMove();
  }

  /** @param {number} scale */
  allowed(scale) {
    return Math.min(Math.max(scale, this.least), MOST_SCALE);
  }

  /**
   * The scale at which a place fits on the screen.
   *
   * @param {{width: number, height: number}} place
   */
  fitting({ width, height }) {
    return Math.min((this.width - 2 * MARGIN) / width, (this.height - 2 * MARGIN) / height);
  }

  /**
   * True if a place is in sight.
   *
   * @param {Place} place
   */
  sees({ x, y, width, height }) {
    const { seen } = this;
    const isAcross = x >= seen.x && x + width <= seen.x + seen.width;
    return isAcross && y >= seen.y && y + height <= seen.y + seen.height;
  }

  /**
   * Show a place in the middle, at a scale.
   *
   * @param {Place} place
   * @param {number} wanted
   * @param {boolean} [flies] false to be there at once
   * @param {{width: number, height: number}} [whole] a picture beyond whose borders nothing is
   */
  show(place, wanted, flies = false, whole) {
    this.land();
    const scale = this.allowed(wanted);
    const [width, height, margin] = [this.width, this.height, MARGIN].map((size) => size / scale);
    let x = place.x + (place.width - width) / 2;
    let y = place.y + (place.height - height) / 2;
    if (whole) {
      x = this.inside(x, width, whole.width, margin);
      y = this.inside(y, height, whole.height, margin);
    }
    this[flies ? "fly" : "set"]({ x, y, scale });
  }

  /**
   * The nearest start of what is seen that shows no more than a margin beyond the borders.
   *
   * @param {number} start
   * @param {number} seen
   * @param {number} whole
   * @param {number} margin
   */
  inside(start, seen, whole, margin) {
    if (seen >= whole + 2 * margin) return (whole - seen) / 2;
    return Math.min(Math.max(start, -margin), whole + margin - seen);
  }

  /**
   * @param {{x: number, y: number, scale: number}} there
   */
  set({ x, y, scale }) {
    Object.assign(this, { x, y, scale });
    this.onMove();
  }

  /**
   * @param {{x: number, y: number, scale: number}} there
   */
  fly(there) {
    const { position: from, flight } = this;
    animate(FLIGHT, (share) => {
      if (flight !== this.flight) return false;
      const rest = (1 - share) ** 3;
      const at = (/** @type {"x" | "y" | "scale"} */ key) =>
        there[key] + (from[key] - there[key]) * rest;
      this.set({ x: at("x"), y: at("y"), scale: at("scale") });
      return true;
    });
  }

  /** End a flight where it is. */
  land() {
    this.flight++;
  }
}
