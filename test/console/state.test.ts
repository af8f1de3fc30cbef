// The facts of a session by their paths, and durations.

import { expect, test } from 'vitest';
import { shownDuration } from '../../console/state/duration.ts';
import { factAt, isFact } from '../../console/state/fact-at.ts';

const facts = {
  subject: { type: 'agent', id: 'a', properties: { team: 'ops', type: 'shadowed' } },
  context: { events: { 'session.revoked': 1 }, approvals: [{ digest: 'x' }, {}], none: null },
};

test.each([
  ['subject.type', 'agent'],
  ['subject.team', 'ops'],
  ['subject.properties.team', 'ops'],
  ['context.events."session.revoked"', 1],
  ['context.approvals[].digest', ['x', undefined]],
  ['context.none', null],
  ['context.none.member', undefined],
  ['context.toString', undefined],
  ['resource.id', undefined],
])('%s', (path, value) => {
  expect(factAt(facts, path)).toEqual(value);
  expect(isFact(path)).toBe(true);
});

test.each(['once(signal "leaked")', 'tool_scopes', 'contexts'])('%s is not a fact', (path) => {
  expect(isFact(path)).toBe(false);
});

test.each([
  [-5, '0 s'],
  [1, '1 s'],
  [59_500, '60 s'],
  [252_000, '4 min 12 s'],
  [3_600_000, '1 h'],
  [7_500_000, '2 h 5 min'],
  [90_000_000, '1 d 1 h'],
])('%i ms is %s', (duration, text) => {
  expect(shownDuration(duration)).toBe(text);
});
