/** Whether a consent still carries what depends on it. */

import type { Consent } from "../../lib/api/types";

export type ConsentState = "valid" | "over" | "gone";

export function stateOf(consent: Consent, now: Date = new Date()): ConsentState {
  if (consent.withdrawn_utc) return "gone";
  return new Date(consent.expires_utc) > now ? "valid" : "over";
}
