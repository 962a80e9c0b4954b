// A large picture in tiles that are kept: a frame moves them, and draws few of them anew.

import { CanvasPen } from "./pens.js";

/** @typedef {import("./scene.js").Place} Place */
/** @typedef {{canvas: OffscreenCanvas, state: object}} Tile */

const SIZE = 128; // of a tile, in pixels of the screen
const KEPT = 1600; // tiles that are kept
const BUDGET = 9; // milliseconds of a frame in which tiles are drawn
const COARSER = [2, 4, 6, 8]; // levels up, of which two are a factor of 2

/** The tiles of a picture, at scales that are half octaves apart. */
export class Tiles {
  constructor() {
    /** @type {Map<string, Tile>} */
    this.kept = new Map(); // those used last at the end
    /** @type {object | null} */
    this.scene = null;
  }

  /**
   * Draw what a camera sees. A tile that has not been drawn in this frame is shown as it was, or
   * as a part of one at a smaller scale.
   *
   * @param {CanvasRenderingContext2D} context without a transformation
   * @param {import("./camera.js").Camera} camera
   * @param {number} ratio pixels of the canvas by those of the screen
   * @param {import("./draw.js").Drawer} drawer
   * @returns {boolean} true if all of it is as it should be
   */
  draw(context, camera, ratio, drawer) {
    const { scene } = drawer;
    if (this.scene !== scene) this.kept.clear();
    this.scene = scene;
    const end = performance.now() + BUDGET;
    const level = Math.round(2 * Math.log2(camera.scale));
    const size = SIZE / 2 ** (level / 2);
    const right = Math.min(camera.x + camera.width / camera.scale, scene.whole.width);
    const bottom = Math.min(camera.y + camera.height / camera.scale, scene.whole.height);
    let isDone = true;
    for (let column = Math.max(0, Math.floor(camera.x / size)); column * size < right; column++) {
      for (let row = Math.max(0, Math.floor(camera.y / size)); row * size < bottom; row++) {
        const name = `${level} ${column} ${row}`;
        let tile = this.kept.get(name);
        if (tile?.state !== drawer) {
          if (performance.now() < end) tile = this.drawn(tile, drawer, level, column, row, ratio);
          else isDone = false;
        }
        const scale = camera.scale * ratio;
        const left = (column * size - camera.x) * scale;
        const top = (row * size - camera.y) * scale;
        if (tile) {
          this.kept.delete(name);
          this.kept.set(name, tile);
          context.drawImage(tile.canvas, left, top, size * scale, size * scale);
        } else this.coarse(context, level, column, row, [left, top, size * scale]);
      }
    }
    for (const name of this.kept.keys()) {
      if (this.kept.size <= KEPT) break;
      this.kept.delete(name);
    }
    return isDone;
  }

  /**
   * Draw a tile.
   *
   * @param {Tile | undefined} tile as it was
   * @param {import("./draw.js").Drawer} drawer
   * @param {number} level
   * @param {number} column
   * @param {number} row
   * @param {number} ratio
   * @returns {Tile}
   */
  drawn(tile, drawer, level, column, row, ratio) {
    const canvas = tile?.canvas ?? new OffscreenCanvas(SIZE * ratio, SIZE * ratio);
    const context = /** @type {any} */ (canvas.getContext("2d", { alpha: false }));
    const scale = 2 ** (level / 2);
    const size = SIZE / scale;
    const place = { x: column * size, y: row * size, width: size, height: size };
    const pixels = scale * ratio;
    context.setTransform(pixels, 0, 0, pixels, -place.x * pixels, -place.y * pixels);
    context.fillStyle = drawer.theme.background;
    context.fillRect(place.x, place.y, size, size);
    drawer.draw(new CanvasPen(context), scale, place);
    return { canvas, state: drawer };
  }

  /**
   * Show the part of a tile at a smaller scale, if there is one.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {number} level
   * @param {number} column
   * @param {number} row
   * @param {[number, number, number]} to left, top and size
   */
  coarse(context, level, column, row, [left, top, size]) {
    for (const up of COARSER) {
      const factor = 2 ** (up / 2);
      const [x, y] = [column / factor, row / factor];
      const tile = this.kept.get(`${level - up} ${Math.floor(x)} ${Math.floor(y)}`);
      if (!tile) continue;
      const { canvas } = tile;
      const part = canvas.width / factor;
      const [from, above] = [x % 1, y % 1].map((share) => share * canvas.width);
      return context.drawImage(canvas, from, above, part, part, left, top, size, size);
    }
  }
}
