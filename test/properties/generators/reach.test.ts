// Generated programs and requests reach the boundaries of every construct: the table in
// test/generator-reach.md lists the boundaries that must be reached, and why others are not. A boundary
// that is not reached fails here, and so does one that is reached and not listed.

import { readFileSync } from 'node:fs';
import {
  countEvents,
  decideInSession,
  decode,
  type EvaluatorSession,
  ExpressionEvaluator,
  matchesNow,
  openSession,
  patchSession,
} from '@nhipol/language';
import { collectPolicyHistory } from '@nhipol/language/model';
import { createRequestArbitrary } from '@nhipol/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exploreSessions } from '../../../assurance/testing/explore/explore-sessions.ts';
import { programs } from '../../support/arbitraries/program-arbitrary.ts';
import { isFull } from '../../support/budget.ts';
import { checkPolicy } from '../../support/checking.ts';
import { traceReach } from '../../support/reach/boundaries.ts';
import { sessionPolicyText } from '../../support/sessions/session-steps.ts';

const page = readFileSync(new URL('../../generator-reach.md', import.meta.url), 'utf8');

/** Each `construct: boundary` of the page, with the reason why it is not reached. */
const listed = new Map(
  [...page.matchAll(/^\| ([^|]+) \| ([^|]+) \| ([^|]*) \|$/gm)]
    .slice(1)
    .map(([, construct = '', boundary = '', reason = '']) => [
      `${construct.trim()}: ${boundary.trim()}`,
      reason.trim(),
    ]),
);

const programCount = 100;
const requestCount = 300;

test.runIf(isFull)(
  'every boundary is reached, or has a reason why not',
  { timeout: 600_000 },
  () => {
    const counts = new Map<string, number>();
    const hear = (cell: string) => counts.set(cell, (counts.get(cell) ?? 0) + 1);
    const expected = [...listed].filter(([, reason]) => reason === '').map(([cell]) => cell);
    countsReached(hear);
    const sample = fc.sample(programs, { numRuns: programCount, seed: 3 });
    for (const [index, { text, others }] of sample.entries()) {
      const policy = checkPolicy(text, others);
      const requests = fc.sample(createRequestArbitrary(policy), {
        numRuns: requestCount,
        seed: index,
      });
      for (const request of requests) traceReach(policy, request, hear);
    }
    expect(expected.filter((cell) => !counts.has(cell))).toEqual([]);
    expect([...counts.keys()].filter((cell) => !listed.has(cell))).toEqual([]);
    // Boundaries that are rarely reached are neither required nor refused.
    const needless = [...listed].filter(
      ([cell, reason]) => reason !== '' && !reason.includes('rarely') && counts.has(cell),
    );
    expect(needless).toEqual([]);
  },
);

/** The number of events that the decisions of explored sessions find, relative to their threshold. */
function countsReached(hear: (cell: string) => void): void {
  const policy = checkPolicy(sessionPolicyText);
  const terms = collectPolicyHistory(policy).flatMap(({ term }) =>
    // A key can be a member of other actions than that of the request.
    term.form === 'count' && term.pattern.key === undefined ? [term] : [],
  );
  for (const { sample } of exploreSessions(policy, { samples: 200 })) {
    let session: EvaluatorSession = openSession(sample.request, sample.opens);
    let now = sample.opens;
    for (const { after, request, asks } of sample.steps) {
      now += after;
      if (request !== undefined) {
        const members = JSON.parse(request) as Record<string, unknown>;
        const changes = Object.entries(members).map(([name, value]) => ({
          path: [name],
          json: JSON.stringify(value),
        }));
        session = patchSession(policy, session, changes);
      }
      const { facts } = decode(policy, new TextEncoder().encode(session.request), {
        now,
        precedence: 'host',
      });
      if (facts !== undefined) {
        const { events } = session;
        const remembered = new ExpressionEvaluator(facts, policy.contents).makeTermInput(
          events,
          now,
        );
        for (const term of terms) {
          const matches = matchesNow(term, remembered);
          if (matches === undefined) continue;
          const difference =
            countEvents(matches, term.window, now).certain - Number(term.threshold);
          if (difference === 0) hear('count: threshold');
          if (difference === 1) hear('count: one above');
          if (difference === -1) hear('count: one below');
          if (term.window?.kind !== 'age') continue;
          const within = term.window.milliseconds;
          if (events.some(({ time }) => time + within === now)) hear('count: last instant within');
          if (events.some(({ time }) => time + within + 1n === now))
            hear('count: first instant after');
        }
      }
      for (let asked = 0; asked < asks; asked += 1)
        session = decideInSession(policy, session, now).session;
    }
  }
}
