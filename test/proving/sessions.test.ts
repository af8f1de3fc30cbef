// Claims that only a session violates are refuted by one with few events, and the evaluator and the module play it alike.

import { compile } from '@nhipol/compiler';
import { compareDecisions, type Shown } from '@nhipol/proving';
import { load } from '@nhipol/runtime';
import { createEvaluatorSessions, createRandomNumbers } from '@nhipol/testing';
import { expect, test } from 'vitest';
import { prove } from '../../assurance/proving/claims/prove.ts';
import { playSessionSample } from '../../assurance/testing/explore/sessions.ts';
import { createModuleSessions } from '../../assurance/testing/runner/sessions.ts';
import { checkPolicy } from '../support/checking.ts';
import { assemble } from '../support/modules/assembler.ts';

const declarations = `policy acme.sessions
subject ai_agent { team?: String }
action "tools/call" { tool: String, host?: String, amount: Int(0..1_000) }
action any {}
resource any {}
context { time: Timestamp }
signals {
  "read-untrusted": { source?: String }
  "attestation-failed": { reason?: String }
}
outcomes { "failed": { rows: Int(0..1_000) = 1 } }
for ai_agent { permit works otherwise }
`;

interface Row {
  readonly rules: string;
  readonly scope?: string;
  readonly claim: string;
  /** `proved outside`: no session with few events violates it. */
  readonly verdict: 'refuted' | 'proved' | 'proved outside';
}

const calls = 'any doing "tools/call"';

const rows: Readonly<Record<string, Row>> = {
  'a signal': {
    rules:
      'deny tainted when once(signal "read-untrusted" where event.source is "web", within 10m), if unknown skip',
    claim: '"tainted" not in reasons',
    verdict: 'refuted',
  },
  'two signals in an hour': {
    rules: 'revoke failing when count(signal "attestation-failed", within 1h) >= 2',
    claim: 'effect is not revoke',
    verdict: 'refuted',
  },
  'more signals than events': {
    rules: 'revoke failing when count(signal "attestation-failed", within 1h) >= 9',
    claim: 'effect is not revoke',
    verdict: 'proved outside',
  },
  'the newest call of a tool': {
    rules: `deny moved
      when once(allowed doing "tools/call" per action.tool up to 32)
      and last(allowed doing "tools/call" per action.tool up to 32).action.host is not action.host, if unknown skip`,
    scope: calls,
    claim: '"moved" not in reasons',
    verdict: 'refuted',
  },
  'an event with a value of the request': {
    rules: `deny failed
      when once(signal "attestation-failed" where event.reason is action.tool and action.host is event.reason)
      and action.tool is "a", if unknown skip`,
    scope: calls,
    claim: '"failed" not in reasons',
    verdict: 'refuted',
  },
  'no event with two values of the request': {
    rules: `deny failed
      when once(signal "attestation-failed" where event.reason is action.tool and action.host is event.reason),
      if unknown skip`,
    scope: calls,
    claim: 'action.tool is not action.host implies "failed" not in reasons',
    verdict: 'proved outside',
  },
  'a signal after a call': {
    rules:
      'deny stale when since(signal "attestation-failed", allowed doing "tools/call"), if unknown skip',
    scope: calls,
    claim: '"stale" not in reasons',
    verdict: 'refuted',
  },
  'outcomes of today': {
    rules: `deny rows
      when sum(event.result.rows of outcome "failed" doing "tools/call", within today in "Europe/Berlin")
        + action.amount > 1_500, if unknown skip`,
    scope: calls,
    claim: '"rows" not in reasons',
    verdict: 'refuted',
  },
  'amounts of permitted calls': {
    rules: `deny daily
      when sum(event.action.amount of allowed doing "tools/call" per action.tool up to 4)
        + action.amount > 1_800, if unknown skip`,
    scope: calls,
    claim: '"daily" not in reasons',
    verdict: 'refuted',
  },
  'events of all sessions of a team': {
    rules: `deny many
      when count(allowed doing "tools/call" across sessions per subject.team up to 100, within 1d) >= 2,
      if unknown skip`,
    scope: calls,
    claim: '"many" not in reasons',
    verdict: 'refuted',
  },
  'a call that is refused leaves no trace of a permitted one': {
    rules: `deny large when action.amount > 500
      deny after when once(allowed doing "tools/call" where event.action.amount > 500), if unknown skip`,
    scope: calls,
    claim: '"after" not in reasons',
    verdict: 'proved outside',
  },
  'a sum that is never negative': {
    rules: `deny daily
      when sum(event.action.amount of allowed doing "tools/call", within 1d) + action.amount > 500`,
    scope: calls,
    claim: 'action.amount > 500 implies effect >= deny',
    verdict: 'proved',
  },
  'two counts of the same events': {
    rules: `deny many when count(signal "attestation-failed", within 1h) >= 9, if unknown skip
      deny some when once(signal "attestation-failed", within 1h), if unknown skip`,
    claim: '"many" in reasons implies "some" in reasons',
    verdict: 'proved',
  },
  'a claim about events of a shorter time': {
    rules: 'deny tainted when once(signal "read-untrusted", within 10m), if unknown skip',
    claim: 'once(signal "read-untrusted", within 5m) implies effect >= deny',
    verdict: 'proved',
  },
  'a claim about events of any time': {
    rules: 'deny tainted when once(signal "read-untrusted", within 10m), if unknown skip',
    claim: 'once(signal "read-untrusted") implies effect >= deny',
    verdict: 'refuted',
  },
  'a claim about events that no rule is about': {
    rules: '',
    claim: 'once(outcome "failed") implies effect >= deny',
    verdict: 'refuted',
  },
  'a rule for signals, whatever the history': {
    rules: 'deny tainted when once(signal "read-untrusted")',
    claim: 'effect is permit implies "tainted" not in reasons',
    verdict: 'proved',
  },
};

test('versions with other contents of a table have other histories', () => {
  const version = (host: string) =>
    checkPolicy(`${declarations}table hosts: String -> Bool { "${host}": true }
for ai_agent {
  deny left when once(allowed doing "tools/call" where hosts[event.action.host]), if unknown skip
}`);
  const verdicts = (before: string, after: string) =>
    compareDecisions(version(before), version(after), { random: createRandomNumbers(1) }).map(
      ({ verdict }) => verdict.kind === 'proved' && verdict.assumptions.inSessions,
    );
  expect(verdicts('a', 'a')).not.toContain(false);
  expect(verdicts('a', 'b').slice(0, 2)).toEqual([false, false]);
});

test.each(Object.entries(rows))('%s', async (_, { rules, scope = 'any', claim, verdict }) => {
  const group = scope === calls ? 'for ai_agent doing "tools/call"' : 'for ai_agent';
  const policy = checkPolicy(
    `${declarations}${group} {\n${rules}\n}\ninvariant "claim" for ${scope}\n  ${claim}\n`,
  );
  const [decided] = prove(policy, { effort: 20_000, random: createRandomNumbers(1) });
  const isOutside = decided?.verdict.kind === 'proved' && !decided.verdict.assumptions.inSessions;
  expect(isOutside ? 'proved outside' : decided?.verdict.kind).toBe(verdict);
  if (decided?.verdict.kind !== 'refuted') return;
  const { session, answers } = decided.verdict.confirmation satisfies Shown;
  if (session === undefined) throw new Error('a request violates the claim');
  const [answer] = answers;
  const expected = `${answer?.effect} ${answer?.reasons}`;
  const { wasm } = await compile(policy, assemble, { sessions: true });
  for (const open of [createEvaluatorSessions(policy), createModuleSessions(load(wasm))]) {
    const last = playSessionSample(open, session).at(-1);
    expect(`${last?.effect} ${last?.reasons}`).toBe(expected);
  }
});
