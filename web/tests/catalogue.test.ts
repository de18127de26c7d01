import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parse, type AST } from "svelte/compiler";
import { describe, expect, it } from "vitest";

import { de } from "../src/lib/i18n/de";
import { en } from "../src/lib/i18n/en";

const ROOT = join(import.meta.dirname, "../src");
const TOLD = ["aria-label", "alt", "title", "placeholder"];
const WORD = /\p{L}{2,}/u;

const components = readdirSync(ROOT, { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".svelte"),
);

type Node = { type?: string; name?: string; data?: string; value?: unknown };

/** All words in a component that stand in the mark-up instead of in the catalogue. */
function literals(node: unknown, found: string[] = []): string[] {
  if (Array.isArray(node)) node.forEach((child) => literals(child, found));
  else if (node && typeof node === "object") {
    const { type, name, data, value } = node as Node;
    if (type === "StyleDirective") return found;
    if (type === "Text" && data && WORD.test(data)) found.push(data.trim());
    if (type === "Attribute") {
      if (TOLD.includes(name ?? "")) literals(value, found);
      return found;
    }
    for (const [key, child] of Object.entries(node)) if (key !== "css") literals(child, found);
  }
  return found;
}

describe("the catalogues", () => {
  it("have the same keys", () => {
    expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
  });

  it("say something under every key, with the same places to fill in", () => {
    const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();
    for (const key of Object.keys(en) as (keyof typeof en)[]) {
      expect(de[key].trim(), key).not.toBe("");
      expect(places(de[key]), key).toEqual(places(en[key]));
    }
  });
});

describe("components", () => {
  it.each(components)("%s says nothing that is not in the catalogue", (name) => {
    const tree: AST.Root = parse(readFileSync(join(ROOT, name), "utf8"), { modern: true });
    expect(literals(tree.fragment)).toEqual([]);
  });

  it("has no inline style, which the policy of the device forbids", () => {
    for (const name of components) {
      const markup = readFileSync(join(ROOT, name), "utf8").replace(/<style>[\s\S]*/, "");
      expect(markup, name).not.toMatch(/\sstyle="/);
    }
  });
});
