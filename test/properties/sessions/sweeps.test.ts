// Sweeps over many random sessions: facts change, signals arrive, decisions are made, clocks run ahead
// and backwards, sessions open and close.
//
// Nothing is missed. A sweep lists the sessions that are open, were evaluated and are not revoked, and
// for which the evaluator now gives another answer than the latest one, and lists no other, with their
// earlier effects; sweeps of all sessions list the same, in a twin with the same steps. A timer is set at
// the latest for the end of an answer, or at once if a session changed.
//
// Nothing is evaluated without need: a sweep evaluates each session once that changed since its latest
// evaluation or whose `valid_until` has come, and no other. The function of the sweep records this. Right
// after a sweep the module is due, to the millisecond, at the first `valid_until`, or after one turn of
// the wheel (about four and a half hours) if that is earlier. `valid_until` itself can be early if time
// changes a condition but not the answer: see tightness.test.ts.

import type { PolicyModel } from '@nhipol/language/model';
import { createRandomNumbers, type GeneratedRequest } from '@nhipol/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { explore } from '../../../assurance/testing/explore/explore.ts';
import { loadPolicy } from '../../scenarios/load-policy.ts';
import { chooseRows, runs, share, times } from '../../support/budget.ts';
import { checkPolicy } from '../../support/checking.ts';
import { Fleet } from '../../support/fleets/fleet.ts';
import { notingModule } from '../../support/fleets/noting-module.ts';
import { drawStep, openings } from '../../support/fleets/steps.ts';
import { createSubject, historySubject, type Subject } from '../../support/fleets/subjects.ts';
import { normalizedPolicy } from '../../support/policies/normalized-policy.ts';
import { all, compiled, examples, seed, strict } from '../../support/policies/property-policies.ts';
import { correlatedSubject } from '../../support/sessions/correlated-steps.ts';
import { sharedSubject } from '../../support/sessions/shared-steps.ts';

const defaultExamples = ['agent-trifecta', 'admin-bot', 'ci-deploy', 'data-agent', 'support-agent'];
const named = times > 1 ? examples : examples.filter(([name]) => defaultExamples.includes(name));
const subjects = [
  historySubject(seed),
  sharedSubject,
  correlatedSubject,
  createSubject('settled', checkPolicy(normalizedPolicy)),
  ...[...named, strict].map(([name, policy]) => createSubject(name, policy)),
];
/**
 * Requests from exploring the policy: a session cannot open with most of the requests that are generated
 * for comparing engines.
 */
function exploreRequests(policy: PolicyModel): readonly GeneratedRequest[] {
  return [...explore([policy], { samples: 200, seed })].map(({ sample }) => sample);
}

/** The generated programs for which sessions have requests to open with. */
const generated = (times > 1 ? compiled : all)
  .filter(([name]) => name.startsWith('generated'))
  .map(([name, policy]) => createSubject(name, policy, exploreRequests(policy)))
  .filter(({ requests }) => requests.length > 5)
  .slice(0, Math.ceil(times));

interface Size {
  readonly places: number;
  readonly fewestSteps: number;
  readonly numRuns: number;
}

/** The totals of all runs. */
async function compareSweeps(
  subject: Subject,
  { places, fewestSteps, numRuns }: Size = { places: 6, fewestSteps: 0, numRuns: 30 },
): Promise<Readonly<Record<string, number>>> {
  const open = await notingModule(subject.policy);
  const { words } = open({ now: () => 0, at: () => () => {} });
  const step = fc
    .noShrink(fc.integer())
    .map((drawn) => drawStep({ ...subject, words, places }, createRandomNumbers(drawn)));
  const counts: Record<string, number> = {};
  const opened = openings(places, subject.requests);
  const lengths = { minLength: fewestSteps, maxLength: fewestSteps + 120, size: 'max' } as const;
  const property = fc.property(fc.array(step, lengths), (steps) => {
    const fleet = new Fleet(subject.policy, open, subject.start);
    for (const each of [...opened, ...steps]) fleet.do(each);
    fleet.judgeAll();
    for (const [kind, count] of Object.entries(fleet.counts)) {
      counts[kind] = (counts[kind] ?? 0) + count;
    }
  });
  fc.assert(property, { numRuns: runs(numRuns), seed });
  return counts;
}

test.each(chooseRows(subjects, 6))(
  'a sweep finds all changes, and evaluates no other session: $name',
  async (subject) => {
    const counts = await compareSweeps(subject);
    expect(counts['evaluated by sweeps']).toBeGreaterThan(share(40));
    expect(counts['found by sweeps']).toBeGreaterThan(share(10));
    expect(counts['compared by sweeps']).toBeGreaterThan(2 * (counts['evaluated by sweeps'] ?? 0));
  },
);

test('a sweep of a hundred sessions finds all changes, and evaluates no other session', async () => {
  const counts = await compareSweeps(historySubject(seed), {
    places: 100,
    fewestSteps: 400,
    numRuns: 2,
  });
  expect(counts['evaluated by sweeps']).toBeGreaterThan(share(150));
});

/** Members with the same names and other types, whose absence differs from an unusable value. */
const differing = checkPolicy(`policy p
subject agent {}
action pay {}
action mail {}
resource any {}
context { time: Timestamp }
context for any doing pay { hint?: Int, ticket?: { id?: Int }, sum?: Int(0..9) }
context for any doing mail { hint?: String, ticket?: String, sum?: Int(20..99) }
for agent { permit works otherwise }
${['pay', 'mail']
  .map(
    (action) => `for agent doing ${action} {
  deny ${action}_hint when context.hint is missing, if unknown skip
  challenge ${action}_ticket when context.ticket is missing, if unknown skip
  deny ${action}_sum when context.sum is missing, if unknown skip
}`,
  )
  .join('\n')}`);

const withContexts: readonly (readonly [name: string, policy: PolicyModel])[] = [
  ...['requests/contexts', 'sessions/contexts'].map((name) => {
    const { policy = expect.fail(name) } = loadPolicy(`test/cases/${name}/policy.nhipol`);
    return [name, policy] as const;
  }),
  ['differing contexts', differing],
];

test('sessions have the scoped contexts of their latest request', async () => {
  for (const [name, policy] of withContexts) {
    const subject = createSubject(name, policy, exploreRequests(policy));
    const counts = await compareSweeps(subject);
    expect(counts.decide).toBeGreaterThan(share(40));
    expect(counts.patch).toBeGreaterThan(share(40));
  }
});

test('a sweep of a generated program finds all changes, and evaluates no other session', async () => {
  expect(generated.length).toBeGreaterThan(0);
  for (const subject of generated) await compareSweeps(subject);
});
