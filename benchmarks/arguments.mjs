// Parses the arguments of `npm run bench -- …` into a plan, or throws a usage error.

import { parseArgs } from 'node:util';
import { kinds } from './workloads/p3.mjs';

/** @typedef {import('./workloads/workload.mjs').Case} Case */

/**
 * @typedef {object} Plan
 * @property {readonly Case[]} cases Those of one kind in ascending size.
 * @property {number} rounds
 * @property {number} compileLimit In seconds, like the next one.
 * @property {number} checkLimit
 * @property {boolean} peers
 * @property {boolean} chart
 * @property {string | undefined} json
 */

export class UsageError extends Error {}

const names = ['p1', 'p2', 'p3', 'p4'];
const sizes = [10, 100, 1000, 10_000];
const sessionKinds = ['facts', 'due'];
/** The number of sessions of P4, and that with `--quick`. */
const [sessions, fewerSessions] = [1_000_000, 10_000];

const options = /** @type {const} */ ({
  only: { type: 'string' },
  kinds: { type: 'string' },
  sizes: { type: 'string' },
  rounds: { type: 'string' },
  'compile-limit': { type: 'string' },
  'check-limit': { type: 'string' },
  quick: { type: 'boolean', default: false },
  'no-peers': { type: 'boolean', default: false },
  chart: { type: 'boolean', default: false },
  json: { type: 'string' },
});

/** @param {readonly string[]} words @returns {Plan} */
export function readPlan(words) {
  const given = parseWords(words);
  const { quick } = given;
  const wanted = oneOfThese('--only', given.only, names);
  const wantedKinds = oneOfThese('--kinds', given.kinds, Object.keys(kinds));
  const wantedSizes =
    given.sizes === undefined
      ? sizes.slice(0, quick ? 2 : undefined)
      : given.sizes.split(',').map((word) => positive('--sizes', word));
  return {
    cases: listCases(
      wanted,
      wantedKinds,
      [...new Set(wantedSizes)].sort((a, b) => a - b),
      quick ? fewerSessions : sessions,
    ),
    rounds: positive('--rounds', given.rounds ?? (quick ? '7' : '21')),
    compileLimit: positive('--compile-limit', given['compile-limit'] ?? '20'),
    checkLimit: positive('--check-limit', given['check-limit'] ?? '2'),
    peers: !given['no-peers'],
    chart: given.chart,
    json: given.json,
  };
}

/**
 * @param {readonly string[]} wanted
 * @param {readonly string[]} wantedKinds
 * @param {readonly number[]} wantedSizes
 * @param {number} count The number of sessions of P4.
 * @returns {readonly Case[]}
 */
export function listCases(wanted, wantedKinds, wantedSizes, count) {
  return wanted.flatMap((word) => {
    const name = /** @type {Case['name']} */ (word);
    /** @type {readonly Case[]} */
    const scaled = wantedKinds.flatMap((kind) => wantedSizes.map((n) => ({ name, kind, n })));
    if (name === 'p3') return scaled;
    if (name === 'p4') return sessionKinds.map((kind) => ({ name, kind, n: count }));
    return [{ name, kind: null, n: null }];
  });
}

/** @param {readonly string[]} words */
function parseWords(words) {
  try {
    return parseArgs({ args: [...words], options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/**
 * @param {string} option
 * @param {string | undefined} given
 * @param {readonly string[]} all
 */
export function oneOfThese(option, given, all) {
  const words = given?.split(',') ?? all;
  const strange = words.find((word) => !all.includes(word));
  if (strange !== undefined) {
    throw new UsageError(`${option}: expected ${all.join(', ')}, found ${strange}`);
  }
  return all.filter((word) => words.includes(word));
}

/** @param {string} option @param {string} word */
export function positive(option, word) {
  const number = Number(word);
  if (!Number.isInteger(number) || number < 1) {
    throw new UsageError(`${option}: expected a positive integer, found ${word}`);
  }
  return number;
}
