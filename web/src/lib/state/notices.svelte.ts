/** Short messages about what just happened, read out by screen readers. */

import { ApiError, UnreachableError } from "../api/client";
import { isKey, t } from "../i18n/index.svelte";
import { inWords } from "../i18n/said";

export interface Notice {
  id: number;
  kind: "good" | "bad";
  text: string;
}

export const notices = $state<{ all: Notice[] }>({ all: [] });
const SHOWN_MS = 7000;
let next = 1;

export function notify(text: string, kind: Notice["kind"] = "good"): void {
  const notice = { id: next++, kind, text };
  notices.all = [...notices.all.slice(-2), notice];
  setTimeout(() => dismiss(notice.id), SHOWN_MS);
}

export function dismiss(id: number): void {
  notices.all = notices.all.filter((notice) => notice.id !== id);
}

/** What went wrong, in the reader's language: by its code, else as the device says it. */
export function describe(error: unknown): string {
  if (error instanceof UnreachableError) return t("error.unreachable");
  if (!(error instanceof ApiError)) return t("error.unexpected");
  const known = `error.${error.code}`;
  return isKey(known) ? t(known) : inWords(error.message);
}

/** Run something that a person asked for; say how it went. */
export async function attempt<T>(work: () => Promise<T>, done?: string): Promise<T | undefined> {
  try {
    const result = await work();
    if (done) notify(done);
    return result;
  } catch (error) {
    notify(describe(error), "bad");
    return undefined;
  }
}
