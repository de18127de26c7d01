/** How much of the floor a stage shows. */

import type { Plan, PointM } from "../api/types";
import { boundsOf, padded, type Bounds } from "./projection";
import { arrowIn } from "./shapes";

const MARGIN_M = 0.4;
const ARROW_M = 0.7; // room for the arrow of a line and its words, also on a telephone
const BEFORE_THE_FLOOR_IS_FOUND: Bounds = { x_min: -3, y_min: -2.2, x_max: 3, y_max: 2.2 };

/** The field of view with all lines, zones and `more` points, and a margin. */
export function stageBounds(plan: Plan | null, more: readonly PointM[] = []): Bounds {
  const points = [
    ...(plan?.field_m ?? []),
    ...(plan?.lines ?? []).flatMap((line) => withArrow(line.points_m)),
    ...(plan?.zones ?? []).flatMap((zone) => zone.polygon_m),
    ...more,
  ];
  const bounds = boundsOf(points);
  return bounds ? padded(bounds, MARGIN_M) : BEFORE_THE_FLOOR_IS_FOUND;
}

/** A line with the ends of the arrow that shows which way is in. */
export function withArrow(line: readonly PointM[]): readonly PointM[] {
  const { from, to } = arrowIn(line, ARROW_M);
  return [...line, from, to];
}

/** Whole multiples of `step` in `[low, high]`. */
export function ticks(low: number, high: number, step: number): number[] {
  const first = Math.ceil(low / step);
  const last = Math.floor(high / step);
  return Array.from(
    { length: Math.max(0, last - first + 1) },
    (_, index) => (first + index) * step,
  );
}

/** Stature at which the outline of heads in view is drawn. */
const HEAD_M = 1.7;

/**
 * Where the heads of people are in view: the field on the floor, drawn together towards the place
 * below the camera, which is the origin. Empty until the height is known.
 */
export function headField({ field_m, height_m }: Pick<Plan, "field_m" | "height_m">): PointM[] {
  if (height_m === null || height_m <= HEAD_M) return [];
  const share = (height_m - HEAD_M) / height_m;
  return field_m.map(([x, y]) => [x * share, y * share]);
}
