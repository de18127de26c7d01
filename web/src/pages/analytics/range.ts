/** Ranges of time to look at, in days of the device's zone. */

import { clock } from "../../lib/state/clock.svelte";
import { dayStart, fromLocal } from "../../lib/time";

export type Preset = "today" | "yesterday" | "week" | "month" | "custom";
export type Comparison = "none" | "before" | "week" | "year";

export interface Range {
  preset: Preset;
  start: Date;
  end: Date;
  period_s: number;
  comparison: Comparison;
}

export const PRESETS: readonly Preset[] = ["today", "yesterday", "week", "month", "custom"];
export const COMPARISONS: readonly Comparison[] = ["none", "before", "week", "year"];
export const PERIODS: readonly number[] = [900, 3600, 86_400];

const DAY_MS = 86_400_000;
const DAYS: Record<Exclude<Preset, "custom">, [number, number]> = {
  today: [0, 1],
  yesterday: [-1, 0],
  week: [-6, 1],
  month: [-27, 1],
};

export function startingRange(): Range {
  return withPreset("today", { comparison: "none" });
}

export function withPreset(
  preset: Exclude<Preset, "custom">,
  { comparison, now = new Date() }: { comparison: Comparison; now?: Date },
): Range {
  const [from, to] = DAYS[preset];
  return fitted({
    preset,
    start: dayStart(now, clock.zone, from),
    end: dayStart(now, clock.zone, to),
    period_s: 900,
    comparison,
  });
}

/** Whole days from the first to the last, both included. */
export function withDays(first: string, last: string, comparison: Comparison): Range {
  const start = fromLocal(first, clock.zone);
  const end = dayStart(fromLocal(last, clock.zone), clock.zone, 1);
  return fitted({ preset: "custom", start, end, period_s: 900, comparison });
}

/** With the period that gives a readable number of points. */
function fitted(range: Range): Range {
  const days = (range.end.getTime() - range.start.getTime()) / DAY_MS;
  return { ...range, period_s: days <= 2.1 ? 900 : days <= 14.1 ? 3600 : 86_400 };
}

/** The earlier range to compare with, or null. */
export function shifted(range: Range): Range | null {
  const days = Math.round((range.end.getTime() - range.start.getTime()) / DAY_MS);
  const back = { none: 0, before: days, week: 7, year: 364 }[range.comparison];
  if (back === 0) return null;
  return {
    ...range,
    start: dayStart(range.start, clock.zone, -back),
    end: dayStart(range.end, clock.zone, -back),
  };
}
