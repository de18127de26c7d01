/** Who is signed in, from first claim to sign-out. */

import { authorization, type Challenge, type Credentials } from "../api/digest";
import { ApiError, get, post, ROOT, send, useCsrfToken, whenSignedOut } from "../api/client";
import type { Role, Session } from "../api/types";
import type { Page } from "./route.svelte";

export type Phase = "starting" | "claim" | "signed_out" | "signed_in" | "unreachable";

export const session = $state<{ phase: Phase; who: Session | null; ended: boolean }>({
  phase: "starting",
  who: null,
  ended: false,
});

function become(phase: Phase, who: Session | null = null): void {
  session.phase = phase;
  session.who = who;
  useCsrfToken(who?.csrf_token ?? null);
}

/** Find out whether the device is claimed and whether this browser is signed in. */
export async function startSession(): Promise<void> {
  whenSignedOut(endSession);
  try {
    const { claimed } = await get<{ claimed: boolean }>("/claim", { quiet401: true });
    if (claimed) await resume();
    else become("claim");
  } catch {
    become("unreachable");
  }
}

async function resume(): Promise<void> {
  try {
    become("signed_in", await get<Session>("/session", { quiet401: true }));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    become("signed_out");
  }
}

/** Sign in by digest; the password never leaves this browser. */
export async function signIn(credentials: Credentials): Promise<void> {
  const challenge = await get<Challenge>("/session/challenge", { quiet401: true });
  const uri = `${ROOT}/session`;
  const header = await authorization(challenge, credentials, { method: "POST", uri });
  const options = { headers: { Authorization: header }, quiet401: true };
  const response = await send("POST", "/session", options);
  session.ended = false;
  become("signed_in", (await response.json()) as Session);
}

export interface Claim extends Credentials {
  code: string;
}

/** Make the first user; the privacy officer's key if the device made one. */
export async function claim({ code, user, password }: Claim): Promise<string | null> {
  const answer = await post<{ officer_key?: string | null } | undefined>("/claim", {
    code,
    user,
    password,
  });
  return answer?.officer_key ?? null;
}

export async function signOut(): Promise<void> {
  try {
    await send("DELETE", "/session", { quiet401: true });
  } finally {
    session.ended = false;
    become("signed_out");
  }
}

function endSession(): void {
  if (session.phase !== "signed_in") return;
  session.ended = true;
  become("signed_out");
}

export type Scope =
  | "live:read"
  | "records:read"
  | "image:view"
  | "config:read"
  | "config:write"
  | "users:write"
  | "privacy:write"
  | "audit:read"
  | "system:write"
  | "recordings:write";

const VIEWER: Scope[] = ["live:read", "records:read"];
const OPERATOR: Scope[] = [...VIEWER, "image:view", "config:read", "recordings:write"];

/** What the pages offer to a role; the device decides for itself on every request. */
export const SCOPES: Record<Role, readonly Scope[]> = {
  viewer: VIEWER,
  operator: OPERATOR,
  installer: [...OPERATOR, "config:write", "system:write", "users:write"],
  privacy_officer: [
    ...VIEWER,
    "image:view",
    "audit:read",
    "privacy:write",
    "users:write",
    "recordings:write",
  ],
};

export function can(scope: Scope): boolean {
  return session.who !== null && SCOPES[session.who.role].includes(scope);
}

const NEEDED: Record<Page, Scope> = {
  live: "live:read",
  setup: "config:read",
  analytics: "records:read",
  validation: "recordings:write",
  privacy: "live:read",
  system: "live:read",
};

export const mayOpen = (page: Page): boolean => can(NEEDED[page]);
