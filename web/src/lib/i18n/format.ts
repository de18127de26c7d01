/** Numbers, times and durations as the reader writes them, in the device's time zone. */

import { clock } from "../state/clock.svelte";
import { region, t } from "./index.svelte";

type Style = Intl.DateTimeFormatOptions;
const DATE_TIME: Style = { dateStyle: "medium", timeStyle: "short" };
const TIME: Style = { hour: "2-digit", minute: "2-digit", second: "2-digit" };

export function formatNumber(value: number, digits = 0): string {
  const shown = {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: "negative", // no minus before a zero
  } as const;
  return new Intl.NumberFormat(region(), shown).format(value);
}

/** With as many digits as it has. */
export const formatPlain = (value: number): string =>
  new Intl.NumberFormat(region(), { maximumFractionDigits: 3 }).format(value);

export function formatPercent(share: number, digits = 0): string {
  const shown = { style: "percent", maximumFractionDigits: digits } as const;
  return new Intl.NumberFormat(region(), shown).format(share);
}

export function formatMoment(utc: string | null, style: Style = DATE_TIME): string {
  if (!utc) return t("common.never");
  const shown = { ...style, timeZone: clock.zone };
  return new Intl.DateTimeFormat(region(), shown).format(new Date(utc));
}

export const formatTime = (utc: string): string => formatMoment(utc, TIME);
export const formatDay = (utc: string): string => formatMoment(utc, { dateStyle: "medium" });

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

export function formatBytes(bytes: number): string {
  let step = 0;
  let value = bytes;
  while (value >= 1000 && step < UNITS.length - 1) {
    value /= 1000;
    step += 1;
  }
  const unit = UNITS[step] ?? "byte";
  const digits = step > 0 && value < 10 ? 1 : 0;
  return new Intl.NumberFormat(region(), {
    style: "unit",
    unit,
    maximumFractionDigits: digits,
  }).format(value);
}

const SPANS = [
  ["year", 365 * 86_400],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
] as const;

/** A length of time in its largest fitting unit: "3 years", "90 minutes", "12 seconds". */
export function formatDuration(seconds: number): string {
  const span = SPANS.find(
    ([unit, length]) =>
      seconds === length || (seconds >= 2 * length && (unit !== "year" || seconds % length === 0)),
  );
  const [unit, length] = span ?? (["second", 1] as const);
  return new Intl.NumberFormat(region(), {
    style: "unit",
    unit,
    unitDisplay: "long",
    maximumFractionDigits: 1,
  }).format(seconds / length);
}
