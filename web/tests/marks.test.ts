import { describe, expect, it } from "vitest";

import type { HandMark } from "../src/lib/api/types";
import { loaded, withMark, withoutMark, withoutNewest } from "../src/pages/validation/marks";

const mark = (t_s: number, direction: HandMark["direction"] = "in"): HandMark => ({
  t_s,
  line: "door",
  direction,
});

const times = ({ marks }: { marks: readonly HandMark[] }) => marks.map(({ t_s }) => t_s);

describe("marks of a clip", () => {
  it("stand by time, whenever they were made", () => {
    const tally = [8, 2, 5].reduce((all, t_s) => withMark(all, mark(t_s)), loaded([]));
    expect(times(tally)).toEqual([2, 5, 8]);
  });

  it("are taken back in the order of making, not of time", () => {
    let tally = [8, 2, 5].reduce((all, t_s) => withMark(all, mark(t_s)), loaded([mark(9)]));
    const left = [];
    for (let step = 0; step < 4; step++) {
      tally = withoutNewest(tally);
      left.push(times(tally));
    }
    expect(left).toEqual([[2, 8, 9], [8, 9], [9], []]);
    expect(withoutNewest(tally)).toBe(tally);
  });

  it("are taken back one by one where two came at the same moment", () => {
    const tally = withMark(withMark(loaded([]), mark(3)), mark(3, "out"));
    expect(withoutNewest(tally).marks).toEqual([mark(3)]);
  });

  it("leave the newest in its place when another is dropped", () => {
    const [first, second, third] = [mark(1), mark(6), mark(4)] as const;
    const tally = [first, second, third].reduce(withMark, loaded([]));
    const dropped = withoutMark(tally, third);
    expect(times(dropped)).toEqual([1, 6]);
    expect(times(withoutNewest(dropped))).toEqual([1]);
  });

  it("that were made before this page was opened go from the last in time", () => {
    expect(times(withoutNewest(loaded([mark(1), mark(7)])))).toEqual([1]);
  });
});
