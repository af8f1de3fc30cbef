// Formats the reports about packages as one table, and lists what failed.

import { columns } from '../../benchmarks/table.mjs';
import { describeMissing } from '../hosts/toolchains.mjs';

/** @typedef {import('./ecosystem.mjs').Report} Report */

/** @param {readonly Report[]} reports */
export function table(reports) {
  const lines = reports.map(({ title, missing, checks, failures, seconds }) =>
    missing.length > 0
      ? [title, 'not installed', '']
      : [title, `${checks - failures.length} of ${checks}`, String(seconds)],
  );
  return columns([['package', 'checks passed', 'seconds'], ...lines], 1);
}

/** Returns a message for each failure. @param {readonly Report[]} reports */
export function complaints(reports) {
  return reports.flatMap(({ title, missing, failures }) => [
    ...missing.map((toolchain) => describeMissing(title, toolchain)),
    ...failures.map((failure) => `${title}: ${failure}`),
  ]);
}
