/** What the directions of lines are called: as the installer named them, else as everywhere. */

import type { Direction, PlanLine } from "../api/types";
import { t } from "../i18n/index.svelte";

type Named = Pick<PlanLine, "in_label" | "out_label">;

let known = $state.raw<Readonly<Record<string, Named>>>({});

/** Remember the names of the lines of a plan. */
export function learnDirections(lines: readonly PlanLine[]): void {
  known = Object.fromEntries(lines.map((line) => [line.name, line]));
}

/** The name of one direction over a line. */
export function directionOf(named: Named | undefined, direction: Direction): string {
  const own = direction === "in" ? named?.in_label : named?.out_label;
  return own && own !== direction ? own : t(`common.${direction}`);
}

/** The name of one direction over a line that is known by its name. */
export const directionName = (line: string, direction: Direction): string =>
  directionOf(known[line], direction);
