// Draws a kind of P3 over its sizes, one line for each engine and way, with two logarithmic axes.

import { count } from '../table.mjs';
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

/** @typedef {import('../results.mjs').Result} Result */
/** @typedef {{ name: string, engine: string, way: string, points: { n: number, ns: number }[] }} Line */

const [width, height] = [760, 520];
const [left, right, top, bottom] = [64, 268, 68, 472];
/** The minimum distance between two names at the right. */
const nameStep = 15;

/** @type {Readonly<Record<string, string>>} The line style of a way; the colour is that of the engine. */
const dashes = { decision: '2 4', object: '', bytes: '8 4' };
/** @type {Readonly<Record<string, string>>} */
const wayNames = { decision: 'decision', object: 'object', bytes: 'JSON' };

/** @param {readonly Result[]} results Those of one kind in ascending size. @param {string} title */
export function lines(results, title) {
  const all = collectLines(results);
  const sizes = results.map(({ case: { n } }) => n ?? 0);
  const ticks = decades(all.flatMap(({ points }) => points.map(({ ns }) => ns)));
  const x = logarithmic([sizes[0] ?? 1, sizes.at(-1) ?? 10], [left, width - right]);
  const y = logarithmic([ticks[0] ?? 1, ticks.at(-1) ?? 10], [bottom, top]);
  const grid = [
    ...ticks.flatMap((tick) => [
      gridLine(left, y(tick), width - right, y(tick)),
      text(left - 8, y(tick) + 4, duration(tick), 'soft', 'end'),
    ]),
    ...sizes.map((size) => text(x(size), bottom + 20, count(size), 'soft', 'middle')),
    text((left + width - right) / 2, bottom + 38, 'rules', 'soft', 'middle'),
  ];
  const inFront = [...all].sort((one, other) => rank(one) - rank(other));
  const subtitle = 'time for a decision, both axes logarithmic; lower is better';
  return chart(width, height, title, subtitle, [
    ...grid,
    ...inFront.map((line) => drawLine(line, x, y)),
    ...names(all, y),
  ]);
}

/** @param {readonly Result[]} results @returns {readonly Line[]} */
function collectLines(results) {
  /** @type {Map<string, Line>} */
  const found = new Map();
  for (const { case: one, rows } of results) {
    for (const { engine, way, ns } of rows) {
      if (ns === undefined) continue;
      const name = `${engine}, ${wayNames[way]}`;
      const line = found.get(name) ?? { name, engine, way, points: [] };
      line.points.push({ n: one.n ?? 0, ns: ns.median });
      found.set(name, line);
    }
  }
  return [...found.values()];
}

/** Peers come last. @param {Line} line */
function rank({ engine }) {
  return ['peer', 'hand', 'nhipol'].indexOf(findColour(engine));
}

/** @param {Line} line @param {import('./svg.mjs').Scale} x @param {import('./svg.mjs').Scale} y */
function drawLine({ engine, way, points }, x, y) {
  const places = points.map(({ n, ns }) => `${roundTenths(x(n))},${roundTenths(y(ns))}`);
  const dots = points.map(
    ({ n, ns }) => `<circle cx="${roundTenths(x(n))}" cy="${roundTenths(y(ns))}" r="3"/>`,
  );
  const colour = findColour(engine);
  return `<g class="${colour}"><polyline class="${colour}" stroke-dasharray="${dashes[way]}" points="${places.join(' ')}"/>${dots.join('')}</g>`;
}

/**
 * The names next to the ends of the lines, in the same order and without overlaps.
 *
 * @param {readonly Line[]} all
 * @param {import('./svg.mjs').Scale} y
 */
function names(all, y) {
  const last = Math.max(...all.flatMap(({ points }) => points.map(({ n }) => n)));
  const wanted = all
    .map((line) => ({ line, end: line.points.at(-1) ?? { n: 0, ns: 1 } }))
    .sort((one, other) => y(one.end.ns) - y(other.end.ns));
  const places = apart(wanted.map(({ end }) => y(end.ns)));
  return wanted.map(({ line, end }, index) => {
    const until = end.n < last ? ` (to ${count(end.n)})` : '';
    const place = (places[index] ?? 0) + 4;
    return text(width - right + 12, place, `${line.name}${until}`, findColour(line.engine));
  });
}

/** The positions, moved apart. @param {readonly number[]} wanted Ascending. */
function apart(wanted) {
  const places = [];
  let least = top - nameStep;
  for (const [index, place] of wanted.entries()) {
    const most = bottom - (wanted.length - 1 - index) * nameStep;
    least = Math.min(Math.max(place, least + nameStep), most);
    places.push(least);
  }
  return places;
}
