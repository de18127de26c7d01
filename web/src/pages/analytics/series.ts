/** From intervals to curves. */

import type { DwellBin, Interval } from "../../lib/api/types";

export interface Series {
  start_s: number[];
  in: (number | null)[];
  out: (number | null)[];
  coverage: number[];
}

/** Below this share of watched time a count would mislead, so the curve has a gap. */
export const LEAST_COVERAGE = 0.01;

export const placesOf = (intervals: readonly Interval[]): string[] => [
  ...new Set(intervals.map((interval) => interval.place)),
];

/** The curve of one place, by time. */
export function seriesOf(intervals: readonly Interval[], place: string): Series {
  const own = intervals
    .filter((interval) => interval.place === place)
    .sort((a, b) => a.start_utc.localeCompare(b.start_utc));
  const seen = (interval: Interval, value: number) =>
    interval.coverage < LEAST_COVERAGE ? null : value;
  return {
    start_s: own.map((interval) => new Date(interval.start_utc).getTime() / 1000),
    in: own.map((interval) => seen(interval, interval.in)),
    out: own.map((interval) => seen(interval, interval.out)),
    coverage: own.map((interval) => interval.coverage),
  };
}

export interface Totals {
  in: number;
  out: number;
  coverage: number;
}

export function totalsOf(intervals: readonly Interval[], place: string): Totals {
  const own = intervals.filter((interval) => interval.place === place);
  const sum = (value: (interval: Interval) => number) =>
    own.reduce((total, interval) => total + value(interval), 0);
  return {
    in: sum((interval) => interval.in),
    out: sum((interval) => interval.out),
    coverage: own.length > 0 ? sum((interval) => interval.coverage) / own.length : 0,
  };
}

/** All visits of a place by dwell, shortest first. */
export function dwellOf(intervals: readonly Interval[], place: string): DwellBin[] {
  const visits = new Map<number | null, number>();
  for (const interval of intervals) {
    if (interval.place !== place) continue;
    for (const bin of interval.dwell) {
      visits.set(bin.below_s, (visits.get(bin.below_s) ?? 0) + bin.visits);
    }
  }
  return [...visits]
    .map(([below_s, count]) => ({ below_s, visits: count }))
    .sort((a, b) => (a.below_s ?? Infinity) - (b.below_s ?? Infinity));
}

/** Change against before: 0.1 is ten percent more; null when there was nothing. */
export function changeOf(now: number, before: number): number | null {
  return before > 0 ? now / before - 1 : null;
}
