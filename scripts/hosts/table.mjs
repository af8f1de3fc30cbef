// Formats the reports of hosts as one table, and lists failures and wrong results.

import { columns } from '../../benchmarks/table.mjs';
import { answerKinds } from '../../benchmarks/workloads/answers.mjs';
import { describeMissing } from './toolchains.mjs';

/** @typedef {import('./host.mjs').Report} Report */

const header = [
  'host',
  'cases passed',
  'ns from JSON',
  'ns from values',
  'ns to response',
  'allocations',
];
const stressHeader = ['decisions', 'disagreements', 'memory'];

/** @param {readonly Report[]} reports */
export function table(reports) {
  const isStressed = reports.some(({ stress }) => stress !== undefined);
  const lines = [
    [...header, ...(isStressed ? stressHeader : [])],
    ...reports.map((report) => [
      ...formatCells(report),
      ...(isStressed ? stressCells(report) : []),
    ]),
  ];
  return columns(lines, 1);
}

/** @param {Report} report */
function formatCells({ host, missing, failed, conformance, speed }) {
  if (missing.length > 0) return [host.title, 'not installed', '', '', '', ''];
  if (failed !== undefined || conformance === undefined)
    return [host.title, 'failed', '', '', '', ''];
  const { passed, checks } = conformance;
  return [
    host.title,
    `${count(passed)} of ${count(checks)}`,
    speed === undefined ? '' : count(speed.json),
    speed === undefined ? '' : count(speed.native),
    speed === undefined ? '' : count(speed.response),
    speed?.allocations == null ? '' : String(Math.round(speed.allocations * 100) / 100),
  ];
}

/** The ways of a decision, by the member of `Speed`. */
const ways = /** @type {const} */ ({
  json: 'JSON to answer',
  native: 'values to answer',
  response: 'JSON to response',
});

/**
 * Formats the duration of each kind of answer, with its ratio to that of the first kind.
 *
 * @param {readonly Report[]} reports
 */
export function answersTable(reports) {
  const kinds = Object.keys(answerKinds);
  const titles = kinds.map((kind) => answerKinds[kind]?.title ?? '');
  const rows = reports.flatMap(({ host, answers = {} }) => {
    if (Object.keys(answers).length === 0) return [];
    return Object.entries(ways).map(([way, title]) => {
      const found = kinds.map((kind) => answers[kind]?.[/** @type {keyof typeof ways} */ (way)]);
      return [host.title, title, ...found.map((ns) => withRatio(ns, found[0]))];
    });
  });
  return columns([['host', 'ns from', ...titles], ...rows], 2);
}

/** @param {number | undefined} ns @param {number | undefined} first */
function withRatio(ns, first) {
  if (ns === undefined || first === undefined) return '';
  return `${count(ns)} (${(ns / first).toFixed(2)})`;
}

/** @param {Report} report */
function stressCells({ stress }) {
  if (stress === undefined) return ['', '', ''];
  const [before, after] = stress.memory.map((bytes) => `${count(bytes / 1_048_576)} MiB`);
  return [
    `${count(stress.decisions)} by ${stress.threads} threads`,
    count(stress.disagreements),
    `${before} → ${after}`,
  ];
}

/**
 * Returns a message for each failure.
 *
 * @param {readonly Report[]} reports
 * @param {number} checks The number of checks that a host must make.
 */
export function complaints(reports, checks) {
  return reports.flatMap(({ host, missing, failed, conformance, stress }) => [
    ...missing.map((toolchain) => describeMissing(host.title, toolchain)),
    ...(failed === undefined ? [] : [`${host.title}: ${failed}`]),
    ...(conformance !== undefined && conformance.checks !== checks
      ? [`${host.title} made ${count(conformance.checks)} of ${count(checks)} checks`]
      : []),
    ...(conformance?.failures ?? []).map((failure) => `${host.title}: ${failure}`),
    ...(stress !== undefined && stress.disagreements > 0
      ? [`${host.title}: ${stress.disagreements} wrong decisions under stress`]
      : []),
  ]);
}

/** @param {number} number */
function count(number) {
  return Math.round(number).toLocaleString('en-US');
}
