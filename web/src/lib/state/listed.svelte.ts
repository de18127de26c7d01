/** A list that the device keeps: looked at, changed, looked at again. */

import { get } from "../api/client";
import { attempt } from "./notices.svelte";

export class Listed<T> {
  all = $state.raw<readonly T[]>([]);
  readonly #path: string;
  readonly #name: string;

  constructor(path: string, name: string) {
    this.#path = path;
    this.#name = name;
  }

  load = async (): Promise<void> => {
    const answer = await get<Record<string, readonly T[]>>(this.#path).catch(() => null);
    if (answer) this.all = answer[this.#name] ?? [];
  };

  /** Act, say that it is done, and look again; after a yes where `ask` is a question. */
  async change(act: () => Promise<unknown>, { ask = "", done = "" } = {}): Promise<void> {
    if (ask && !confirm(ask)) return;
    await attempt(act, done);
    await this.load();
  }
}
