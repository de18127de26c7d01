/** What an entry of the audit log tells of; its detail stays as it was sealed. */

import { tMaybe } from "../../lib/i18n/index.svelte";

export const actOf = (what: string): string => tMaybe(`act.${what.replaceAll(" ", "_")}`, what);
