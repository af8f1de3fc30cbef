// Draws the engines of a case as bars, one group for each way, fastest first, on a logarithmic scale.

import {
  chart,
  decades,
  duration,
  findColour,
  gridLine,
  logarithmic,
  roundTenths,
  text,
} from './svg.mjs';

/** @typedef {import('../results.mjs').Row} Row */

const [width, left, right, top] = [760, 220, 80, 76];
const [barHeight, barStep, groupGap, axis] = [16, 22, 34, 30];

/** @type {Readonly<Record<import('../engines/engine.mjs').Way, string>>} */
export const wayTitles = {
  decision: 'Decision alone',
  object: 'JavaScript object → answer',
  bytes: 'JSON bytes → answer',
};

/** @param {import('../results.mjs').Result} result @param {string} title */
export function bars({ rows }, title) {
  const ticks = decades(rows.flatMap(({ ns }) => (ns === undefined ? [] : [ns.median])));
  const x = logarithmic([ticks[0] ?? 1, ticks.at(-1) ?? 10], [left, width - right]);
  const parts = [];
  let y = top;
  for (const [way, heading] of Object.entries(wayTitles)) {
    const group = rows
      .filter((row) => row.way === way)
      .sort((one, other) => speed(one) - speed(other));
    if (group.length === 0) continue;
    parts.push(text(16, y + 12, heading, 'group'));
    y += barStep;
    for (const row of group) {
      parts.push(bar(row, y, x));
      y += barStep;
    }
    y += groupGap - barStep;
  }
  const bottom = y;
  const grid = ticks.flatMap((tick) => [
    gridLine(x(tick), top - 8, x(tick), bottom),
    text(x(tick), bottom + 18, duration(tick), 'soft', 'middle'),
  ]);
  const subtitle = 'time for a decision, logarithmic; shorter is better';
  return chart(width, bottom + axis, title, subtitle, [...grid, ...parts]);
}

/** @param {Row} row */
function speed({ ns }) {
  return ns?.median ?? Number.POSITIVE_INFINITY;
}

/** @param {Row} row @param {number} y @param {import('./svg.mjs').Scale} x */
function bar({ engine, ns, failed }, y, x) {
  const colour = findColour(engine);
  const label = text(left - 8, y + 12, engine, colour, 'end');
  if (ns === undefined) return `${label}${text(left + 6, y + 12, failed ?? '', 'soft')}`;
  const length = Math.max(1, x(ns.median) - left);
  return `${label}<rect class="${colour}" x="${left}" y="${y}" width="${roundTenths(length)}" height="${barHeight}" rx="2"/>${text(left + length + 6, y + 12, duration(ns.median))}`;
}
