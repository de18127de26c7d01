/** Which picture the image mode allows, and where the floor lies in it. */

import { get } from "../api/client";
import type { PictureView } from "../api/types";
import { privacy } from "./privacy.svelte";
import { can } from "./session.svelte";

const LOOK_AGAIN_MS = 1000;

export class PictureAccess {
  view = $state.raw<PictureView | null>(null);

  /** The picture to offer; null where mode or role forbid it. */
  get allowed(): "depth" | "still" | null {
    const mode = privacy.now?.mode;
    if (!can("image:view")) return null;
    return mode === "depth" || mode === "still" ? mode : null;
  }

  /**
   * Keep `view` up to date; call within an effect, whose end the result is. There is none before
   * the device has made a picture, which it does only when somebody asks for one.
   */
  follow(): () => void {
    const mode = privacy.now?.mode;
    if (!can("image:view") || (mode !== "depth" && mode !== "still")) {
      this.view = null;
      return () => undefined;
    }
    const look = () => void this.#look();
    look();
    const timer = setInterval(look, LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }

  async #look(): Promise<void> {
    const view = (await get<PictureView | undefined>("/images/view").catch(() => null)) ?? null;
    if (JSON.stringify(view) !== JSON.stringify(this.view)) this.view = view;
  }
}
