/** Label and hint of a field: in the words for it, or as the schema has them. */

import { site as german } from "./i18n/de/site";
import { site as english } from "./i18n/en/site";
import { locale, tMaybe, type Language } from "./i18n/index.svelte";
import { unitOf, type FormField } from "./schema";

type Words = Readonly<Record<string, readonly [string, string]>>;
const WORDS: Record<Language, Words> = { en: english, de: german };

function wordsFor(section: string, { name, node }: FormField): readonly [string, string] {
  const own = [node.title ?? name, node.description ?? ""] as const;
  return WORDS[locale.language][`${section}.${name}`] ?? own;
}

export function labelOf(section: string, field: FormField): string {
  const [text] = wordsFor(section, field);
  const unit = unitOf(field.name);
  return unit ? `${text} (${unit})` : text;
}

export const hintOf = (section: string, field: FormField): string => wordsFor(section, field)[1];

export const choiceOf = (choice: string): string => tMaybe(`schema.choice.${choice}`, choice);
