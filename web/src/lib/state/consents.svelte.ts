/** Consents on the device, and whether what needs one may be asked for. */

import type { Consent, Purpose } from "../api/types";
import { Listed } from "./listed.svelte";
import { goTo } from "./route.svelte";

export type ConsentState = "valid" | "over" | "gone";

export const consents = new Listed<Consent>("/privacy/consents", "consents");

/** For what a consent is to be written down next; its form opens by that. */
export const wanted = $state<{ purpose: Purpose | null }>({ purpose: null });

/** Whether a consent still carries what depends on it. */
export function stateOf(consent: Consent): ConsentState {
  if (consent.withdrawn_utc) return "gone";
  return Date.parse(consent.expires_utc) > Date.now() ? "valid" : "over";
}

/** Those that carry something now. */
export const inForce = (purpose: Purpose): readonly Consent[] =>
  consents.all.filter((one) => one.purpose === purpose && stateOf(one) === "valid");

/** Open the form for a consent of this kind. */
export function askFor(purpose: Purpose): void {
  wanted.purpose = purpose;
  goTo("privacy");
}
