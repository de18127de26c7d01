/** What is stored, and how long each kind may be kept. */

import type { Stored, StoredKind } from "../../lib/api/types";

export const KINDS: readonly StoredKind[] = [
  "tracks",
  "events",
  "watches",
  "intervals",
  "heat",
  "recordings",
];

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

const CHOICES: Record<StoredKind, readonly number[]> = {
  tracks: [MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, DAY],
  events: [HOUR, DAY, 7 * DAY, 30 * DAY, 90 * DAY],
  watches: [DAY, 7 * DAY, 30 * DAY, YEAR, 3 * YEAR],
  intervals: [30 * DAY, 90 * DAY, YEAR, 3 * YEAR, 10 * YEAR],
  heat: [30 * DAY, 90 * DAY, YEAR, 3 * YEAR, 10 * YEAR],
  recordings: [HOUR, DAY, 7 * DAY, 30 * DAY],
};

/** The times to choose from, with the one in force among them. */
export function retentionChoices({ kind, retention_s }: Stored): number[] {
  const choices = new Set(CHOICES[kind]);
  if (retention_s !== null) choices.add(retention_s);
  return [...choices].sort((a, b) => a - b);
}
