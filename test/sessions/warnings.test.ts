// Legal but probably unintended uses of a session's events.

import { expect, test } from 'vitest';
import { checkText } from '../support/checking.ts';

function listWarnings(rules: string, signals = 'failed: { reason?: String }'): readonly string[] {
  const { found, warned: told } = checkText(`policy p
subject agent {}
context { time: Timestamp }
signals { ${signals} }
for agent { permit ok otherwise
${rules} }
test "t" {
  session { subject: { type: agent, id: a }, action: { name: x }, resource: { type: r, id: i } }
  at 2026-01-01T00:00:00Z signal "failed" expect permit
}`);
  expect(found).toEqual([]);
  return told;
}

test('a signal that no rule reads is reported', () => {
  expect(listWarnings('deny a when once(signal "failed")')).toEqual([]);
  expect(listWarnings('deny a when once(refused)')).toEqual([
    'unused «failed» the signal `failed` is not used by any rule',
  ]);
});

test('signals of a record that is used as a whole are documentation', () => {
  const { warned: told } = checkText(`policy p
use nhi.{ Events }
subject agent {}
signals Events
for agent { permit ok otherwise
revoke gone when once(signal "session-revoked") }`);
  expect(told).toEqual([]);
});

const silent = (term: string) =>
  `the deny \`a\` does not fire when \`${term}\` is unknown: \`if unknown skip\` skips it, and no other rule fires when it is unknown`;

test('a rule that skips events unknown to a session fails open', () => {
  expect(listWarnings('deny a when once(signal "failed"), if unknown skip')).toEqual([
    `fails-open «once(signal "failed")» ${silent('once(signal "failed")')}`,
  ]);
  expect(
    listWarnings(`deny a when once(signal "failed"), if unknown skip
      deny b when not once(signal "failed") and subject.id is "x"
      deny c when count(signal "failed") > 5 or once(signal "failed")`),
  ).toEqual([]);
});

test('a rule that must know the last event fails open', () => {
  const rule = 'known(last(signal "failed")) and last(signal "failed").reason is "x"';
  expect(listWarnings(`deny a when ${rule}`)).toEqual([
    'fails-open «known(last(signal "failed"))» the deny `a` does not fire when `last(signal "failed")` is unknown: no other rule fires when it is unknown',
  ]);
  expect(
    listWarnings('deny a when once(signal "failed") and last(signal "failed").reason is "x"'),
  ).toEqual([]);
});

test('contradictions are found in conditions of events, too', () => {
  expect(listWarnings('deny a when once(signal "failed") and not once(signal "failed")')).toEqual([
    expect.stringContaining('never-true'),
  ]);
  expect(
    listWarnings('deny a when once(signal "failed") and not once(signal "failed", within 1m)'),
  ).toEqual([]);
});
