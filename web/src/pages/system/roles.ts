/** Roles and scopes in the order in which they are offered. */

import type { Role } from "../../lib/api/types";
import type { Scope } from "../../lib/state/session.svelte";

export const ROLES: readonly Role[] = ["viewer", "operator", "installer", "privacy_officer"];

export const SCOPE_NAMES: readonly Scope[] = [
  "live:read",
  "records:read",
  "image:view",
  "config:read",
  "config:write",
  "users:write",
  "privacy:write",
  "audit:read",
  "system:write",
  "recordings:write",
];
