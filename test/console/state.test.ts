// The facts of a session by their paths, and durations.

import { options } from 'preact';
import { expect, test } from 'vitest';
import { displayDuration } from '../../web/console/state/duration.ts';
import { findFact, isFact } from '../../web/console/state/fact-at.ts';
import { isUndecided } from '../../web/console/state/is-undecided.ts';
import { showHiddenCharacters } from '../../web/console/state/visible-text.ts';
import { attack } from '../attacks/attack.ts';

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
  expect(findFact(facts, path)).toEqual(value);
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
  expect(displayDuration(duration)).toBe(text);
});

attack('http-console-bidi', () => {
  showHiddenCharacters();
  const text = { type: null, props: 'agent-\u202etimrep\u202c\u200b' };
  const titled = { type: 'span', props: { title: 'a\u2066b' } };
  for (const node of [text, titled]) options.vnode?.(node as never);
  expect(text.props).toBe('agent-\\u{202e}timrep\\u{202c}\\u{200b}');
  expect(titled.props.title).toBe('a\\u{2066}b');
});

test('a session is undecided until its first action', () => {
  const parts = { expected: 'an object', found: 'nothing', offset: 1 };
  const error = { code: 'missing', path: '$.action', ...parts };
  const fresh = { effect: 'deny', reasons: ['invalid_request'], error } as const;
  expect(isUndecided({ decision: false, context: fresh })).toBe(true);
  const revoked = { ...fresh, effect: 'revoke' } as const;
  expect(isUndecided({ decision: false, context: revoked })).toBe(false);
  const other = { ...fresh, error: { ...error, path: '$.resource' } };
  expect(isUndecided({ decision: false, context: other })).toBe(false);
  expect(isUndecided({ decision: false, context: { effect: 'deny' } })).toBe(false);
});
