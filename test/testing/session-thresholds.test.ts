// Exploration of sessions reaches the thresholds of counts, the ends of windows and the constants of patterns,
// with few samples: `diff` shows a limit that was raised by a fifth, and `verify` refutes an invariant that only
// thousands of events violate.

import { decideInSession, openSession } from '@nhipol/language';
import { verify } from '@nhipol/testing';
import { diff } from '@nhipol/testing/diff';
import { expect, test } from 'vitest';
import { decideRepeatedly } from '../../assurance/testing/runner/repeated-decisions.ts';
import { chooseRows, runs } from '../support/budget.ts';
import { checkPolicy } from '../support/checking.ts';

const head = `policy test.limits
subject agent {}
action pay { amount: Int(0..) }
action read {}
resource any {}
context { time: Timestamp, risk?: { level?: Int, observed_at?: Timestamp } fresh 5m }
signals { usage: { rows: Int }, failed: { reason?: String } }
`;

const permits = 'permit pays when action.amount <= 100_000';
const rules = {
  'a count of decisions': `for agent doing pay { ${permits}
    deny often when count(allowed doing pay, within 1h) >= LIMIT }`,
  'a count of decisions without a window': `for agent doing pay { ${permits}
    deny often when count(allowed doing pay) > LIMIT }`,
  'a count of signals': `for agent doing pay { ${permits}
    deny failing when count(signal "failed", within 1d) >= LIMIT }`,
  'an exact count': `for agent doing pay { ${permits}
    deny exactly when count(signal "failed") is LIMIT }`,
  'an amount after an event': `for agent doing pay { ${permits}
    deny large when action.amount > LIMIT and once(signal "failed", within 1h) }`,
  'an amount after a decision': `for agent { permit reads when action.name is "read" }
    for agent doing pay { ${permits}
    deny large when action.amount > LIMIT and once(allowed doing read) }`,
  'what an event holds': `for agent doing pay { ${permits}
    deny large when count(allowed doing pay where event.action.amount > LIMIT, within 1h) >= 2 }`,
  'what a signal holds': `for agent doing pay { ${permits}
    deny used_up when once(signal "usage" where event.rows > LIMIT) }`,
  'what the newest signal holds': `for agent doing pay { ${permits}
    deny used_up when last(signal "usage").rows > LIMIT }`,
  'the length of a window': `for agent doing pay { ${permits}
    deny failed when once(signal "failed", within LIMITs) }`,
  'the length of a window, beside facts that must be fresh': `for agent doing pay {
    permit pays when action.amount <= 100_000 and context.risk.level < 50
    deny failed when once(signal "failed", within LIMITs) }`,
};

const limits = {
  'a count of decisions': [3_000, 3_600],
  'a count of decisions without a window': [500, 600],
  'a count of signals': [3_000, 3_600],
  'an exact count': [500, 600],
} as Readonly<Record<string, readonly [number, number]>>;

const withLimit = (rule: string, limit: number) =>
  checkPolicy(`${head}${rule.replaceAll('LIMIT', String(limit))}`);

test.for(chooseRows(Object.entries(rules), 4))(
  'diff shows a raised limit of %s, at 500 samples',
  { timeout: 300_000 },
  ([name, rule]) => {
    const [low, high] = limits[name] ?? [5_000, 6_000];
    const [before, after] = [withLimit(rule, low), withLimit(rule, high)];
    for (const seed of [1, 2].slice(0, name in limits ? 1 : runs(2, 1))) {
      const found = diff(before, after, { samples: 500, seed });
      const kinds = found.sessions?.changes.map(
        (each) => `${each.before} ${each.after} ${each.direction}`,
      );
      // Events count for longer.
      expect(kinds).toContain(
        name.startsWith('the length') ? 'permit deny stricter' : 'deny permit looser',
      );
    }
  },
);

test.for([
  ['allowed doing pay', 300],
  ['signal "failed"', 3_000],
] as const)(
  'verify refutes an invariant that many events of %s violate, at 500 samples',
  { timeout: 300_000 },
  ([events, threshold]) => {
    const name = 'nobody pays more than a thousand';
    const createLimitPolicy = (rules: string) =>
      checkPolicy(`${head}for agent doing pay {
        permit pays when action.amount <= 1_000
        ${rules}
        permit trusted when count(${events}, within 1h) >= ${threshold}
      }
      invariant "${name}" for agent doing pay action.amount > 1_000 implies effect >= deny`);
    const verifyClaim = (rules: string) =>
      verify(createLimitPolicy(rules), { samples: 500 }).claims.find(
        (claim) => claim.name === name,
      );
    const refuted = verifyClaim('');
    expect(refuted?.requests).toBeGreaterThan(0);
    const counterexample = refuted?.counterexample;
    if (counterexample?.kind !== 'session') return expect.fail('no session refutes it');
    const { steps } = counterexample.sample;
    const happened = steps.reduce((sum, { asks, signals }) => sum + asks + signals.length, 0);
    expect(happened).toBeGreaterThanOrEqual(threshold);
    expect(happened).toBeLessThanOrEqual(threshold + 2);
    const holding = verifyClaim('deny large when action.amount > 1_000');
    expect(holding?.sessions).toBeGreaterThan(0);
    expect(holding?.counterexample).toBeUndefined();
  },
);

test('repeated decisions that are not evaluated leave the same session as single ones', () => {
  const policy = checkPolicy(`${head}
    for agent doing pay {
      permit pays when action.amount <= 100_000
      deny many when count(allowed doing pay, within 1h) >= 13
      deny refused when count(refused doing pay) is 9
      deny at_last when count(decided) > 40 and count(decided) < 45
    }`);
  const request = JSON.stringify({
    subject: { type: 'agent', id: 'a' },
    action: { name: 'pay', properties: { amount: 7 } },
    resource: { type: 'account', id: 'b' },
    context: { time: '2026-03-03T10:00:00Z' },
  });
  const now = BigInt(Date.parse('2026-03-03T10:00:00Z'));
  const effects = new Set<string>();
  let single = decideInSession(policy, openSession(request, now), now);
  const all = [single.answer.reasons];
  for (let times = 1; times <= 60; times += 1) {
    const repeated = decideRepeatedly(policy, openSession(request, now), now, times);
    expect(repeated.answered).toEqual(single);
    expect(repeated.runs.flatMap((run) => Array(run.times).fill(run.answer.reasons))).toEqual(all);
    effects.add(single.answer.reasons.join(' '));
    single = decideInSession(policy, single.session, now);
    all.push(single.answer.reasons);
  }
  expect([...effects].sort()).toEqual(['at_last many', 'many', 'many refused', 'pays']);
});
