// Writes charts of results to files in this folder: bars for P1 and P2, lines for each kind of P3 with
// several sizes.

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bars } from './bars.mjs';
import { lines } from './lines.mjs';

/** @typedef {import('../results.mjs').Result} Result */

/** @type {Readonly<Record<string, string>>} */
const titles = {
  p1: 'P1: an agent calls a tool',
  p2: 'P2: a deployment reads a secret',
  action: 'P3: N rules distinguished by action and resource type',
  attribute: 'P3: N rules distinguished by an attribute',
  cidr: 'P3: N rules distinguished by a network',
  glob: 'P3: N rules distinguished by a glob',
};

/** @param {readonly Result[]} results @returns {readonly string[]} The paths of the files. */
export function writeCharts(results) {
  return [...drawCharts(results)].map(([name, svg]) => {
    const path = fileURLToPath(new URL(`${name}.svg`, import.meta.url));
    writeFileSync(path, svg);
    return path;
  });
}

/** The charts by name. @param {readonly Result[]} results @returns {ReadonlyMap<string, string>} */
export function drawCharts(results) {
  const charts = new Map();
  for (const result of results) {
    const { name, kind } = result.case;
    if (kind === null) charts.set(name, bars(result, titles[name] ?? name));
  }
  const kinds = new Set(
    results.flatMap(({ case: { name, kind } }) => (name === 'p3' && kind !== null ? [kind] : [])),
  );
  for (const kind of kinds) {
    const ofKind = results.filter((result) => result.case.kind === kind);
    if (ofKind.length > 1) charts.set(`p3-${kind}`, lines(ofKind, titles[kind] ?? kind));
  }
  return charts;
}
