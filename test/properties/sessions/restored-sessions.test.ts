// A session that is written and restored continues as if it had stayed; under another policy it is never
// less strict than one that was there from the start and knows everything.

import { compile } from '@nhipol/compiler';
import { changeRequest, evaluate } from '@nhipol/language';
import {
  collectPolicyHistory,
  type PolicyModel,
  sharesHistory,
  type TestChange,
} from '@nhipol/language/model';
import { load, toAuthZen } from '@nhipol/runtime';
import {
  createEvaluatorSessions,
  createRandomNumbers,
  findSignalRefusal,
  noTables,
} from '@nhipol/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Dice } from '../../../assurance/testing/generate/random.ts';
import type { TestedSession } from '../../../assurance/testing/runner/run-tests.ts';
import { createModuleSessions } from '../../../assurance/testing/runner/sessions.ts';
import { programs } from '../../support/arbitraries/program-arbitrary.ts';
import { runs } from '../../support/budget.ts';
import { checkPolicy } from '../../support/checking.ts';
import { generateSubject } from '../../support/fleets/generated.ts';
import type { Subject } from '../../support/fleets/subjects.ts';
import { assembleQuickly } from '../../support/modules/assembler.ts';
import { normalizedPolicy } from '../../support/policies/normalized-policy.ts';
import {
  examples,
  generateRequests,
  seed,
  strict,
} from '../../support/policies/property-policies.ts';
import {
  createPayload,
  type SessionStep,
  sessionPolicy,
  sessionPolicyText,
  sessionRequest,
  sessionStep,
} from '../../support/sessions/session-steps.ts';

async function compileModule(policy: PolicyModel) {
  const { wasm } = await compile(policy, assembleQuickly, { sessions: true });
  return load(wasm);
}

function isValid(policy: PolicyModel, request: string, now: bigint): boolean {
  const bytes = new TextEncoder().encode(request);
  return evaluate(policy, bytes, { now, precedence: 'host' }).error === undefined;
}

type Sessions = readonly TestedSession[];

interface At {
  readonly request: string;
  readonly now: bigint;
  /** They made different decisions. */
  readonly isApart?: boolean;
}

/** Performs a step with all sessions, and returns the next instant and the request. */
function step(sessions: Sessions, each: SessionStep, { request, now }: At): At {
  if (each.kind === 'wait') return { request, now: now + BigInt(each.by) };
  if (each.kind === 'ask') {
    const [first, ...others] = sessions.map((session) => session.ask(now).effect);
    return { request, now, isApart: others.some((effect) => effect !== first) };
  }
  if (each.kind === 'patch') {
    const changed = changeRequest(request, [each.change]);
    if (!isValid(sessionPolicy, changed, now)) return { request, now };
    for (const session of sessions) session.change([each.change], noTables);
    return { request: changed, now };
  } else if (each.name !== 'unheard' && each.text !== 5) {
    const payload = createPayload(each);
    const time = each.late === undefined ? undefined : now - BigInt(each.late);
    for (const session of sessions) session.receive({ name: each.name, payload, time }, now);
  }
  return { request, now };
}

const steps = fc.array(fc.oneof(sessionStep, fc.constant({ kind: 'move' as const })), {
  maxLength: 40,
  size: 'max',
});

test('history is restored', async () => {
  const module = await compileModule(sessionPolicy);
  const property = fc.property(steps, (all) => {
    const stays = createEvaluatorSessions(sessionPolicy)(sessionRequest, 0n);
    const moves = createModuleSessions(module)(sessionRequest, 0n);
    let at: At = { request: sessionRequest, now: 0n };
    for (const each of all) {
      if (each.kind === 'move') moves.replacePolicy(module);
      else at = step([stays, moves], each, at);
      expect(toAuthZen(moves.judge(at.now))).toEqual(toAuthZen(stays.judge(at.now)));
    }
  });
  fc.assert(property, { numRuns: runs(150), seed });
});

const subjects = [...examples, strict, ['settled', checkPolicy(normalizedPolicy)] as const];

test.each(subjects)('facts are restored: %s', async (_, policy) => {
  const module = await compileModule(policy);
  const now = 1_772_533_800_000n;
  const texts = generateRequests(policy)
    .map(({ text }) => text)
    .filter((text) => isValid(policy, text, now));
  const property = fc.property(fc.constantFrom(...texts), fc.boolean(), (text, isAsked) => {
    const stays = createModuleSessions(module)(text, now);
    const moves = createModuleSessions(module)(text, now);
    if (isAsked) for (const session of [stays, moves]) session.ask(now);
    moves.replacePolicy(module);
    for (const later of [0n, 60_000n, 86_400_000n]) {
      expect(toAuthZen(moves.judge(now + later))).toEqual(toAuthZen(stays.judge(now + later)));
    }
    moves.replacePolicy(module);
    expect(toAuthZen(moves.judge(now))).toEqual(toAuthZen(stays.judge(now)));
  });
  fc.assert(property, { numRuns: runs(40), seed });
});

/** Edits of a window and its numbers, which a policy can make and still restore stored history. */
const edits: readonly (readonly [string, (text: string) => string, 'exact' | 'loses'])[] = [
  ['lower thresholds', (text) => text.replaceAll('>= 3', '>= 2'), 'exact'],
  ['higher thresholds', (text) => text.replaceAll('>= 3', '>= 5'), 'loses'],
  [
    'windows that are shorter',
    (text) => shiftWindows(text, (seconds) => Math.ceil(seconds / 2)),
    'exact',
  ],
  ['longer windows', (text) => shiftWindows(text, (seconds) => seconds * 3), 'loses'],
  ['fewer values of a key', (text) => text.replaceAll('up to 2', 'up to 1'), 'loses'],
  ['more values of a key', (text) => text.replaceAll('up to 2', 'up to 3'), 'loses'],
  [
    'other patterns',
    (text) => text.replaceAll('allowed doing call', 'decided doing call'),
    'loses',
  ],
  ['another type', (text) => text.replace('low < high', 'none < low < high'), 'exact'],
];

function shiftWindows(text: string, by: (seconds: number) => number): string {
  return text.replace(/within (\d+)s/g, (_, seconds) => `within ${by(Number(seconds))}s`);
}

const parts = fc.tuple(
  fc.array(sessionStep, { maxLength: 25, size: 'max' }),
  fc.array(sessionStep, { maxLength: 15, size: 'max' }),
);
const strictness = ['permit', 'narrow', 'challenge', 'deny', 'revoke'];

test.each(edits)(
  'history restored by another policy is never less strict: %s',
  async (_, edit, what) => {
    const policy = checkPolicy(edit(sessionPolicyText));
    const [before, after] = await Promise.all([
      compileModule(sessionPolicy),
      compileModule(policy),
    ]);
    let alike = 0;
    let all = 0;
    const property = fc.property(parts, ([first, second]) => {
      const known = createEvaluatorSessions(sessionPolicy)(sessionRequest, 0n);
      const carried = createModuleSessions(before)(sessionRequest, 0n);
      let at: At = { request: sessionRequest, now: 0n };
      for (const each of first) at = step([known, carried], each, at);
      known.replacePolicy(policy);
      carried.replacePolicy(after);
      for (const each of second) {
        at = step([known, carried], each, at);
        const { effect } = known.judge(at.now);
        const given = carried.judge(at.now);
        const required = Math.min(strictness.indexOf('deny'), strictness.indexOf(effect));
        expect(strictness.indexOf(given.effect)).toBeGreaterThanOrEqual(required);
        all += 1;
        if (effect === given.effect) alike += 1;
        // Another decision was made, so the histories differ.
        if (at.isApart) return;
      }
    });
    fc.assert(property, { numRuns: runs(150), seed });
    expect(alike).toBeGreaterThan(all / 3);
    if (what === 'exact') expect(alike).toBe(all);
  },
);

/** Changes, signals, decisions and time at random, in all sessions; each session gives the same answers. */
function performAll(
  sessions: Sessions,
  { policy, requests, signals, waits, start }: Subject,
  dice: Dice,
): void {
  let at: At = { request: requests[0] ?? '', now: BigInt(start) };
  for (let left = 20; left > 0; left -= 1) {
    if (dice.chance(250)) at = { ...at, now: at.now + BigInt(dice.pick(waits)) };
    else if (dice.chance(300)) {
      const { action, resource } = JSON.parse(dice.pick(requests));
      const changes: readonly TestChange[] = Object.entries({ action, resource }).map(
        ([root, value]) => ({ path: [root], json: JSON.stringify(value) }),
      );
      const request = changeRequest(at.request, changes);
      if (!isValid(policy, request, at.now)) continue;
      for (const session of sessions) session.change(changes, noTables);
      at = { ...at, request };
    } else if (dice.chance(400)) {
      const signal = dice.pick(signals);
      for (const session of sessions) session.receive(signal, at.now);
    } else for (const session of sessions) session.ask(at.now);
    const answers = sessions.map((session) => session.judge(at.now));
    // The rule that ended the session may no longer exist.
    if (answers.every(({ effect }) => effect === 'revoke')) return;
    const [first, ...others] = answers.map(toAuthZen);
    for (const other of others) expect(other).toEqual(first);
  }
}

test('generated policies with fewer rules have all of the history', async () => {
  const dice = new Dice(createRandomNumbers(seed));
  const unshared = fc
    .sample(programs, { numRuns: runs(240, 120), seed })
    .map(({ text, others }) => checkPolicy(text, others))
    .filter((policy) => collectPolicyHistory(policy).length > 0 && !sharesHistory(policy));
  let compared = 0;
  for (const [index, policy] of unshared.entries()) {
    const subject = generateSubject(policy, seed + index);
    const fewer = Array.from({ length: 10 }, () => ({
      ...policy,
      rules: policy.rules.filter(() => dice.chance(600)),
    })).find((drawn) => collectPolicyHistory(drawn).length > 0);
    if (subject === undefined || fewer === undefined) continue;
    const [before, after] = await Promise.all([compileModule(policy), compileModule(fewer)]);
    for (let left = 10; left > 0; left -= 1) {
      const request = dice.pick(subject.requests);
      const signals = subject.signals.filter(
        (signal) => findSignalRefusal(policy, signal) === undefined,
      );
      const opened = { ...subject, signals, requests: [request, ...subject.requests] };
      const stays = createEvaluatorSessions(policy)(request, BigInt(subject.start));
      const moves = createModuleSessions(before)(request, BigInt(subject.start));
      performAll([stays, moves], opened, dice);
      stays.replacePolicy(fewer);
      moves.replacePolicy(after);
      performAll([stays, moves], opened, dice);
    }
    compared += 1;
  }
  expect(compared).toBeGreaterThan(1);
});
