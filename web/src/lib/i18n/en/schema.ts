export const schema = {
  "schema.add": "Add: {what}",
  "schema.choice.count_both": "counts both ways",
  "schema.choice.cancel": "counts neither",
  "schema.choice.walkway": "people pass",
  "schema.choice.queue": "people wait",
  "schema.choice.over": "too many people",
  "schema.choice.under": "too few people",
  "schema.choice.in": "in",
  "schema.choice.out": "out",
} as const;
