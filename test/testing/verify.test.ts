// Verification of a policy: refuted properties, minimal counterexamples, and the explicit exceptions of a policy.

import type { PolicyModel } from '@nhipol/language/model';
import type { Answer } from '@nhipol/runtime';
import { type ClaimResult, printSessionLog, type SessionSample, verify } from '@nhipol/testing';
import { createEvaluatorHost, readLogLine, replay } from '@nhipol/testing/replay';
import { expect, test } from 'vitest';
import type { SampleStep } from '../../assurance/testing/explore/sessions.ts';
import { staysRevoked } from '../../assurance/testing/verify/sessions.ts';
import { checkPolicy } from '../support/checking.ts';

const start = `policy p
enum Level { low < high }
subject agent { level?: Level, credential: { exposed: Bool = false, scopes: Set<String> = {} } }
`;

function verifyClaims(rules: string, samples = 1500): readonly ClaimResult[] {
  const policy = checkPolicy(`${start}context { time: Timestamp }\n${rules}`);
  return verify(policy, { samples }).claims;
}

function claim(results: readonly ClaimResult[], name: string): ClaimResult {
  return results.find((each) => each.name === name) ?? expect.fail(name);
}

function parseCounterexample({ counterexample }: ClaimResult): unknown {
  if (counterexample?.kind !== 'request') return expect.fail('no request');
  return JSON.parse(counterexample.sample.text);
}

test('a false invariant is refuted by the simplest request', () => {
  const results = verifyClaims(`for agent {
  permit ok otherwise
  deny leaked when subject.credential.exposed and subject.level is high
}
invariant "a leaked key never acts" for agent
  subject.credential.exposed implies effect >= deny`);
  const found = claim(results, 'a leaked key never acts');
  expect(parseCounterexample(found)).toEqual({
    subject: {
      type: 'agent',
      id: 'x',
      properties: { level: 'low', credential: { exposed: true } },
    },
    action: { name: expect.any(String) },
    resource: { type: expect.any(String), id: 'x' },
    context: { time: expect.stringMatching(/T00:00:00Z$/) },
  });
  expect(found.counterexample).toMatchObject({ kind: 'request', answer: { effect: 'permit' } });
  expect(found.invariant?.name).toBe('a leaked key never acts');
});

test('a property that is not refuted is reported with the number of requests it applied to', () => {
  const [found = expect.fail()] = verifyClaims(`for agent {
  permit ok otherwise
  deny leaked when subject.credential.exposed
}
invariant "a leaked key never acts" for agent
  subject.credential.exposed implies effect >= deny`);
  expect(found.counterexample).toBeUndefined();
  expect(found.requests).toBeGreaterThan(1000);
});

test('an exposed credential never acts, unless a permit requires it', () => {
  const name = 'an exposed credential never acts';
  const ignored = claim(verifyClaims('for agent { permit ok otherwise }'), name);
  expect(ignored.counterexample).toMatchObject({
    why: 'subject.credential.exposed is true, and the answer is permit',
  });
  const denied = claim(
    verifyClaims('for agent { permit ok otherwise\n deny leaked when subject.credential.exposed }'),
    name,
  );
  expect(denied).toMatchObject({ counterexample: undefined, allowed: [] });
  const exchanged = claim(
    verifyClaims('for agent doing "key.rotate" { permit rotates when subject.credential.exposed }'),
    name,
  );
  expect(exchanged.counterexample).toBeUndefined();
  expect(exchanged.allowed.map(({ by }) => `${by.where}: ${by.rule} ${by.how}`)).toEqual([
    'where subject.credential.exposed is true: rotates requires it',
  ]);
});

test('missing data restricts, or the rule with the exception is reported', () => {
  const name = 'missing data restricts';
  const describeClaim = (rules: string) => {
    const { counterexample, allowed } = claim(
      verifyClaims(`for agent { permit ok otherwise\n${rules} }`),
      name,
    );
    expect(counterexample).toBeUndefined();
    return allowed.map(({ by }) => `${by.where} ${by.change}: ${by.rule} ${by.how}`);
  };
  expect(describeClaim('deny high when subject.level is high')).toEqual([]);
  expect(
    describeClaim('deny high when subject.level is present and subject.level is high'),
  ).toEqual(['without subject.level deny → permit: high tests whether it `is present`']);
  expect(describeClaim('revoke high when subject.level is high, if unknown skip')).toEqual([
    'without subject.level revoke → permit: high has `if unknown skip`',
  ]);
  expect(describeClaim('deny high when (subject.level else low) is high')).toEqual([
    'without subject.level deny → permit: high has `else`',
  ]);
  expect(describeClaim('deny leaked when subject.credential.exposed')).toEqual([
    'without subject.credential.exposed deny → permit: leaked uses its default',
  ]);
  expect(
    describeClaim('given l = subject.level { deny high when l is high } otherwise ignore'),
  ).toEqual(['without subject.level deny → permit: high tests whether it is known']);
});

/** The last event of the session's log when the evaluator replays it, as JSON. */
function lastReplayed(policy: PolicyModel, sample: SessionSample): string {
  const lines = printSessionLog(sample)
    .trimEnd()
    .split('\n')
    .map((line, index) => readLogLine(new TextEncoder().encode(line), index + 1));
  const events = lines.map((line) => ('input' in line ? line : expect.fail(line.message)));
  const { timeline, faults } = replay(createEvaluatorHost(policy), events, undefined);
  expect(faults).toEqual([]);
  return JSON.stringify(timeline.happenings.at(-1), (_, value) =>
    typeof value === 'bigint' ? String(value) : value,
  );
}

test('a property that only a session violates has a log that can be replayed', () => {
  const policy = checkPolicy(`policy p
subject agent {}
context { time: Timestamp }
for agent {
  permit ok otherwise
  narrow third when count(decided, within 1m) >= 2, if unknown skip to { rows: 1 }
}
constraint rows: Int smallest wins
invariant "never in part" for agent  effect is not narrow`);
  const found = claim(verify(policy, { samples: 1000 }).claims, 'never in part');
  const { counterexample } = found;
  if (counterexample?.kind !== 'session') return expect.fail('no session');
  const asked = counterexample.sample.steps.reduce((sum, { asks }) => sum + asks, 0);
  expect(asked).toBe(3);
  expect(lastReplayed(policy, counterexample.sample)).toContain('third');
});

test('a property that only several sessions violate has a log with all of them', () => {
  const policy = checkPolicy(`policy p
subject agent {}
context { time: Timestamp }
for agent {
  permit ok otherwise
  challenge elsewhere
    when once(decided across sessions per subject.id up to 8, within 1m) and not once(decided),
    if unknown skip
}
invariant "never for another session" for agent  effect is not challenge`);
  const found = claim(verify(policy, { samples: 1000 }).claims, 'never for another session');
  const { counterexample } = found;
  if (counterexample?.kind !== 'session') return expect.fail('no session');
  const names = new Set(counterexample.sample.steps.map(({ session }) => session));
  expect(names.size).toBe(2);
  expect(lastReplayed(policy, counterexample.sample)).toContain('elsewhere');
});

test('a revoked session stays revoked', () => {
  const results = verifyClaims(
    'for agent { permit ok otherwise\n revoke high when subject.level is high }',
  );
  const found = claim(results, 'a revoked session stays revoked');
  expect(found.counterexample).toBeUndefined();
  expect(found.sessions).toBeGreaterThan(0);
});

test('the revoke of one session says nothing about others', () => {
  const step: SampleStep = { after: 0n, signals: [], request: undefined, asks: 1 };
  const sample: SessionSample = {
    request: '{}',
    opens: 0n,
    tables: new Map(),
    steps: [step, { ...step, session: 'second' }, step],
  };
  const judgeEffects = (...effects: readonly Answer['effect'][]) =>
    staysRevoked.judge(
      sample,
      effects.map((effect) => ({ effect }) as Answer),
    ).kind;
  expect(judgeEffects('revoke', 'permit', 'revoke')).toBe('holds');
  expect(judgeEffects('revoke', 'revoke', 'permit')).toBe('broken');
  expect(judgeEffects('permit', 'revoke', 'permit')).toBe('not about');
});
