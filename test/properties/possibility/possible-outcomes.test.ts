// Outcomes that coverage by tests excludes never occur: no valid request produces an outcome that is not
// listed as possible. Many outcomes are excluded, and most of the others occur.

import { decideInSession, evaluate, openSession, type Trace } from '@nhipol/language';
import { collectPolicyHistory, type PolicyModel } from '@nhipol/language/model';
import { fillTables, readContextTime } from '@nhipol/testing';
import type { OutcomeName } from '@nhipol/testing/coverage';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type OpenPoint, Points } from '../../../assurance/testing/coverage/points.ts';
import { programs } from '../../support/arbitraries/program-arbitrary.ts';
import { checkPolicy } from '../../support/checking.ts';
import { all, generateRequests, seed } from '../../support/policies/property-policies.ts';

const programCount = 24;

interface Found {
  readonly point: OpenPoint;
  readonly outcome: OutcomeName;
}

/** All outcomes of decisions, listed as possible or not. Policies that read history decide in sessions, as in tests. */
function findOutcomes(policy: PolicyModel, points: Points): readonly Found[] {
  const found = new Map<string, Found>();
  const readsHistory = collectPolicyHistory(policy).length > 0;
  for (const { text, now, tables } of generateRequests(policy)) {
    const heard: (Found | undefined)[] = [];
    const hear = (point: OpenPoint | undefined, outcome: OutcomeName) =>
      heard.push(point && { point, outcome });
    const trace: Trace = {
      expression: (expr, { value }) => {
        const outcome = value === undefined ? 'unknown' : value === true ? 'true' : 'false';
        hear(points.conditions.get(expr), outcome);
        if (value !== false) hear(points.counts.get(expr), 'fired');
      },
      judged: (halves, error) => {
        if (error !== undefined) heard.length = 0;
        for (const { by, effect, fired } of error === undefined ? halves : [])
          if (fired) hear(points.byHalf.get(by), effect === by.effect ? 'fired' : 'denied');
        for (const each of heard) {
          if (each === undefined) continue;
          const { kind, start, end, file } = each.point;
          found.set(`${kind} ${start} ${end} ${file} ${each.outcome}`, each);
        }
      },
    };
    const contents = fillTables(policy, tables);
    const opens = now ?? readContextTime(text);
    if (readsHistory && opens !== undefined)
      decideInSession(contents, openSession(text, opens), opens, trace);
    if (readsHistory) continue;
    const clock = { now, precedence: now === undefined ? ('request' as const) : ('host' as const) };
    evaluate(contents, new TextEncoder().encode(text), clock, trace);
  }
  return [...found.values()];
}

const counts = { possible: 0, impossible: 0, seen: 0 };

function check(policy: PolicyModel): void {
  const points = new Points(policy);
  const found = findOutcomes(policy, points);
  const wrong = found.filter(({ point, outcome }) => !point.times.has(outcome));
  expect(wrong.map(({ point, outcome }) => `${point.line} ${point.name} ${outcome}`)).toEqual([]);
  const conditions = points.all.filter(({ kind }) => kind === 'condition');
  const possible = conditions.reduce((sum, point) => sum + point.times.size, 0);
  counts.possible += possible;
  counts.impossible += 3 * conditions.length - possible;
  counts.seen += found.filter(({ point }) => point.kind === 'condition').length;
}

test.for(all)('decisions of %s have only possible outcomes', ([, policy]) => {
  check(policy);
});

test('decisions of generated policies have only possible outcomes', () => {
  for (const { text, others } of fc.sample(programs, { numRuns: programCount, seed: seed + 1 }))
    check(checkPolicy(text, others));
});

test('many outcomes are excluded, and most of the others occur', () => {
  expect(counts.impossible).toBeGreaterThan(counts.possible / 6);
  expect(counts.seen).toBeGreaterThan(counts.possible * 0.6);
});
