// Proofs about the members of requests: those whose absence loosens an answer, and the changes of a member that never
// do. Requests that explore a policy never contradict them.

import { check, isEnclosingPath, type Json, parseJson, writeJson } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import {
  createMissingDataSet,
  createMonotoneSet,
  listMonotonicity,
  listOmissions,
  nameDirections,
  proveSet,
} from '@nhipol/proving';
import { strictness } from '@nhipol/runtime/abi';
import { createRandomNumbers } from '@nhipol/testing';
import { describe, expect, test } from 'vitest';
import { prove } from '../../assurance/proving/claims/prove.ts';
import { explore } from '../../assurance/testing/explore/explore.ts';
import {
  listRequestPlaces,
  type RequestPlace,
  setJsonValue,
} from '../../assurance/testing/explore/paths.ts';
import { findDirection } from '../../assurance/testing/proofs/direction.ts';
import { ask } from '../../assurance/testing/runner/ask.ts';
import { runs } from '../support/budget.ts';
import { checkPolicy } from '../support/checking.ts';
import { samples } from '../support/policies/samples.ts';

const options = () => ({ effort: 20_000, random: createRandomNumbers(1) });

function loosens(policy: PolicyModel, before: string, after: string): boolean {
  const [a, b] = [before, after].map((text) =>
    ask(policy, { text, now: undefined, tables: new Map() }),
  );
  if (a === undefined || b === undefined || a.error !== undefined || b.error !== undefined)
    return false;
  return strictness(b.effect) < Math.min(strictness('deny'), strictness(a.effect));
}

/** Requests that explore a policy, with their places. */
function* generateRequests(
  policy: PolicyModel,
  count: number,
): Iterable<{ text: string; json: Json; places: readonly RequestPlace[] }> {
  for (const { sample } of explore([policy], { samples: count, seed: 1 })) {
    const json = parseJson(sample.text);
    if (json !== undefined)
      yield { text: sample.text, json, places: listRequestPlaces(policy, json) };
  }
}

const names = ['support-agent', 'api-key', 'data-agent'];

describe.each(names)('%s', (name) => {
  const sample = samples.find(({ path }) => path === `examples/${name}/policy.nhipol`);
  const { policy } = sample === undefined ? {} : check(sample.path, sample.sources);
  if (policy === undefined) throw new Error(`no ${name}`);

  test('lists every member whose absence loosens an answer', { timeout: 60_000 }, () => {
    const each = listOmissions(createMissingDataSet(policy, options()));
    const verdicts = new Map(each.map(({ path, verdict }) => [path, verdict.kind]));
    expect([...verdicts.values()]).toContain('refuted');
    for (const { text, json, places } of generateRequests(policy, runs(60, 15))) {
      for (const { path, way, json: there, required } of places) {
        if (required || there === undefined || isEnclosingPath('context.events', path)) continue;
        const without = setJsonValue(json, way, undefined);
        if (without === undefined || !loosens(policy, text, writeJson(without))) continue;
        expect(verdicts.get(path), `without ${path}: ${text}`).toBe('refuted');
      }
    }
  });

  test('proves no direction that a request contradicts', { timeout: 60_000 }, () => {
    const found = listMonotonicity(createMonotoneSet(policy, options()));
    const verdicts = new Map(found.map((each) => [each.path, each]));
    const seen = new Map<string, Map<string, Json>>();
    let contradictions = 0;
    for (const { text, json, places } of generateRequests(policy, runs(60, 15))) {
      for (const { path, way, json: there, type } of places) {
        const verdict = verdicts.get(path);
        if (verdict === undefined || there === undefined) continue;
        const others = seen.get(path) ?? new Map<string, Json>();
        seen.set(path, others.set(writeJson(there), there));
        for (const other of [...others.values()].slice(-6)) {
          const change = findDirection(type, there, other);
          const changed = setJsonValue(json, way, other);
          if (change === undefined || changed === undefined) continue;
          if (path.endsWith('.observed_at') && change === 'down') continue;
          if (!loosens(policy, text, writeJson(changed))) continue;
          contradictions += 1;
          expect(verdict[change].kind, `${change} ${path}: ${text}`).toBe('refuted');
        }
      }
    }
    expect(contradictions).toBeGreaterThan(0);
  });
});

test.each([
  ['deny risky when subject.risk > 5', 'proved', ['proved']],
  ['deny risky when subject.risk > 5, if unknown skip', 'proved', ['refuted']],
  ['deny risky when subject.rows is present', 'proved', ['refuted']],
  [
    'deny large when any row in subject.rows satisfies row.size > 10',
    'proved',
    ['proved', 'proved'],
  ],
])('decides whether absence loosens: %s', (rule, claim, members) => {
  const policy = checkPolicy(`
    policy acme.absent version "1"
    subject agent { risk?: Int, rows?: List<{ size?: Int }> }
    for any {
      permit always otherwise
      ${rule} // allow fails-open: a test
    }
  `);
  const set = createMissingDataSet(policy, options());
  const { verdicts } = proveSet(set);
  expect(verdicts.map(({ verdict }) => verdict.kind)).toEqual([claim]);
  expect(listOmissions(set).map(({ verdict }) => verdict.kind)).toEqual(members);
});

test.each([
  ['subject agent { credentials: List<{ exposed: Bool = false }> }', 'refuted', ''],
  [
    'subject agent { credentials: List<{ exposed: Bool = false }> }',
    'proved',
    'deny leaked when any each in subject.credentials satisfies each.exposed // allow fails-open: x',
  ],
  ['subject agent { credential?: { exposed?: Bool } }', 'refuted', ''],
  [
    'subject agent { all: List<{ credentials: List<{ exposed: Bool = false }> }> }',
    'proved',
    `deny leaked when any one in subject.all satisfies
        any each in one.credentials satisfies each.exposed // allow fails-open: x`,
  ],
])('decides claims about exposed credentials of %s: %s', (subject, kind, rule) => {
  const policy = checkPolicy(`
    policy acme.exposed version "1"
    ${subject}
    for any {
      permit always otherwise
      ${rule}
    }
  `);
  const found = prove(policy, options()).filter(({ claim }) => claim.name.includes('exposed'));
  expect(found.map(({ verdict }) => verdict.kind)).toEqual([kind]);
});

test('names the changes of members by their types', () => {
  const policy = checkPolicy(`
    policy acme.words version "1"
    enum Level { low < high }
    subject agent { level?: Level, scopes: Set<String> = {}, seen?: { observed_at?: Timestamp } fresh 5m }
    context { time: Timestamp, until?: Timestamp }
    for agent {
      permit always when subject.level is low and "a" in subject.scopes and context.time < context.until
      deny stale when subject.seen.observed_at < context.time, if unknown skip
    }
  `);
  const found = listMonotonicity(createMonotoneSet(policy, options()));
  expect(found.map(({ path, type }) => [path, ...nameDirections(path, type)])).toEqual([
    ['subject.level', 'higher', 'lower'],
    ['subject.scopes', 'more', 'fewer'],
    ['context.until', 'later', 'earlier'],
    ['subject.seen.observed_at', 'newer', 'older'],
  ]);
});
