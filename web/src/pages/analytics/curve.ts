/** How the footfall curve looks. */

import uPlot from "uplot";

import { formatMoment, formatNumber, formatPercent } from "../../lib/i18n/format";
import { clock } from "../../lib/state/clock.svelte";
import { dayStart } from "../../lib/time";

export interface Names {
  time: string;
  in: string;
  out: string;
  coverage: string;
  earlier: string;
}

const HEIGHT = 280;

function colour(name: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

const faded = (name: string, share: number): string =>
  `color-mix(in srgb, ${colour(name)} ${share * 100}%, transparent)`;

/** A day where it begins, else the time of day. */
function tickOf(seconds: number): string {
  const utc = new Date(seconds * 1000).toISOString();
  const begins = dayStart(new Date(utc), clock.zone, 0).getTime() === seconds * 1000;
  const style: Intl.DateTimeFormatOptions = begins
    ? { day: "numeric", month: "short" }
    : { hour: "2-digit", minute: "2-digit" };
  return formatMoment(utc, style);
}

const moment = (seconds: number): string => formatMoment(new Date(seconds * 1000).toISOString());
const count = (value: number | null): string => (value === null ? "–" : formatNumber(value));

/** In and out as steps, the watched share as a pale ground, the earlier range dashed. */
export function optionsOf(
  width: number,
  names: Names,
  { earlier, span }: { earlier: boolean; span: [number, number] },
): uPlot.Options {
  const axis = { stroke: colour("--ink-2"), grid: { stroke: colour("--edge"), width: 1 } };
  const paths = uPlot.paths.stepped?.({ align: 1 });
  const stepped = paths ? { paths } : {};
  const line = (label: string, name: string, more: Partial<uPlot.Series> = {}): uPlot.Series => ({
    label,
    stroke: colour(name),
    width: 2,
    points: { show: false },
    value: (_, value) => count(value),
    ...stepped,
    ...more,
  });
  return {
    width,
    height: HEIGHT,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), clock.zone),
    scales: {
      x: { range: span },
      watched: { range: [0, 1] },
      y: { range: (_, __, high) => [0, Math.max(high, 4)] },
    },
    axes: [
      { ...axis, values: (_, ticks) => ticks.map(tickOf) },
      { ...axis, size: 44, values: (_, ticks) => ticks.map((tick) => formatNumber(tick)) },
    ],
    series: [
      { label: names.time, value: (_, value) => (value === null ? "–" : moment(value)) },
      {
        label: names.coverage,
        scale: "watched",
        fill: faded("--edge-strong", 0.14),
        width: 0,
        points: { show: false },
        value: (_, value) => (value === null ? "–" : formatPercent(value, 1)),
        ...stepped,
      },
      line(names.in, "--in", { fill: faded("--in", 0.14) }),
      line(names.out, "--out"),
      ...(earlier ? [line(names.earlier, "--ink-2", { dash: [5, 4], width: 1.4 })] : []),
    ],
  };
}
