/** Lines and polygons on the floor, in metres. */

import type { PointM } from "../api/types";
import { distance } from "./projection";

export interface Arrow {
  from: PointM;
  to: PointM;
}

/** The middle of a polyline by length, and the unit vector along it there. */
export function middleOf(points: readonly PointM[]): { at: PointM; along: PointM } {
  const total = lengthOf(points);
  let walked = 0;
  for (const [a, b] of segments(points)) {
    const length = distance(a, b);
    if (walked + length >= total / 2 && length > 0) {
      const share = (total / 2 - walked) / length;
      const along: PointM = [(b[0] - a[0]) / length, (b[1] - a[1]) / length];
      return { at: [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share], along };
    }
    walked += length;
  }
  return { at: points[0] ?? [0, 0], along: [1, 0] };
}

/** The way people go who are counted in: from the right-hand side of a line to its left. */
export function arrowIn(points: readonly PointM[], reach_m = 0.45): Arrow {
  const { at, along } = middleOf(points);
  const left: PointM = [-along[1], along[0]];
  return {
    from: [at[0] - left[0] * reach_m, at[1] - left[1] * reach_m],
    to: [at[0] + left[0] * reach_m, at[1] + left[1] * reach_m],
  };
}

export function segments(points: readonly PointM[]): [PointM, PointM][] {
  const pairs: [PointM, PointM][] = [];
  points.forEach((point, index) => {
    const before = points[index - 1];
    if (before) pairs.push([before, point]);
  });
  return pairs;
}

export function lengthOf(points: readonly PointM[]): number {
  return segments(points).reduce((sum, [a, b]) => sum + distance(a, b), 0);
}

/** Square metres inside a polygon (shoelace formula). */
export function areaOf(polygon: readonly PointM[]): number {
  const twice = polygon.reduce((sum, [x, y], index) => {
    const [nx, ny] = polygon[(index + 1) % polygon.length] ?? [x, y];
    return sum + x * ny - nx * y;
  }, 0);
  return Math.abs(twice) / 2;
}

export function centreOf(polygon: readonly PointM[]): PointM {
  const count = Math.max(polygon.length, 1);
  const sum = polygon.reduce<PointM>(([sx, sy], [x, y]) => [sx + x, sy + y], [0, 0]);
  return [sum[0] / count, sum[1] / count];
}

/** To whole centimetres, which is finer than anybody can draw. */
export function toCentimetres([x, y]: PointM): PointM {
  return [Math.round(x * 100) / 100, Math.round(y * 100) / 100];
}
