/** What a mount check asks for, in the reader's words and numbers. */

import type { MountCheck } from "../../lib/api/types";
import { formatPercent, formatPlain } from "../../lib/i18n/format";
import { t } from "../../lib/i18n/index.svelte";

const FORMS = [
  [/^at least ([\d.]+)$/, "setup.mount.least"],
  [/^at most ([\d.]+)$/, "setup.mount.most"],
  [/^([\d.]+) to ([\d.]+)$/, "setup.mount.between"],
] as const;

/** As the device says it where it says it in another form. */
export function limitOf({ limit, unit }: Pick<MountCheck, "limit" | "unit">): string {
  const shown = (text = "") => (unit === "share" ? formatPercent : formatPlain)(Number(text));
  for (const [form, key] of FORMS) {
    const found = form.exec(limit);
    if (found) return t(key, { low: shown(found[1]), high: shown(found[2] ?? found[1]) });
  }
  return limit;
}
