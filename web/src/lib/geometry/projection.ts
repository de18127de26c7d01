/** Between metres on the floor and pixels on the screen. */

import type { PictureView, PointM } from "../api/types";

export interface Bounds {
  x_min: number;
  y_min: number;
  x_max: number;
  y_max: number;
}

/** One way of looking at the floor; the editor and all layers know only this. */
export interface Projection {
  readonly kind: "plan" | "picture";
  readonly width: number;
  readonly height: number;
  /** Screen position of a place `z` metres above the floor. */
  toPx(point: PointM, z?: number): PointM;
  /** Place on the floor under a screen position. */
  toM(px: PointM): PointM;
  /** Pixels per metre around a place. */
  scaleAt(point: PointM): number;
}

/** The smallest upright box around all points, or null without any. */
export function boundsOf(points: readonly PointM[]): Bounds | null {
  if (points.length === 0) return null;
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  return {
    x_min: Math.min(...xs),
    y_min: Math.min(...ys),
    x_max: Math.max(...xs),
    y_max: Math.max(...ys),
  };
}

export function padded(bounds: Bounds, margin: number): Bounds {
  return {
    x_min: bounds.x_min - margin,
    y_min: bounds.y_min - margin,
    x_max: bounds.x_max + margin,
    y_max: bounds.y_max + margin,
  };
}

/** Seen from above, y up, as large as `width` and `maxHeight` allow. */
export function planProjection(bounds: Bounds, width: number, maxHeight: number): Projection {
  const across = Math.max(bounds.x_max - bounds.x_min, 0.1);
  const along = Math.max(bounds.y_max - bounds.y_min, 0.1);
  const scale = Math.min(width / across, maxHeight / along);
  const height = along * scale;
  const left = (width - across * scale) / 2;
  return {
    kind: "plan",
    width,
    height,
    toPx: ([x, y]) => [left + (x - bounds.x_min) * scale, height - (y - bounds.y_min) * scale],
    toM: ([u, v]) => [bounds.x_min + (u - left) / scale, bounds.y_min + (height - v) / scale],
    scaleAt: () => scale,
  };
}

/** Through the camera: the floor as it lies in the depth picture or the still. */
export function pictureProjection(frame: PictureView, width: number): Projection {
  const zoom = width / frame.width_px;
  const p = frame.pixel_from_floor;
  const at = (index: number) => p[index] ?? 0;
  const inverse = inverse3([
    at(0), at(1), at(3),
    at(4), at(5), at(7),
    at(8), at(9), at(11),
  ]); // prettier-ignore
  const toPx = ([x, y]: PointM, z = 0): PointM => {
    const row = (r: number) => at(r) * x + at(r + 1) * y + at(r + 2) * z + at(r + 3);
    const w = row(8);
    return [(row(0) / w) * zoom, (row(4) / w) * zoom];
  };
  return {
    kind: "picture",
    width,
    height: frame.height_px * zoom,
    toPx,
    toM: ([u, v]) => apply3(inverse, [u / zoom, v / zoom]),
    scaleAt: ([x, y]) => distance(toPx([x - 0.5, y]), toPx([x + 0.5, y])),
  };
}

export function distance([ax, ay]: PointM, [bx, by]: PointM): number {
  return Math.hypot(bx - ax, by - ay);
}

type Matrix3 = [number, number, number, number, number, number, number, number, number];

function inverse3([a, b, c, d, e, f, g, h, i]: Matrix3): Matrix3 {
  const [A, B, C] = [e * i - f * h, f * g - d * i, d * h - e * g];
  const determinant = a * A + b * B + c * C;
  const adjugate = [
    A, c * h - b * i, b * f - c * e,
    B, a * i - c * g, c * d - a * f,
    C, b * g - a * h, a * e - b * d,
  ]; // prettier-ignore
  return adjugate.map((value) => value / determinant) as Matrix3;
}

function apply3([a, b, c, d, e, f, g, h, i]: Matrix3, [x, y]: PointM): PointM {
  const w = g * x + h * y + i;
  return [(a * x + b * y + c) / w, (d * x + e * y + f) / w];
}
