// Formats one case as a table for the terminal.

import { requestCount } from './workloads/workload.mjs';

/** @typedef {import('./results.mjs').Row} Row */

const header = ['way', 'engine', 'ns/decision', 'min', 'quartiles', '× hand', '× peer', ''];
/** For cases whose figures include sweeps. */
const sessionHeader = header.map((word) => (word === 'ns/decision' ? 'ns' : word));

/** @param {import('./results.mjs').Result} result */
export function table({ case: one, permitted, compiled, rows }) {
  const title = `${formatTitle(one)}: ${count(requestCount)} requests, ${permitted} permitted; ${describeCompiled(compiled)}`;
  return `${title}\n\n${columns([one.name === 'p4' ? sessionHeader : header, ...rows.map(formatCells)], 2, header.length - 1)}\n`;
}

/**
 * Formats lines of cells as columns, aligned to the right except for words.
 *
 * @param {readonly (readonly string[])[]} lines
 * @param {number} words The number of columns at the start that contain words.
 * @param {number} [note] A further column of words.
 */
export function columns(lines, words, note) {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((cells) => cells[column]?.length ?? 0)),
  );
  const padCell = (/** @type {string} */ cell, /** @type {number} */ column) => {
    const width = widths[column] ?? 0;
    return column < words || column === note ? cell.padEnd(width) : cell.padStart(width);
  };
  return lines.map((cells) => cells.map(padCell).join('  ').trimEnd()).join('\n');
}

/** @param {import('./workloads/workload.mjs').Case} one */
export function formatTitle({ name, kind, n }) {
  return n === null ? name : `${name} ${kind}, N = ${count(n)}`;
}

/** @param {number} number */
export function count(number) {
  return Math.round(number).toLocaleString('en-US');
}

/** @param {import('./processes.mjs').Compiled} compiled */
function describeCompiled({ seconds, bytes, failed }) {
  if (seconds === undefined || bytes === undefined) return `no module: ${failed}`;
  return `compiled in ${seconds.toFixed(1)} s, module ${(bytes / 1024).toFixed(1)} KB`;
}

/** @param {Row} row */
function formatCells({ way, engine, ns, toHand, toPeer, toFew, failed, checked, memory }) {
  if (ns === undefined) return [way, engine, '–', '', '', '', '', failed ?? ''];
  const { median, min, lower, upper } = ns;
  const quartiles = `${nanoseconds(lower)}–${nanoseconds(upper)}`;
  const isInPart = checked !== undefined && checked < requestCount;
  const notes = [
    ...(isInPart ? [`checked on ${count(checked)} of ${count(requestCount)} only`] : []),
    ...(toFew === undefined ? [] : [`${ratio(toFew)} × the time with 1,000`]),
    ...(memory === undefined ? [] : [describeMemory(memory)]),
  ];
  return [
    way,
    engine,
    nanoseconds(median),
    nanoseconds(min),
    quartiles,
    ratio(toHand),
    ratio(toPeer),
    notes.join('; '),
  ];
}

/** @param {import('./engines/engine.mjs').SessionMemory} memory */
function describeMemory({ sessionBytes, describedBytes }) {
  return `${count(sessionBytes)} bytes per session, ${count(describedBytes)} by the manifest`;
}

/** @param {number} ns */
export function nanoseconds(ns) {
  return ns < 100 ? ns.toFixed(1) : count(ns);
}

/** @param {number | undefined} value */
export function ratio(value) {
  if (value === undefined) return '';
  if (value < 0.1) return value.toPrecision(2);
  return value < 100 ? value.toFixed(2) : count(value);
}
