/** Numbers, times and durations as the reader writes them, in the device's time zone. */

import { clock } from "../state/clock.svelte";
import { locale, t } from "./index.svelte";

type Style = Intl.DateTimeFormatOptions;
const DATE_TIME: Style = { dateStyle: "medium", timeStyle: "short" };
const TIME: Style = { hour: "2-digit", minute: "2-digit", second: "2-digit" };

export function formatNumber(value: number, digits = 0): string {
  const shown = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat(locale.language, shown).format(value);
}

export function formatPercent(share: number, digits = 0): string {
  const shown = { style: "percent", maximumFractionDigits: digits } as const;
  return new Intl.NumberFormat(locale.language, shown).format(share);
}

export function formatMoment(utc: string | null, style: Style = DATE_TIME): string {
  if (!utc) return t("common.never");
  const shown = { ...style, timeZone: clock.zone };
  return new Intl.DateTimeFormat(locale.language, shown).format(new Date(utc));
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
  return new Intl.NumberFormat(locale.language, {
    style: "unit",
    unit,
    maximumFractionDigits: digits,
  }).format(value);
}

const SPANS = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
] as const;

/** A length of time in its largest fitting unit: "3 days", "90 minutes", "12 seconds". */
export function formatDuration(seconds: number): string {
  const span = SPANS.find(([, length]) => seconds >= 2 * length || seconds === length);
  const [unit, length] = span ?? (["second", 1] as const);
  return new Intl.NumberFormat(locale.language, {
    style: "unit",
    unit,
    unitDisplay: "long",
    maximumFractionDigits: 1,
  }).format(seconds / length);
}
