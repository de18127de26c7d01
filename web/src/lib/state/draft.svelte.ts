/** A site file while someone works on it: changes, undo, faults, the version it came from. */

import { get, post, put } from "../api/client";
import type {
  ConfigFault,
  ConfigVersion,
  LineSection,
  PointM,
  Site,
  ZoneSection,
} from "../api/types";
import { inWords } from "../i18n/said";
import { movePoint, removePoint, insertPoint, type Ring } from "../geometry/editing";

export type ShapeKind = "line" | "zone";

/** One ring of one shape: hole -1 is the shape itself. */
export interface Selection {
  kind: ShapeKind;
  index: number;
  hole: number;
}

const KEPT_STEPS = 100;
const CHECK_AFTER_MS = 350;

export class Draft {
  site = $state.raw<Site>({});
  saved = $state.raw<Site>({});
  version = $state.raw<ConfigVersion | null>(null);
  faults = $state.raw<readonly ConfigFault[]>([]);
  selection = $state.raw<Selection | null>(null);
  #past = $state.raw<readonly Site[]>([]);
  #future = $state.raw<readonly Site[]>([]);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #checks = 0;

  get lines(): readonly LineSection[] {
    return this.site.line ?? [];
  }

  get zones(): readonly ZoneSection[] {
    return this.site.zone ?? [];
  }

  get changed(): boolean {
    return this.site !== this.saved;
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  async load(): Promise<void> {
    const { version, site } = await get<{ version: ConfigVersion; site: Site }>("/config");
    this.version = version;
    this.saved = this.site = site;
    this.faults = [];
    this.#past = this.#future = [];
    this.selection = null;
  }

  /** Replace the site file; one step of undo unless `merge` says it goes on with the last. */
  change(site: Site, { merge = false } = {}): void {
    if (!merge) this.#past = [...this.#past, this.site].slice(-KEPT_STEPS);
    this.#future = [];
    this.site = site;
    this.#checkSoon();
  }

  undo(): void {
    const before = this.#past.at(-1);
    if (!before) return;
    this.#past = this.#past.slice(0, -1);
    this.#future = [this.site, ...this.#future];
    this.#show(before);
  }

  redo(): void {
    const [after, ...rest] = this.#future;
    if (!after) return;
    this.#future = rest;
    this.#past = [...this.#past, this.site];
    this.#show(after);
  }

  #show(site: Site): void {
    this.site = site;
    if (this.selection && !this.ring(this.selection)) this.selection = null;
    this.#checkSoon();
  }

  ring(at: Selection): Ring | null {
    if (at.kind === "line") return this.lines[at.index]?.points_m ?? null;
    const zone = this.zones[at.index];
    return (at.hole < 0 ? zone?.polygon_m : zone?.holes_m?.[at.hole]) ?? null;
  }

  setRing(at: Selection, ring: Ring, options: { merge?: boolean } = {}): void {
    if (at.kind === "line") this.#setLine(at.index, { points_m: [...ring] }, options);
    else if (at.hole < 0) this.#setZone(at.index, { polygon_m: [...ring] }, options);
    else {
      const holes = [...(this.zones[at.index]?.holes_m ?? [])];
      holes[at.hole] = [...ring];
      this.#setZone(at.index, { holes_m: holes }, options);
    }
  }

  move(at: Selection, corner: number, to: PointM, options: { merge?: boolean } = {}): void {
    const ring = this.ring(at);
    if (ring) this.setRing(at, movePoint(ring, corner, to), options);
  }

  insert(at: Selection, before: number, point: PointM): void {
    const ring = this.ring(at);
    if (ring) this.setRing(at, insertPoint(ring, before, point));
  }

  removeCorner(at: Selection, corner: number): void {
    const ring = this.ring(at);
    const least = at.kind === "line" ? 2 : 3;
    if (ring && ring.length > least) this.setRing(at, removePoint(ring, corner));
  }

  setSettings(at: Selection, changes: Partial<LineSection> & Partial<ZoneSection>): void {
    if (at.kind === "line") this.#setLine(at.index, changes);
    else this.#setZone(at.index, changes);
  }

  addLine(points: Ring, name: string): void {
    this.change({ ...this.site, line: [...this.lines, { name, points_m: [...points] }] });
    this.selection = { kind: "line", index: this.lines.length - 1, hole: -1 };
  }

  addZone(points: Ring, name: string): void {
    this.change({ ...this.site, zone: [...this.zones, { name, polygon_m: [...points] }] });
    this.selection = { kind: "zone", index: this.zones.length - 1, hole: -1 };
  }

  addHole(index: number, points: Ring): void {
    const holes = [...(this.zones[index]?.holes_m ?? []), [...points]];
    this.#setZone(index, { holes_m: holes });
    this.selection = { kind: "zone", index, hole: holes.length - 1 };
  }

  /** Remove the shape, or only the hole that is selected. */
  remove(at: Selection): void {
    this.selection = null;
    if (at.kind === "line") {
      this.change({ ...this.site, line: this.lines.filter((_, index) => index !== at.index) });
    } else if (at.hole < 0) {
      this.change({ ...this.site, zone: this.zones.filter((_, index) => index !== at.index) });
    } else {
      const holes = (this.zones[at.index]?.holes_m ?? []).filter((_, index) => index !== at.hole);
      this.#setZone(at.index, { holes_m: holes });
    }
  }

  #setLine(index: number, changes: Partial<LineSection>, options = {}): void {
    const line = this.lines.map((old, at) => (at === index ? { ...old, ...changes } : old));
    this.change({ ...this.site, line }, options);
  }

  #setZone(index: number, changes: Partial<ZoneSection>, options = {}): void {
    const zone = this.zones.map((old, at) => (at === index ? { ...old, ...changes } : old));
    this.change({ ...this.site, zone }, options);
  }

  /** What the device says is wrong at a place such as `line[0].name`, or below it. */
  faultAt(place: string): string | undefined {
    const fits = this.faults.filter((fault) => normal(fault.place).startsWith(place));
    return fits.map((fault) => inWords(fault.message)).join(" ") || undefined;
  }

  #checkSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.check().catch(() => undefined), CHECK_AFTER_MS);
  }

  async check(): Promise<boolean> {
    const mine = ++this.#checks;
    const { faults } = await post<{ faults: ConfigFault[] }>("/config/validate", {
      site: this.site,
    });
    if (mine === this.#checks) this.faults = faults;
    return faults.length === 0;
  }

  /** Count by this site file from now on. */
  async save(why: string): Promise<void> {
    const site = this.site;
    const expected = this.version?.version ?? 1;
    this.version = await put<ConfigVersion>("/config", { site, why, expected });
    this.saved = site;
    this.faults = [];
  }
}

/** `line.0.name` and `line[0].name` are the same place. */
function normal(place: string): string {
  return place.replace(/\.(\d+)/g, "[$1]");
}
