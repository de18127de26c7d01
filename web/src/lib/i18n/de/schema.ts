import type { schema as english } from "../en/schema";

export const schema: Record<keyof typeof english, string> = {
  "schema.add": "Hinzufügen: {what}",
  "schema.choice.count_both": "zählt in beide Richtungen",
  "schema.choice.cancel": "zählt gar nicht",
  "schema.choice.walkway": "Menschen gehen durch",
  "schema.choice.queue": "Menschen warten",
  "schema.choice.over": "zu viele Menschen",
  "schema.choice.under": "zu wenige Menschen",
  "schema.choice.in": "hinein",
  "schema.choice.out": "hinaus",
};
