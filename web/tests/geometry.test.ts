import { describe, expect, it } from "vitest";

import type { PointM } from "../src/lib/api/types";
import { headField, stageBounds, ticks } from "../src/lib/geometry/bounds";
import { withoutRepeats } from "../src/lib/geometry/editing";
import { boundsOf, pictureProjection, planProjection } from "../src/lib/geometry/projection";
import { areaOf, arrowIn, middleOf, toCentimetres } from "../src/lib/geometry/shapes";

const near = (a: PointM, b: PointM) => {
  expect(a[0]).toBeCloseTo(b[0], 6);
  expect(a[1]).toBeCloseTo(b[1], 6);
};

describe("the floor from above", () => {
  const projection = planProjection({ x_min: -2, y_min: -1, x_max: 2, y_max: 1 }, 400, 900);

  it("puts y up and keeps metres square", () => {
    near(projection.toPx([-2, 1]), [0, 0]);
    near(projection.toPx([2, -1]), [400, 200]);
    expect(projection.scaleAt([0, 0])).toBe(100);
  });

  it("finds the place back", () => near(projection.toM(projection.toPx([0.3, -0.7])), [0.3, -0.7]));

  it("takes the two clicks of a double click for one corner", () => {
    const clicked: PointM[] = [[-1, 0], [1, 0], [1.02, 0]]; // prettier-ignore
    expect(withoutRepeats(clicked, projection)).toEqual([[-1, 0], [1, 0]]); // prettier-ignore
  });

  it("draws heads in view nearer to the camera than the floor in view", () => {
    const field: PointM[] = [[-3, 2], [3, 2]]; // prettier-ignore
    expect(headField({ field_m: field, height_m: null })).toEqual([]);
    const [corner] = headField({ field_m: field, height_m: 3.4 });
    near(corner ?? [0, 0], [-1.5, 1]);
  });

  it("shrinks to the height there is", () => {
    const low = planProjection({ x_min: 0, y_min: 0, x_max: 1, y_max: 4 }, 400, 200);
    expect(low.height).toBe(200);
    near(low.toPx([0.5, 4]), [200, 0]);
  });
});

describe("the floor through the camera", () => {
  // straight down from 3 m with 300 px focal length: u = 320 + 100 x, v = 240 - 100 y
  const p = [300, 0, -320, 960, 0, -300, -240, 720, 0, 0, -1, 3];
  const view = { width_px: 640, height_px: 480, pixel_from_floor: p };

  it("follows the matrix, scaled to the width shown", () => {
    const projection = pictureProjection(view, 320);
    near(projection.toPx([0, 0]), [160, 120]);
    near(projection.toPx([1, 1]), [210, 70]);
    expect(projection.height).toBe(240);
  });

  it("moves heads outwards", () => {
    const head = pictureProjection(view, 640).toPx([1, 0], 1.5);
    near(head, [520, 240]);
  });

  it("finds the place on the floor back", () => {
    const projection = pictureProjection(view, 500);
    near(projection.toM(projection.toPx([-0.4, 0.9])), [-0.4, 0.9]);
  });
});

describe("lines", () => {
  const door: PointM[] = [
    [0, 1.2],
    [0, -1.2],
  ];

  it("point in to the left-hand side of who looks along them", () => {
    const arrow = arrowIn(door, 0.5);
    near(arrow.from, [-0.5, 0]);
    near(arrow.to, [0.5, 0]);
  });

  it("have their middle by length", () => {
    near(middleOf([[0, 0], [3, 0], [3, 1]]).at, [2, 0]); // prettier-ignore
  });
});

describe("shapes", () => {
  it("have an area whichever way they are drawn", () => {
    const square: PointM[] = [[0, 0], [2, 0], [2, 2], [0, 2]]; // prettier-ignore
    expect(areaOf(square)).toBe(4);
    expect(areaOf([...square].reverse())).toBe(4);
  });

  it("are kept to centimetres", () => near(toCentimetres([0.12345, -0.999]), [0.12, -1]));

  it("have bounds, or none", () => {
    expect(boundsOf([])).toBeNull();
    expect(stageBounds(null).x_max).toBeGreaterThan(1);
    expect(ticks(-1.2, 2.1, 1)).toEqual([-1, 0, 1, 2]);
  });
});
