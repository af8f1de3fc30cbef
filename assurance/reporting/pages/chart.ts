// A chart of lanes over time, and its rendering as text for terminals and Markdown. Positions are relative to the
// width, from 0 to 1.

import { displayText } from '@nhipol/language/support';
import { type EffectName, effects } from '@nhipol/runtime/abi';

export interface Chart {
  readonly kind: 'chart';
  /** The description of the chart, also for screen readers. */
  readonly caption: string;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
  readonly lanes: readonly ChartLane[];
}

export interface ChartLane {
  readonly name: string;
  readonly segments: readonly ChartSegment[];
  readonly marks: readonly ChartMark[];
}

/** The effect of a segment, or `undefined` if there is no answer yet. */
export type Shade = EffectName | undefined;

export interface ChartSegment {
  readonly shade: Shade;
  readonly from: number;
  readonly to: number;
  /** The effect, its times and its duration. */
  readonly title: string;
}

/** The events at one position. */
export interface ChartMark {
  readonly at: number;
  readonly kind: 'told' | 'asked';
  readonly title: string;
}

export type Shading = (shade: Shade, text: string) => string;

/** Stricter effects have higher bars. */
const glyphs: Readonly<Record<EffectName, string>> = {
  permit: '▁',
  narrow: '▂',
  challenge: '▄',
  deny: '▆',
  revoke: '█',
};
const notAnswered = '·';
/** The names of shades, from the loosest to the strictest. */
export const shadeNames: readonly (readonly [shade: Shade, name: string])[] = [
  [undefined, 'no decision yet'],
  ...effects.map((effect) => [effect, effect] as const),
];
const maxNameLength = 24;

/** Renders a chart as lines of at most `width` characters. `shading` colors a run of one effect. */
export function renderChartLines(
  { ticks, lanes }: Chart,
  width: number,
  shading: Shading = (_, text) => text,
): readonly string[] {
  const names = lanes.map(({ name }) => shortenName(name));
  const column = Math.max(...names.map((name) => name.length)) + 2;
  const cells = Math.max(10, width - column);
  const shades = lanes.map(({ segments }) => shadeCells(segments, cells));
  const rows = shades.map((shade, index) =>
    `${(names[index] ?? '').padEnd(column)}${paintShades(shade, shading)}`.trimEnd(),
  );
  const head = `${' '.repeat(column)}${renderAxis(ticks, cells)}`.trimEnd();
  return [head, ...rows, renderLegend(new Set(shades.flat()), shading)];
}

export function shortenName(name: string): string {
  const shown = displayText(name);
  return shown.length > maxNameLength ? `${shown.slice(0, maxNameLength - 1)}…` : shown;
}

/** Returns the strictest shade in each cell; null if there is none. */
function shadeCells(segments: readonly ChartSegment[], cells: number): readonly (Shade | null)[] {
  const shades: (Shade | null)[] = Array.from({ length: cells }, () => null);
  for (const { shade, from, to } of segments) {
    const first = Math.min(cells - 1, Math.floor(from * cells));
    const last = Math.max(first, Math.ceil(to * cells) - 1);
    for (let index = first; index <= last; index += 1) {
      if (rankShade(shade) > rankShade(shades[index])) shades[index] = shade;
    }
  }
  return shades;
}

function rankShade(shade: Shade | null): number {
  return shade === null ? -2 : effects.indexOf(shade as EffectName);
}

/** Paints each run of one shade at once. */
function paintShades(shades: readonly (Shade | null)[], shading: Shading): string {
  const runs: { shade: Shade | null; length: number }[] = [];
  for (const shade of shades) {
    const last = runs.at(-1);
    if (last !== undefined && last.shade === shade) last.length += 1;
    else runs.push({ shade, length: 1 });
  }
  return runs
    .map(({ shade, length }) =>
      shade === null ? ' '.repeat(length) : shading(shade, chooseGlyph(shade).repeat(length)),
    )
    .join('');
}

function chooseGlyph(shade: Shade): string {
  return shade === undefined ? notAnswered : glyphs[shade];
}

/** Returns the axis without overlapping labels. */
function renderAxis(ticks: Chart['ticks'], cells: number): string {
  let line = '';
  for (const { at, label } of ticks) {
    const start = Math.min(Math.round(at * cells), cells - label.length);
    if (start < line.length + (line === '' ? 0 : 1)) continue;
    line = line.padEnd(start) + label;
  }
  return line;
}

function renderLegend(shown: ReadonlySet<Shade | null>, shading: Shading): string {
  return shadeNames
    .flatMap(([shade, name]) =>
      shown.has(shade) ? [`${shading(shade, chooseGlyph(shade))} ${name}`] : [],
    )
    .join('  ');
}
