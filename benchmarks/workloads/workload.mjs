// A workload: a policy, and 1,000 requests with the expected decision of each. The same case results in
// the same workload, in every process and on every machine.

import { readFileSync } from 'node:fs';
import { answerKinds } from './answers.mjs';
import * as p1 from './p1.mjs';
import * as p2 from './p2.mjs';
import { entryName, findKind, generateRules, generator, writePolicy } from './p3.mjs';
import * as p4 from './p4.mjs';
import { createRandom } from './random.mjs';

/** @typedef {'permit' | 'narrow' | 'challenge' | 'deny' | 'revoke'} Effect */

/**
 * The measured case. For `answers`, `kind` is that of all answers. For P3, `kind` and `n`, the number of rules. For P4, `n` is the number of sessions, and `kind` states whether
 * answers end on their own.
 *
 * @typedef {object} Case
 * @property {'answers' | 'p1' | 'p2' | 'p3' | 'p4'} name
 * @property {string | null} kind
 * @property {number | null} n
 */

/**
 * @typedef {object} Workload
 * @property {Case} case
 * @property {ReadonlyMap<string, string>} policy In nhipol: files by name, the entry first.
 * @property {readonly import('./p3/kind.mjs').Rule[]} rules The rules of P3.
 * @property {readonly import('./p3/kind.mjs').ScaledRequest[]} requests
 * @property {readonly string[]} texts The requests as JSON.
 * @property {readonly Effect[]} expected
 * @property {() => (request: any) => boolean} byHand Creates the policy as a function.
 */

export const requestCount = 1000;

/** @param {Case} one @returns {Workload} */
export function createWorkload(one) {
  const { policy, rules, generate, byHand } = createParts(one);
  const made = Array.from({ length: requestCount }, generate);
  const texts = made.map(({ request }) => JSON.stringify(request));
  return {
    case: one,
    policy,
    rules,
    // Parsed, so that no string is shared between requests, or with the policy, as over a network.
    requests: texts.map((text) => JSON.parse(text)),
    texts,
    expected: made.map(({ expected }) => expected),
    byHand,
  };
}

/** The name of a case, in a table and in file names. @param {Case} one */
export function caseName({ name, kind, n }) {
  return [name, kind, n].filter((part) => part !== null).join('-');
}

/** @param {Case} one */
function createParts({ name, kind, n }) {
  if (name === 'p3') {
    const [of, count] = [kind ?? '', n ?? 0];
    const rules = generateRules(of, count);
    return {
      policy: writePolicy(of, rules),
      rules,
      generate: generator(of, rules, createRandom(3000 + count)),
      byHand: () => findKind(of).byHand(rules),
    };
  }
  if (name === 'answers') return findAnswers(kind ?? '');
  const { generate, decide } = name === 'p2' ? p2 : kind === 'due' ? p4 : p1;
  const policy = kind === 'due' ? 'p4-due' : name === 'p2' ? 'p2' : 'p1';
  const random = createRandom(name === 'p2' ? 2000 : 1000);
  return {
    policy: readPolicy(policy),
    rules: [],
    generate: () => generate(random),
    byHand: () => decide,
  };
}

/** @param {string} kind */
function findAnswers(kind) {
  const { expected, change } = answerKinds[kind] ?? {};
  if (expected === undefined || change === undefined) throw new Error(`no kind of answer: ${kind}`);
  const random = createRandom(5000);
  return {
    policy: readPolicy('answers'),
    rules: [],
    generate: () => {
      const request = p1.createPermitted(random);
      change(request);
      return { request, expected };
    },
    byHand: () => () => expected === 'permit' || expected === 'narrow',
  };
}

/** A policy of the folder `policies`. @param {string} name */
function readPolicy(name) {
  const file = new URL(`../policies/${name}.nhipol`, import.meta.url);
  return new Map([[entryName, readFileSync(file, 'utf8')]]);
}
