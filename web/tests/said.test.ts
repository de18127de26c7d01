import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { said as german } from "../src/lib/i18n/de/said";
import { said as english } from "../src/lib/i18n/en/said";
import { locale } from "../src/lib/i18n/index.svelte";
import { formOf, inWords } from "../src/lib/i18n/said";
import { placeInWords } from "../src/lib/placeWords";
import type { SchemaNode } from "../src/lib/schema";

beforeEach(() => vi.stubGlobal("navigator", { languages: ["de", "en"] }));
afterEach(() => {
  vi.unstubAllGlobals();
  locale.language = "en";
});

describe("what the device says", () => {
  it("is told in the language of the reader, with its values", () => {
    expect(inWords("there is a user vera already")).toBe("There is a user vera already");
    locale.language = "de";
    expect(inWords("there is a user vera already")).toBe("Einen Benutzer vera gibt es schon.");
  });

  it("is told by the most telling sentence, with modes, times and sentences in words", () => {
    locale.language = "de";
    expect(inWords("the mode 'depth' expired")).toBe("Der Bildmodus „Tiefenansicht“ lief ab");
    expect(inWords("the oldest is of 2026-05-01 08:00 UTC, kept for 30 days, 0:00:00")).toBe(
      "Das Älteste ist vom 2026-05-01 08:00 UTC; die Frist ist 30 Tage.",
    );
    expect(inWords("not checked: the store or its key is not there")).toBe(
      "Nicht geprüft: Der Speicher oder sein Schlüssel ist nicht da.",
    );
    expect(inWords("recording 12: its counts are not there yet; try again")).toContain(
      "noch nicht da",
    );
    expect(inWords("a is not sealed; b is not sealed and 2 more")).toBe(
      "A ist nicht versiegelt; b ist nicht versiegelt und 2 weitere",
    );
  });

  it("is told as it came where nobody knows words for it", () => {
    locale.language = "de";
    expect(inWords("something unheard of")).toBe("Something unheard of");
  });

  it("fills in only what stood there, and a form finds no other way to read it", () => {
    for (const [sentence, text] of [...Object.entries(german), ...Object.entries(english)]) {
      const places = sentence.split("{}").length - 1;
      const filled = [...text.matchAll(/\{(\w+)\}/g)].map((found) => Number(found[1]));
      expect(Math.max(0, ...filled), sentence).toBeLessThanOrEqual(places);
      expect(formOf(sentence).test(sentence), sentence).toBe(true);
    }
  });
});

describe("the place of a fault", () => {
  const root: SchemaNode = {
    properties: {
      line: {
        title: "Lines",
        type: "array",
        items: {
          properties: {
            name: { title: "Name", type: "string" },
            points_m: { type: "array", items: { type: "array" } },
            uturn: {
              title: "U-turns",
              properties: { within_s: { title: "Time", type: "number" } },
            },
          },
        },
      },
    },
  };
  const site = {
    line: [
      { name: "door", points_m: [] },
      { name: "", points_m: [] },
    ],
  };

  it("is told as the form has it", () => {
    expect(placeInWords("line[0].uturn.within_s", site, root)).toBe(
      "door › U-turns › Back within (s)",
    );
    expect(placeInWords("line.1.name", site, root)).toBe("Lines 2 › Name");
    expect(placeInWords("line[0].points_m[1]", site, root)).toBe("door › Coordinates 2");
    expect(placeInWords("the whole", site, root)).toBe("The whole");
  });
});
