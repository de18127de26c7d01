/** Where a fault of a site file is: `line[0].uturn.within_s` is "door › Who turns back › Within (s)". */

import type { Site } from "./api/types";
import { t } from "./i18n/index.svelte";
import { inWords } from "./i18n/said";
import { entrySchema, fieldsOf, type SchemaNode } from "./schema";
import { labelOf } from "./schemaWords";

const BETWEEN = " › ";

/** In the words of the forms; as it came where they have none. */
export function placeInWords(place: string, site: Site, root: SchemaNode | null): string {
  const words: string[] = [];
  let node = root ?? {};
  let section = "site";
  let value: unknown = site;
  for (const step of place.replace(/\[(\d+)\]/g, ".$1").split(".")) {
    value = (value as Record<string, unknown> | null | undefined)?.[step];
    if (/^\d+$/.test(step)) {
      const list = words.pop() ?? "";
      words.push(nameOf(value) ?? `${list} ${Number(step) + 1}`.trim());
      node = entrySchema(node);
    } else {
      const field = fieldsOf(node).find(({ name }) => name === step);
      words.push(field ? labelOf(section, field) : wordOf(step));
      node = field?.node ?? {};
      section = step;
    }
  }
  return words.join(BETWEEN);
}

const wordOf = (step: string): string =>
  step.endsWith("_m") ? t("editor.coordinates") : inWords(step);

function nameOf(value: unknown): string | undefined {
  const name = (value as { name?: unknown } | null | undefined)?.name;
  return typeof name === "string" && name ? name : undefined;
}
