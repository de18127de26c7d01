/** What the device says in English, in the words of the reader. */

import { said as german } from "./de/said";
import { said as english } from "./en/said";
import { formatDuration } from "./format";
import { fill, locale, t, tMaybe, type Language } from "./index.svelte";

type Catalogue = Readonly<Record<string, string>>;
type Form = readonly [form: RegExp, text: string];

const CATALOGUES: Record<Language, Catalogue> = { en: english, de: german };
const made = new Map<Language, readonly Form[]>();

/** Its sentence in the reader's language; the sentence itself where no words are known. */
export function inWords(said: string): string {
  const own = parts(said) ?? lookUp(said) ?? said;
  return own.charAt(0).toUpperCase() + own.slice(1);
}

function lookUp(said: string): string | undefined {
  const whole = CATALOGUES[locale.language][said];
  if (whole !== undefined) return whole;
  for (const [form, text] of formsOf(locale.language)) {
    const found = form.exec(said);
    if (found) return fill(text, placesOf(found.slice(1)));
  }
  return undefined;
}

/** Findings that were put together; a sentence of two halves is none. */
function parts(said: string): string | undefined {
  const each = said.split("; ").map((part) => lookUp(part));
  return each.length > 1 && !each.includes(undefined) ? each.join("; ") : undefined;
}

/** All sentences with places in them, the most telling first. */
function formsOf(language: Language): readonly Form[] {
  const before = made.get(language);
  if (before) return before;
  const telling = Object.entries(CATALOGUES[language])
    .filter(([said]) => said.includes("{}"))
    .sort(([one], [other]) => other.length - one.length);
  const forms = telling.map(([said, text]): Form => [formOf(said), text]);
  made.set(language, forms);
  return forms;
}

/** What fits a sentence with anything where it has `{}`. */
export function formOf(said: string): RegExp {
  const literal = said.split("{}").map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${literal.join("(.+?)")}$`, "s");
}

const placesOf = (found: readonly string[]): Record<string, string> =>
  Object.fromEntries(found.map((text, index) => [String(index + 1), placeOf(text)]));

/** A mode, a kind, a length of time or a sentence inside of another in the reader's words. */
function placeOf(text: string): string {
  const quoted = /^'(\w+)'$/.exec(text)?.[1];
  if (quoted !== undefined) return t("common.quoted", { word: tMaybe(`mode.${quoted}`, quoted) });
  const span = /^(?:(\d+) days?, )?(\d+):(\d\d):(\d\d)$/.exec(text)?.slice(1).map(Number);
  if (span) {
    const [days = 0, hours = 0, minutes = 0, seconds = 0] = span.map((one) => one || 0);
    return formatDuration(((days * 24 + hours) * 60 + minutes) * 60 + seconds);
  }
  return text.includes(" ") ? (lookUp(text) ?? text) : tMaybe(`kind.${text}`, text);
}
