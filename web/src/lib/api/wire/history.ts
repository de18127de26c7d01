/** What happened (lintel.wire.v1.history). */

import type { Direction } from "./live";

export interface CountEvent {
  type:
    "crossing" | "zone_enter" | "zone_leave" | "group_crossing" | "alarm_raised" | "alarm_cleared";
  utc: string;
  place: string;
  reason: string;
  direction?: Direction | null;
  dwell_s?: number | null;
  size?: number | null;
  alarm?: "over" | "under" | null;
  position?: string | null;
}

export interface DwellBin {
  below_s: number | null;
  visits: number;
}

export interface Interval {
  start_utc: string;
  end_utc: string;
  place: string;
  in: number;
  out: number;
  occupancy_mean: number;
  occupancy_max: number;
  coverage: number;
  dropped_frames: number;
  dwell: DwellBin[];
}

export interface IntervalList {
  period_s: number;
  time_zone: string;
  intervals: Interval[];
}

export interface HeatMap {
  kind: "presence" | "dwell";
  start_utc: string;
  end_utc: string;
  x_min_m: number;
  y_min_m: number;
  cell_m: number;
  columns: number;
  rows: number;
  values: number[];
  beside: number;
}

export interface GroupSizes {
  line: string;
  groups: Record<string, number>;
}
