import { describe, expect, it } from "vitest";

import { blocksOf } from "../src/lib/notice";

describe("a plain notice", () => {
  it("is told in paragraphs and points, whatever its line breaks", () => {
    const plain = "Read this\nfirst.\n\nThe law:\n- one, and\n  more of it;\n- two.\n\nThe end.\n";
    expect(blocksOf(plain)).toEqual([
      { text: "Read this first.", points: [] },
      { text: "The law:", points: ["one, and more of it;", "two."] },
      { text: "The end.", points: [] },
    ]);
  });
});
