/** What is happening at this moment (lintel.wire.v1.live). */

export type PointM = [number, number];
export type Direction = "in" | "out";
export type DeviceState = "starting" | "counting" | "blind" | "no_source" | "ended" | "failed";

export interface Person {
  x_m: number;
  y_m: number;
  vx_mps: number;
  vy_mps: number;
  stature_m: number | null;
  kind: "adult" | "child" | "unknown";
  staff: boolean | null;
}

export interface LineNow {
  name: string;
  in: number;
  out: number;
  since_utc: string;
}

export interface ZoneNow {
  name: string;
  occupancy: number;
  present: number;
  density_per_m2: number;
}

export interface Live {
  utc: string;
  seq: number;
  state: DeviceState;
  fps: number;
  coverage: number;
  people: Person[];
  lines: LineNow[];
  zones: ZoneNow[];
  occupancy: { people: number; low: number; high: number } | null;
}

export interface PlanLine {
  name: string;
  points_m: PointM[];
  in_label?: string;
  out_label?: string;
}

export interface PlanZone {
  name: string;
  polygon_m: PointM[];
  holes_m: PointM[][];
}

/** Where places lie in a picture: a 3 x 4 matrix by rows. */
export interface PictureView {
  width_px: number;
  height_px: number;
  pixel_from_floor: number[];
}

export interface Plan {
  version: number;
  lines: PlanLine[];
  zones: PlanZone[];
  field_m: PointM[];
  height_m: number | null;
}
