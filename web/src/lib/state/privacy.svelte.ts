/** The image mode in force, which every page shows while it is lowered. */

import { get } from "../api/client";
import type { Privacy } from "../api/types";

export const privacy = $state<{ now: Privacy | null }>({ now: null });

export async function refreshPrivacy(): Promise<void> {
  privacy.now = await get<Privacy>("/privacy");
}
