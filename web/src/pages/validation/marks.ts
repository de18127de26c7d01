/** Crossings counted by hand: in the order of time, taken back in the order of making. */

import type { HandMark } from "../../lib/api/types";

export interface Tally {
  /** By time, as the device keeps them. */
  marks: readonly HandMark[];
  /** Those made here, the newest last. */
  made: readonly HandMark[];
}

/** What the device kept; nobody knows in which order it was made. */
export const loaded = (marks: readonly HandMark[]): Tally => ({ marks, made: [] });

/** With one more; it is the first that `withoutNewest` takes back. */
export function withMark({ marks, made }: Tally, mark: HandMark): Tally {
  return {
    marks: [...marks, mark].sort((a, b) => a.t_s - b.t_s),
    made: [...made, mark],
  };
}

/** Without one, wherever it stands. */
export function withoutMark({ marks, made }: Tally, mark: HandMark): Tally {
  return { marks: marks.filter((one) => one !== mark), made: made.filter((one) => one !== mark) };
}

/** Without the mark made last; without the last in time where none was made here. */
export function withoutNewest(tally: Tally): Tally {
  const newest = tally.made.at(-1) ?? tally.marks.at(-1);
  return newest ? withoutMark(tally, newest) : tally;
}
