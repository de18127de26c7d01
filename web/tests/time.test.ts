import { describe, expect, it } from "vitest";

import { dayStart, fromLocal, toLocal } from "../src/lib/time";

const BERLIN = "Europe/Berlin";

describe("times in the zone of the device", () => {
  it("go there and back", () => {
    const moment = new Date("2026-07-01T10:15:00Z");
    expect(toLocal(moment, BERLIN)).toBe("2026-07-01T12:15");
    expect(fromLocal("2026-07-01T12:15", BERLIN)).toEqual(moment);
  });

  it("begin days at local midnight, also when the clocks change", () => {
    const noon = new Date("2026-03-29T10:00:00Z");
    expect(dayStart(noon, BERLIN).toISOString()).toBe("2026-03-28T23:00:00.000Z");
    expect(dayStart(noon, BERLIN, 1).toISOString()).toBe("2026-03-29T22:00:00.000Z");
    const autumn = new Date("2026-10-25T10:00:00Z");
    const hours =
      (dayStart(autumn, BERLIN, 1).getTime() - dayStart(autumn, BERLIN).getTime()) / 3.6e6;
    expect(hours).toBe(25);
  });

  it("read a date as its midnight", () => {
    expect(fromLocal("2026-01-02", BERLIN).toISOString()).toBe("2026-01-01T23:00:00.000Z");
  });
});
