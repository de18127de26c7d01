/** Changing the corners of a line or polygon. */

import type { PointM } from "../api/types";
import { distance, type Projection } from "./projection";
import { toCentimetres } from "./shapes";

export type Ring = readonly PointM[];

export function movePoint(ring: Ring, corner: number, to: PointM): PointM[] {
  return ring.map((point, index) => (index === corner ? toCentimetres(to) : point));
}

export function insertPoint(ring: Ring, before: number, point: PointM): PointM[] {
  return [...ring.slice(0, before), toCentimetres(point), ...ring.slice(before)];
}

export function removePoint(ring: Ring, corner: number): PointM[] {
  return ring.filter((_, index) => index !== corner);
}

export function moveAll(ring: Ring, [dx, dy]: PointM): PointM[] {
  return ring.map(([x, y]) => toCentimetres([x + dx, y + dy]));
}

/** Middles of all sides, each with the corner before which a new one would stand. */
export function middles(ring: Ring, closed: boolean): { before: number; at: PointM }[] {
  const ends = closed ? ring.length : ring.length - 1;
  return Array.from({ length: Math.max(0, ends) }, (_, index) => {
    const a = ring[index] ?? [0, 0];
    const b = ring[(index + 1) % ring.length] ?? [0, 0];
    return { before: index + 1, at: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2] };
  });
}

/** A new line through the middle of the view, a new zone or hole around it. */
export function startingShape(kind: "line" | "zone" | "hole", projection: Projection): PointM[] {
  const [x, y] = projection.toM([projection.width / 2, projection.height / 2]);
  const reach = Math.min(projection.width, projection.height) / projection.scaleAt([x, y]);
  const r = { line: 0.3, zone: 0.28, hole: 0.08 }[kind] * reach;
  const corners: PointM[] =
    kind === "line"
      ? [[x, y + r], [x, y - r]]
      : [[x - r, y - r], [x + r, y - r], [x + r, y + r], [x - r, y + r]]; // prettier-ignore
  return corners.map(toCentimetres);
}

/** A name of the form "line 2" that no shape has yet. */
export function freeName(word: string, taken: readonly string[]): string {
  for (let number = taken.length + 1; ; number += 1) {
    const name = `${word} ${number}`;
    if (!taken.includes(name)) return name;
  }
}

/** Whether a click is on the first corner again, which closes a polygon. */
export function closes(ring: Ring, px: PointM, projection: Projection, within = 14): boolean {
  const first = ring[0];
  return first !== undefined && ring.length >= 3 && distance(projection.toPx(first), px) < within;
}

/** Without corners on the same spot of the screen: a double click gives its place twice. */
export function withoutRepeats(ring: Ring, projection: Projection, within = 6): PointM[] {
  return ring.filter((point, index) => {
    const before = ring[index - 1];
    return !before || distance(projection.toPx(before), projection.toPx(point)) >= within;
  });
}
