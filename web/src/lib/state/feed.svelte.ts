/** Live states and events as they come from the device. */

import { get, ROOT } from "../api/client";
import type { CountEvent, Live, Plan, Privacy } from "../api/types";
import { learnDirections } from "./directions.svelte";
import { privacy } from "./privacy.svelte";

const KEPT_EVENTS = 30;

export class Feed {
  live = $state.raw<Live | null>(null);
  plan = $state.raw<Plan | null>(null);
  events = $state.raw<readonly CountEvent[]>([]);
  connected = $state(false);
  #source: EventSource | null = null;

  open(): void {
    this.#source = new EventSource(`${ROOT}/live/stream`);
    this.#source.onopen = () => (this.connected = true);
    this.#source.onerror = () => void this.#lost();
    this.#source.addEventListener("live", (message) => {
      this.connected = true;
      this.live = JSON.parse(message.data as string) as Live;
    });
    this.#source.addEventListener("event", (message) => {
      const event = JSON.parse(message.data as string) as CountEvent;
      this.events = [event, ...this.events].slice(0, KEPT_EVENTS);
    });
    this.#source.addEventListener("privacy", (message) => {
      privacy.now = JSON.parse(message.data as string) as Privacy;
    });
    void this.refreshPlan();
  }

  async refreshPlan(): Promise<void> {
    this.plan = await get<Plan>("/live/plan").catch(() => this.plan);
    if (this.plan) learnDirections(this.plan.lines);
  }

  close(): void {
    this.#source?.close();
    this.#source = null;
    this.connected = false;
  }

  /** The browser reconnects by itself unless the device refused; then ask why. */
  async #lost(): Promise<void> {
    this.connected = false;
    if (this.#source?.readyState !== EventSource.CLOSED) return;
    await get("/session").catch(() => undefined);
    setTimeout(() => this.#source && this.#reopen(), 2000);
  }

  #reopen(): void {
    this.close();
    this.open();
  }
}
