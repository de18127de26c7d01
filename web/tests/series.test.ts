import { describe, expect, it } from "vitest";

import type { Interval } from "../src/lib/api/types";
import { changeOf, dwellOf, placesOf, seriesOf, totalsOf } from "../src/pages/analytics/series";

const interval = (hour: number, more: Partial<Interval> = {}): Interval => ({
  start_utc: `2026-01-01T0${hour}:00:00Z`,
  end_utc: `2026-01-01T0${hour + 1}:00:00Z`,
  place: "door",
  in: hour,
  out: 1,
  occupancy_mean: 0,
  occupancy_max: 0,
  coverage: 1,
  dropped_frames: 0,
  dwell: [],
  ...more,
});

describe("curves", () => {
  const intervals = [interval(2), interval(1), interval(3, { coverage: 0 })];

  it("run by time and break where nobody looked", () => {
    expect(seriesOf(intervals, "door").in).toEqual([1, 2, null]);
    expect(seriesOf(intervals, "door").coverage).toEqual([1, 1, 0]);
    expect(seriesOf(intervals, "other").in).toEqual([]);
  });

  it("sum up, with the mean of what was watched", () => {
    const totals = totalsOf(intervals, "door");
    expect([totals.in, totals.out]).toEqual([6, 3]);
    expect(totals.coverage).toBeCloseTo(2 / 3);
    expect(placesOf(intervals)).toEqual(["door"]);
  });

  it("compare with before, unless there was nothing", () => {
    expect(changeOf(12, 10)).toBeCloseTo(0.2);
    expect(changeOf(12, 0)).toBeNull();
  });
});

describe("dwell", () => {
  it("adds visits by length, the longest last", () => {
    const dwell = [
      { below_s: null, visits: 1 },
      { below_s: 10, visits: 2 },
    ];
    const intervals = [interval(1, { dwell }), interval(2, { dwell })];
    expect(dwellOf(intervals, "door")).toEqual([
      { below_s: 10, visits: 4 },
      { below_s: null, visits: 2 },
    ]);
  });
});
