/** What can be set (lintel.wire.v1.setting), and problems. */

import type { Direction, PointM } from "./live";

export type Role = "viewer" | "operator" | "installer" | "privacy_officer";
export type ImageMode = "depth" | "still" | "none" | "counts";
export type StoredKind = "tracks" | "events" | "watches" | "intervals" | "heat" | "recordings";
export type Purpose = "validation_recording" | "gender" | "still";

export interface Session {
  user: string;
  role: Role;
  csrf_token: string;
  expires_utc: string;
}

export interface User {
  name: string;
  role: Role;
  last_seen_utc: string | null;
}

export interface Token {
  token_id: string;
  name: string;
  scopes: string[];
  made_utc: string;
  expires_utc: string | null;
  last_used_utc: string | null;
}

export interface Privacy {
  mode: ImageMode;
  default_mode: ImageMode;
  lowered: boolean;
  until_utc: string | null;
  who: string | null;
  why: string | null;
  gender_on: boolean;
}

export interface Stored {
  kind: StoredKind;
  rows: number;
  bytes: number;
  oldest_utc: string | null;
  retention_s: number | null;
}

export interface ErasureProof {
  kind: StoredKind;
  start_utc: string;
  end_utc: string;
  rows: number;
  remaining: number;
  proven: boolean;
  audit_entry: number;
}

/** Everything under one name (lintel.wire.v1.person); GDPR Art. 15. */
export interface Personal {
  name: string;
  user: User | null;
  tokens: Token[];
  consents: Consent[];
  recordings: Recording[];
  contact: string[];
  configurations: ConfigVersion[];
  audit: AuditEntry[];
  complete: boolean;
}

/** GDPR Art. 17. */
export interface PersonErasure {
  user: boolean;
  tokens: number;
  consents: number;
  recordings: number;
  kept: string[];
  audit_entry: number;
}

export interface GenderModule {
  on: boolean;
  notice: string;
}

export interface Consent {
  consent_id: string;
  purpose: Purpose;
  given_by: string;
  given_utc: string;
  expires_utc: string;
  withdrawn_utc: string | null;
  note: string;
}

export interface AuditEntry {
  number: number;
  utc: string;
  who: string;
  what: string;
  detail: string;
  digest: string;
}

export interface AuditPage {
  entries: AuditEntry[];
  next_before: number | null;
  whole: boolean;
}

export interface Recording {
  recording_id: string;
  started_utc: string;
  seconds: number;
  frames: number;
  bytes: number;
  consent_id: string;
  expires_utc: string;
  state: "recording" | "ready" | "failed";
  counted_by_hand: number | null;
}

export interface HandMark {
  t_s: number;
  line: string;
  direction: Direction;
}

export interface LineComparison {
  line: string;
  direction: Direction;
  counted: number;
  by_hand: number;
  missed: number;
  false: number;
  bias: number | null;
  bias_low: number | null;
  bias_high: number | null;
  equivalent: boolean;
  more_needed: number | null;
}

export interface Comparison {
  recordings: string[];
  f1: number | null;
  lines: LineComparison[];
}

export interface ConfigVersion {
  version: number;
  utc: string;
  who: string;
  why: string;
  config_hash: string;
}

export interface ConfigFault {
  place: string;
  message: string;
}

export interface UturnSection {
  policy: "count_both" | "cancel";
  within_s: number;
  within_m: number;
}

export interface LineSection {
  name: string;
  points_m: PointM[];
  hysteresis_m?: number;
  in_label?: string;
  out_label?: string;
  uturn?: Partial<UturnSection>;
}

export interface ZoneSection {
  name: string;
  polygon_m: PointM[];
  holes_m?: PointM[][];
  return_within_s?: number;
  min_dwell_s?: number;
}

/** The site file as JSON; what these pages do not know is kept as it came. */
export interface Site {
  schema_version?: number;
  mount?: { height_m?: number | null };
  line?: LineSection[];
  zone?: ZoneSection[];
  [other: string]: unknown;
}

/** RFC 9457. */
export interface Problem {
  title: string;
  status: number;
  detail: string;
  code: string;
  faults?: ConfigFault[];
}
