/** How the device is (lintel.wire.v1.health). */

import type { DeviceState, PointM } from "./live";

export interface Cause {
  code: string;
  severity: "info" | "warning" | "error";
  since_utc: string;
  text: string;
}

/** What came to the door since the start. */
export interface Door {
  sessions: number;
  wrong: number;
  throttled: number;
  forged: number;
  forbidden: number;
  turned_away: number;
}

export interface Health {
  utc: string;
  state: DeviceState;
  causes: Cause[];
  uptime_s: number;
  fps: number;
  latency_ms: number | null;
  valid_depth_share: number | null;
  coverage_day: number;
  dropped_frames: number;
  source_losses: number;
  restarts: number;
  live_messages_dropped: number;
  items_lost: number;
  floor: { height_m: number; tilt_deg: number; residual_m: number; settled: boolean } | null;
  stereo: {
    vertical_residual_px: number;
    vertical_spread_px: number;
    disparity_offset_px: number;
  } | null;
  store_bytes: number;
  store_free_share: number;
  disk_free_bytes: number;
  clock_steps: number;
  temperature_c: number | null;
  temperature_why: string;
  door: Door;
  detector: string;
  config_hash: string;
  config_version: number;
  version: string;
}

export interface MountCheck {
  name: string;
  passed: boolean | null;
  value: number | null;
  unit: string;
  limit: string;
  advice: string;
}

/** What is known of the two cameras. */
export interface Calibration {
  rig: string;
  width_px: number;
  height_px: number;
  lens: string;
  focal_px: number;
  baseline_m: number;
  row_offset_px: number | null;
  disparity_offset_px: number | null;
}

export interface Trajectory {
  points_m: PointM[];
  ended: boolean;
}

/** A release that the device has run. */
export interface Release {
  version: string;
  since_utc: string;
}

export interface SystemInfo {
  device_id: string;
  version: string;
  started_utc: string;
  utc: string;
  time_zone: string;
  source: string;
  certificate_sha256: string;
  certificate_until_utc: string;
  restart_pending: boolean;
  releases: Release[];
}

export interface LogLine {
  utc: string;
  level: string;
  event: string;
  fields: Record<string, string>;
}

export interface Finding {
  check: string;
  passed: boolean | null;
  detail: string;
  advice: string;
}
