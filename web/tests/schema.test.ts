import { describe, expect, it } from "vitest";

import {
  emptyEntry,
  entrySchema,
  fieldsOf,
  sectionSchema,
  unitOf,
  wordsOf,
} from "../src/lib/schema";

const ROOT = {
  $defs: {
    Line: {
      required: ["name", "points_m"],
      properties: {
        name: { type: "string", title: "Name" },
        points_m: { type: "array", items: { type: "array" } },
        width_m: { type: "number", default: 0.25, title: "Width" },
        turn: { $ref: "#/$defs/Turn", title: "Turn" },
        zone: { anyOf: [{ type: "string" }, { type: "null" }], default: null },
        alarm: { type: "array", items: { $ref: "#/$defs/Alarm" } },
        at: { type: "array", items: { type: "string" } },
      },
    },
    Turn: { properties: { policy: { enum: ["both", "none"], default: "both", type: "string" } } },
    Alarm: {
      required: ["kind", "raise_at"],
      properties: {
        kind: { enum: ["over", "under"], type: "string" },
        raise_at: { type: "integer", minimum: 1 },
        for_s: { type: "number", default: 0 },
      },
    },
  },
  properties: { line: { type: "array", items: { $ref: "#/$defs/Line" } } },
};

describe("the schema of the site file", () => {
  const line = sectionSchema(ROOT, "line");

  it("gives a form for everything but coordinates", () => {
    const kinds = fieldsOf(line).map(({ name, kind }) => [name, kind]);
    expect(kinds).toEqual([
      ["name", "text"],
      ["width_m", "number"],
      ["turn", "section"],
      ["zone", "text"],
      ["alarm", "sections"],
      ["at", "words"],
    ]);
  });

  it("knows what may be left empty, and follows references within references", () => {
    const fields = fieldsOf(line);
    expect(fields.find(({ name }) => name === "zone")?.nullable).toBe(true);
    const turn = fields.find(({ name }) => name === "turn")?.node ?? {};
    expect(fieldsOf(turn).map(({ kind }) => kind)).toEqual(["choice"]);
  });

  it("begins a new entry with what must be there", () => {
    const alarm = fieldsOf(line).find(({ name }) => name === "alarm")?.node ?? {};
    expect(emptyEntry(entrySchema(alarm))).toEqual({ kind: "over", raise_at: 1 });
  });

  it("reads units from names and words from text", () => {
    expect(unitOf("height_m")).toBe("m");
    expect(unitOf("raise_at")).toBe("");
    expect(wordsOf(" 04:00, ,22:15 ")).toEqual(["04:00", "22:15"]);
  });
});
