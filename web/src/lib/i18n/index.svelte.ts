/** Texts by key, in the language of the reader. */

import { de } from "./de";
import { en } from "./en";

export type Key = keyof typeof en;
export type Language = "en" | "de";
export type Values = Record<string, string | number>;

const CATALOGUES: Record<Language, Record<Key, string>> = { en, de };
export const LANGUAGES: readonly Language[] = ["en", "de"];
const REMEMBERED = "lintel.language";

export const locale = $state<{ language: Language }>({ language: "en" });

/** The language chosen before, else that of the browser, else English. */
export function startLanguage(): void {
  const wanted = [localStorage.getItem(REMEMBERED), ...navigator.languages];
  const found = wanted.map((tag) => tag?.slice(0, 2)).find((tag) => isLanguage(tag));
  setLanguage(isLanguage(found) ? found : "en", { remember: false });
}

/** Switch all texts; remembered in this browser. */
export function setLanguage(language: Language, { remember = true } = {}): void {
  locale.language = language;
  document.documentElement.lang = language;
  if (remember) localStorage.setItem(REMEMBERED, language);
}

/** How numbers and times are written: as this browser's reader does, in the language chosen. */
export function region(): string {
  const { language } = locale;
  const own = navigator.languages.find((tag) => tag.slice(0, 2) === language);
  return own ?? (language === "en" ? "en-GB" : language);
}

function isLanguage(tag: string | null | undefined): tag is Language {
  return LANGUAGES.includes(tag as Language);
}

/** The text of a key with `{name}` filled in. */
export function t(key: Key, values: Values = {}): string {
  return fill(CATALOGUES[locale.language][key], values);
}

/** The text of a key that is made at run time, or `otherwise` when the catalogue lacks it. */
export function tMaybe(key: string, otherwise: string): string {
  return isKey(key) ? t(key) : otherwise;
}

/** Whether the catalogues have a text for it. */
export const isKey = (key: string): key is Key => key in en;

/** Put values where a text says `{name}`. */
export function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
