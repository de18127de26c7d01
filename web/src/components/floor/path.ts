/** SVG path data of shapes on the floor. */

import type { PointM } from "../../lib/api/types";
import type { Projection } from "../../lib/geometry/projection";

const written = ([u, v]: PointM): string => `${u.toFixed(1)} ${v.toFixed(1)}`;

export function pathOf(
  points: readonly PointM[],
  projection: Projection,
  { closed = false }: { closed?: boolean } = {},
): string {
  if (points.length === 0) return "";
  const corners = points.map((point) => written(projection.toPx(point)));
  return `M${corners.join("L")}${closed ? "Z" : ""}`;
}

/** An arrow with a head of `size` pixels, from and to places on the floor. */
export function arrowPath(from: PointM, to: PointM, projection: Projection, size = 8): string {
  const [fu, fv] = projection.toPx(from);
  const [tu, tv] = projection.toPx(to);
  const angle = Math.atan2(tv - fv, tu - fu);
  const wing = (turn: number): PointM => [
    tu - size * Math.cos(angle + turn),
    tv - size * Math.sin(angle + turn),
  ];
  const tip = written([tu, tv]);
  return `M${written([fu, fv])}L${tip}M${written(wing(0.5))}L${tip}L${written(wing(-0.5))}`;
}
