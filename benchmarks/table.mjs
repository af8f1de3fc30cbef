// One case as a table for the terminal.

import { requestCount } from './workloads/workload.mjs';

/** @typedef {import('./results.mjs').Row} Row */

const header = ['way', 'engine', 'ns/decision', 'min', 'quartiles', '× hand', '× peer', ''];
/** The columns that are words, and so begin at the left. */
const words = new Set([0, 1, 7]);

/** @param {import('./results.mjs').Result} result */
export function table({ case: one, permitted, compiled, rows }) {
  const lines = [header, ...rows.map(cellsOf)];
  const widths = header.map((_, column) =>
    Math.max(...lines.map((cells) => cells[column]?.length ?? 0)),
  );
  const texts = lines.map((cells) =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return words.has(column) ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd(),
  );
  return `${titleOf(one)}: ${count(requestCount)} requests, ${permitted} permitted; ${tellCompiled(compiled)}\n\n${texts.join('\n')}\n`;
}

/** @param {import('./workloads/workload.mjs').Case} one */
export function titleOf({ name, kind, n }) {
  return n === null ? name : `${name} ${kind}, N = ${count(n)}`;
}

/** @param {number} number */
export function count(number) {
  return Math.round(number).toLocaleString('en-US');
}

/** @param {import('./processes.mjs').Compiled} compiled */
function tellCompiled({ seconds, bytes, failed }) {
  if (seconds === undefined || bytes === undefined) return `no module: ${failed}`;
  return `compiled in ${seconds.toFixed(1)} s, module ${(bytes / 1024).toFixed(1)} KB`;
}

/** @param {Row} row */
function cellsOf({ way, engine, ns, toHand, toPeer, failed, checked }) {
  if (ns === undefined) return [way, engine, '–', '', '', '', '', failed ?? ''];
  const { median, min, lower, upper } = ns;
  const quartiles = `${nanoseconds(lower)}–${nanoseconds(upper)}`;
  const isInPart = checked !== undefined && checked < requestCount;
  const note = isInPart ? `checked on ${count(checked)} of ${count(requestCount)} only` : '';
  return [
    ...[way, engine, nanoseconds(median), nanoseconds(min), quartiles],
    ...[ratio(toHand), ratio(toPeer), note],
  ];
}

/** @param {number} ns */
export function nanoseconds(ns) {
  return ns < 100 ? ns.toFixed(1) : count(ns);
}

/** @param {number | undefined} value */
export function ratio(value) {
  if (value === undefined) return '';
  return value < 100 ? value.toFixed(2) : count(value);
}
