// Proofs about two requests of one session: with the same history, the absence or a change of one member never loosens
// an answer. Sessions that explore the examples never contradict them.

import { check, isEnclosingPath, type Json, parseJson, writeJson } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import {
  createMissingDataSet,
  createMonotoneSet,
  listMonotonicity,
  listOmissions,
  type Verdict,
} from '@nhipol/proving';
import { strictness } from '@nhipol/runtime/abi';
import { createEvaluatorSessions, createRandomNumbers, type SessionSample } from '@nhipol/testing';
import { describe, expect, test } from 'vitest';
import { exploreSessions } from '../../assurance/testing/explore/explore-sessions.ts';
import { listRequestPlaces, setJsonValue } from '../../assurance/testing/explore/paths.ts';
import { playSessionSample } from '../../assurance/testing/explore/sessions.ts';
import { findDirection } from '../../assurance/testing/proofs/direction.ts';
import { runs } from '../support/budget.ts';
import { checkPolicy } from '../support/checking.ts';
import { samples } from '../support/policies/samples.ts';

const options = () => ({ effort: 20_000, random: createRandomNumbers(1) });

const isProvedInSessions = (verdict: Verdict | undefined) =>
  verdict?.kind === 'proved' && verdict.assumptions.inSessions;

/** The claims that are proved in sessions with any history, such as `without action.amount`. */
function listProved(policy: PolicyModel): ReadonlySet<string> {
  const omitted = listOmissions(createMissingDataSet(policy, options())).flatMap(
    ({ path, verdict }) => (isProvedInSessions(verdict) ? [`without ${path}`] : []),
  );
  const moved = listMonotonicity(createMonotoneSet(policy, options())).flatMap(
    ({ path, up, down }) => [
      ...(isProvedInSessions(up) ? [`up ${path}`] : []),
      ...(isProvedInSessions(down) ? [`down ${path}`] : []),
    ],
  );
  return new Set([...omitted, ...moved]);
}

function findRequest({ request, steps }: SessionSample): string {
  const own = steps.filter(({ session }) => session === undefined);
  return own.findLast((step) => step.request !== undefined)?.request ?? request;
}

/** The same session with another last request. */
function withLast(sample: SessionSample, request: string): SessionSample {
  const steps = sample.steps.map((step, index) =>
    index === sample.steps.length - 1 ? { ...step, request } : step,
  );
  return { ...sample, steps };
}

function findLastAnswer(policy: PolicyModel, sample: SessionSample) {
  return playSessionSample(createEvaluatorSessions(policy), sample).at(-1);
}

function loosens(policy: PolicyModel, before: SessionSample, after: SessionSample): boolean {
  const [a, b] = [findLastAnswer(policy, before), findLastAnswer(policy, after)];
  if (a === undefined || b === undefined || a.error !== undefined || b.error !== undefined)
    return false;
  return strictness(b.effect) < Math.min(strictness('deny'), strictness(a.effect));
}

describe.each(['payment-bot', 'coding-agent', 'data-pipeline'])('%s', (name) => {
  const sample = samples.find(({ path }) => path === `examples/${name}/policy.nhipol`);
  const { policy } = sample === undefined ? {} : check(sample.path, sample.sources);
  if (policy === undefined) throw new Error(`no ${name}`);

  test('proves nothing about members that a session contradicts', { timeout: 120_000 }, () => {
    const proved = listProved(policy);
    const seen = new Map<string, Map<string, Json>>();
    let compared = 0;
    for (const { sample: session } of exploreSessions(policy, { samples: runs(20, 6), seed: 1 })) {
      if (session.steps.at(-1)?.session !== undefined) continue;
      const request = findRequest(session);
      const json = parseJson(request);
      if (json === undefined) continue;
      const before = withLast(session, request);
      for (const { path, way, json: there, type } of listRequestPlaces(policy, json)) {
        if (there === undefined || isEnclosingPath('context.events', path)) continue;
        const others = seen.get(path) ?? new Map<string, Json>();
        seen.set(path, others.set(writeJson(there), there));
        for (const other of [undefined, ...[...others.values()].slice(-4)]) {
          const change = other === undefined ? 'without' : findDirection(type, there, other);
          const changed = setJsonValue(json, way, other);
          if (!proved.has(`${change} ${path}`) || changed === undefined) continue;
          if (path.endsWith('.observed_at') && change === 'down') continue;
          compared += 1;
          const isLoosened = loosens(policy, before, withLast(session, writeJson(changed)));
          expect(isLoosened, `${change} ${path}: ${JSON.stringify(changed)}`).toBe(false);
        }
      }
    }
    expect(compared).toBeGreaterThan(0);
  });
});

const declarations = `policy acme.members version "1"
subject agent {}
action pay { amount: Int(0..100), invoice?: String, payee?: String }
resource any {}
context { time: Timestamp }
for any { permit always otherwise }
`;

test.each([
  ['sum(event.action.amount of allowed doing pay, within 1h) + action.amount > 100', ['up']],
  ['once(allowed doing pay per action.invoice up to 10)', []],
  ['count(allowed doing pay) >= 3 and action.amount > 10', ['up']],
  ['not (once(allowed doing pay) and action.amount < 10)', ['up']],
])('links the histories of two requests: %s', (condition, expected) => {
  const policy = checkPolicy(
    `${declarations}for any doing pay { deny limited when ${condition}, if unknown skip } // allow fails-open: a test\n`,
  );
  const proved = listProved(policy);
  const isMoved = (each: string) => proved.has(`${each} action.amount`);
  expect(['up', 'down'].filter(isMoved)).toEqual(expected);
});

test('distinguishes the histories of requests with different keys', () => {
  const policy = checkPolicy(
    `${declarations}for any doing pay {
      deny twice when once(allowed doing pay per action.invoice up to 10)
      deny known when known(once(allowed doing pay per action.payee up to 10)) // allow fails-open: a test
    }`,
  );
  const proved = listProved(policy);
  expect(proved).toContain('without action.invoice');
  expect(proved).not.toContain('without action.payee');
});
