/** Between moments and what a date field shows, in the time zone of the device. */

type Part = "year" | "month" | "day" | "hour" | "minute" | "second";

function partsIn(moment: Date, zone: string): Record<Part, number> {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  const parts = format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]);
  return Object.fromEntries(parts) as Record<Part, number>;
}

/** Milliseconds by which the zone is ahead of UTC at a moment. */
function offsetMs(moment: Date, zone: string): number {
  const { year, month, day, hour, minute, second } = partsIn(moment, zone);
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  return wall - Math.floor(moment.getTime() / 1000) * 1000;
}

const two = (value: number): string => String(value).padStart(2, "0");

/** A moment as the value of a datetime-local field. */
export function toLocal(moment: Date, zone: string): string {
  const { year, month, day, hour, minute } = partsIn(moment, zone);
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}`;
}

/** The moment of a datetime-local or date field; the later offset decides what is ambiguous. */
export function fromLocal(text: string, zone: string): Date {
  const wall = new Date(`${text.length === 10 ? `${text}T00:00` : text}Z`).getTime();
  const guess = wall - offsetMs(new Date(wall), zone);
  return new Date(wall - offsetMs(new Date(guess), zone));
}

/** Midnight, in the zone, of the day `days` after that of `moment`. */
export function dayStart(moment: Date, zone: string, days = 0): Date {
  const { year, month, day } = partsIn(moment, zone);
  const date = new Date(Date.UTC(year, month - 1, day + days)).toISOString().slice(0, 10);
  return fromLocal(date, zone);
}
