/** What the device keeps under a person's name: what of it may go, and what must stay. */

import type { Personal } from "../../lib/api/types";

/** Whether something is there that an erasure takes away. */
export const mayGo = ({ user, tokens, consents, recordings }: Personal): boolean =>
  user !== null || tokens.length + consents.length + recordings.length > 0;

/** Whether nothing at all is kept. */
export const isEmpty = (found: Personal): boolean =>
  !mayGo(found) && found.contact.length + found.configurations.length + found.audit.length === 0;
