// Two ways to draw the same picture: on a canvas, and as an SVG.

import { s } from "./dom.js";

const FONT = "Helvetica, Arial, sans-serif";

/**
 * The looks of a shape.
 *
 * @typedef {object} Look
 * @property {string} [fill]
 * @property {string} [stroke]
 * @property {number} [width] of the stroke
 * @property {number} [radius] of the corners
 * @property {number} [alpha]
 * @property {boolean} [dashed]
 */

/**
 * The looks of a text.
 *
 * @typedef {object} Letters
 * @property {number} size
 * @property {boolean} [bold]
 * @property {string} color
 * @property {"left" | "center"} [align]
 * @property {number} [alpha]
 */

/** Draws on a canvas. */
export class CanvasPen {
  /** @param {CanvasRenderingContext2D} context */
  constructor(context) {
    this.context = context;
  }

  /**
   * A rectangle.
   *
   * @param {import("./scene.js").Place} place
   * @param {Look} look
   */
  rectangle({ x, y, width, height }, look) {
    const { context } = this;
    const { fill, stroke, radius, alpha = 1 } = look;
    if (fill && !stroke && !radius) {
      context.globalAlpha = alpha;
      context.fillStyle = fill;
      context.fillRect(x, y, width, height); // faster than a path
      context.globalAlpha = 1;
      return;
    }
    context.beginPath();
    if (radius) context.roundRect(x, y, width, height, radius);
    else context.rect(x, y, width, height);
    this.paint(look);
  }

  /**
   * A path, as the data that an SVG has for it.
   *
   * @param {string} path
   * @param {Look} look
   */
  path(path, look) {
    this.paint(look, new Path2D(path));
  }

  /**
   * A line of text; y is that of its base line.
   *
   * @param {string} text
   * @param {number} x
   * @param {number} y
   * @param {Letters} letters
   */
  text(text, x, y, { size, bold, color, align = "center", alpha = 1 }) {
    const { context } = this;
    context.globalAlpha = alpha;
    context.font = `${bold ? "bold " : ""}${size}px ${FONT}`;
    context.textAlign = align;
    context.fillStyle = color;
    context.fillText(text, x, y);
    context.globalAlpha = 1;
  }

  /**
   * The width of a text.
   *
   * @param {string} text
   * @param {number} size
   * @param {boolean} [bold]
   */
  widthOf(text, size, bold) {
    this.context.font = `${bold ? "bold " : ""}${size}px ${FONT}`;
    return this.context.measureText(text).width;
  }

  /**
   * @param {Look} look
   * @param {Path2D} [path] in place of the current one
   */
  paint({ fill, stroke, width = 1, alpha = 1, dashed }, path) {
    const { context } = this;
    context.globalAlpha = alpha;
    if (fill) {
      context.fillStyle = fill;
      if (path) context.fill(path);
      else context.fill();
    }
    if (stroke) {
      context.strokeStyle = stroke;
      context.lineWidth = width;
      context.setLineDash(dashed ? [4, 3] : []);
      if (path) context.stroke(path);
      else context.stroke();
    }
    context.globalAlpha = 1;
  }
}

/** Draws an SVG; the texts in it are text, whose widths a canvas knows. */
export class SvgPen extends CanvasPen {
  root = s("g", { "font-family": FONT });

  /** @type {CanvasPen["rectangle"]} */
  rectangle({ x, y, width, height }, look) {
    this.root.append(s("rect", { x, y, width, height, rx: look.radius ?? 0, ...attributes(look) }));
  }

  /** @type {CanvasPen["path"]} */
  path(d, look) {
    this.root.append(s("path", { d, ...attributes(look) }));
  }

  /** @type {CanvasPen["text"]} */
  text(text, x, y, { size, bold, color, align = "center", alpha = 1 }) {
    const anchor = { left: "start", center: "middle" }[align];
    this.root.append(
      s(
        "text",
        {
          x,
          y,
          "font-size": size,
          fill: color,
          "text-anchor": anchor,
          opacity: alpha,
          "font-weight": bold ? "bold" : "normal",
        },
        text,
      ),
    );
  }
}

/**
 * @param {Look} look
 * @returns {Record<string, string | number>}
 */
function attributes({ fill = "none", stroke = "none", width = 1, alpha = 1, dashed }) {
  return {
    fill,
    stroke,
    "stroke-width": width,
    opacity: alpha,
    "stroke-dasharray": dashed ? "4 3" : "none",
  };
}
