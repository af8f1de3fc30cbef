// A chart as HTML: an SVG for each lane, with positions relative to its width so that it scales without scaling its
// text. Stricter effects have higher bars, so that the chart does not depend on colors.

import type { EffectName } from '@nhipol/runtime/abi';
import {
  type Chart,
  type ChartLane,
  type ChartMark,
  type ChartSegment,
  type Shade,
  shadeNames,
} from './chart.ts';
import { type Html, html } from './html-template.ts';

/** The heights of the bars and of the marks below them, in pixels. */
const barsHeight = 30;
const marksHeight = 12;
/** The height of the bar if there is no answer yet. */
const minHeight = 3;
const heights: Readonly<Record<EffectName, number>> = {
  permit: 8,
  narrow: 13,
  challenge: 18,
  deny: 24,
  revoke: barsHeight,
};

const markNames: readonly (readonly [kind: ChartMark['kind'], name: string])[] = [
  ['asked', '● decision'],
  ['told', '▲ opened, changed, signaled or closed'],
];

export function renderChartHtml(chart: Chart): Html {
  const { caption, ticks, lanes } = chart;
  return html`<figure class="chart">
<figcaption>${caption}</figcaption>
${lanes.map((lane) => renderLane(lane, ticks))}<div class="axis" aria-hidden="true">${ticks.map(renderTick)}</div>
${renderLegend(lanes)}</figure>
`;
}

function renderLane({ name, segments, marks }: ChartLane, ticks: Chart['ticks']): Html {
  const height = barsHeight + marksHeight;
  return html`<div class="lane">
<div class="name">${name}</div>
<svg width="100%" height="${height}" role="img" aria-label="${`${name}: ${segments.map(({ title }) => title).join('; ')}`}">
${ticks.map(({ at }) => html`<line class="tick" x1="${formatPercent(at)}" x2="${formatPercent(at)}" y1="0" y2="${barsHeight}"/>`)}
<line class="base" x1="0" x2="100%" y1="${barsHeight}" y2="${barsHeight}"/>
${segments.map(renderSegment)}
${marks.map(renderMark)}
</svg>
</div>
`;
}

/** The minimum width of a bar, so that brief answers are visible. */
const minWidth = 0.003;

function renderSegment({ shade, from, to, title }: ChartSegment): Html {
  const width = Math.max(to - from, minWidth);
  const start = Math.min(from, 1 - width);
  const height = chooseHeight(shade);
  return html`<rect class="bar ${shade ?? 'open'}" x="${formatPercent(start)}" width="${formatPercent(width)}" y="${barsHeight - height}" height="${height}"><title>${title}</title></rect>`;
}

function chooseHeight(shade: Shade): number {
  return shade === undefined ? minHeight : heights[shade];
}

function renderMark({ at, kind, title }: ChartMark): Html {
  const shape =
    kind === 'asked'
      ? html`<circle class="asked" r="2.5"/>`
      : html`<path class="told" d="M 0 -4 L 4 3 L -4 3 Z"/>`;
  return html`<svg class="place" x="${formatPercent(at)}" y="${barsHeight + marksHeight / 2 + 1}">${shape}<title>${title}</title></svg>`;
}

function renderTick({ at, label }: Chart['ticks'][number]): Html {
  return html`<span style="left: ${formatPercent(at)}"><i style="transform: translateX(-${formatPercent(at)})">${label}</i></span>`;
}

function formatPercent(part: number): string {
  return `${Math.round(part * 100_000) / 1000}%`;
}

function renderLegend(lanes: readonly ChartLane[]): Html {
  const shown = new Set(lanes.flatMap(({ segments }) => segments.map(({ shade }) => shade)));
  const kinds = new Set(lanes.flatMap(({ marks }) => marks.map(({ kind }) => kind)));
  const shades = shadeNames.filter(([shade]) => shown.has(shade));
  return html`<ul class="legend">
${shades.map(
  ([shade, name]) => html`<li>${renderSwatch(shade)} ${name}</li>
`,
)}${markNames
  .filter(([kind]) => kinds.has(kind))
  .map(
    ([, name]) => html`<li>${name}</li>
`,
  )}</ul>
`;
}

/** A bar as in the lanes, at half height. */
function renderSwatch(shade: Shade): Html {
  const height = chooseHeight(shade) / 2;
  return html`<svg class="swatch" width="12" height="${barsHeight / 2}" aria-hidden="true"><rect class="bar ${shade ?? 'open'}" width="12" y="${barsHeight / 2 - height}" height="${height}"/></svg>`;
}
