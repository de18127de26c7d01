/** Label and hint of a field: as the schema has them, or the German words for it. */

import { site as german } from "./i18n/de/site";
import { locale, tMaybe } from "./i18n/index.svelte";
import { unitOf, type FormField } from "./schema";

function wordsFor(section: string, { name, node }: FormField): readonly [string, string] {
  const own = [node.title ?? name, node.description ?? ""] as const;
  return locale.language === "de" ? (german[`${section}.${name}`] ?? own) : own;
}

export function labelOf(section: string, field: FormField): string {
  const [text] = wordsFor(section, field);
  const unit = unitOf(field.name);
  return unit ? `${text} (${unit})` : text;
}

export const hintOf = (section: string, field: FormField): string => wordsFor(section, field)[1];

export const choiceOf = (choice: string): string => tMaybe(`schema.choice.${choice}`, choice);
