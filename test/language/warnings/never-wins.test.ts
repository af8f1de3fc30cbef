// Rules that are never a reason with their own effect: no permit fires when they do, or a stricter rule always fires
// as well.

import { expect, test } from 'vitest';
import { checkText } from '../../support/checking.ts';

const declared = `policy p
enum Level { LOW < MEDIUM < HIGH }
subject agent { on?: Bool }
subject job { on?: Bool }
action any { privilege?: Level }
action pay { privilege?: Level }
context { time: Timestamp, level?: Level, n?: Int, s?: String }
constraint privilege: Level limits action.privilege
constraint rows: Int smallest wins
obligation ask: access_request { template: String, expires_in: Duration }
`;

function listWarnings(groups: string): readonly string[] {
  const { found, warned } = checkText(declared + groups);
  expect(found).toEqual([]);
  return warned.filter((each) => !each.startsWith('unused'));
}

const neverWins = (what: string, name: string) =>
  `never-wins «${name}» ${what} never wins: nothing permits when it fires`;

test.each([
  [
    'for any { permit a when context.level is LOW\nchallenge x when context.level is HIGH }',
    neverWins('this challenge', 'x'),
  ],
  [
    'for any { permit a when context.level is LOW\nnarrow x when context.level > LOW to { rows: 1 } }',
    neverWins('this narrow', 'x'),
  ],
  [
    'for any { permit a when context.level is LOW and context.n > 5\npermit b when context.level is MEDIUM\nchallenge x when context.level is HIGH }',
    neverWins('this challenge', 'x'),
  ],
  ['for agent { permit a otherwise }\nfor job { challenge x }', neverWins('this challenge', 'x')],
  [
    'for any doing pay { permit a otherwise }\nfor any doing buy { challenge x }',
    neverWins('this challenge', 'x'),
  ],
  ['for any { deny y when context.n > 5\nchallenge x }', neverWins('this challenge', 'x')],
  // The narrow is a deny whenever the level is outside of its limit.
  [
    'for any { permit a when action.privilege is HIGH\nnarrow x to { privilege: LOW } }',
    neverWins('this narrow', 'x'),
  ],
  [
    'for any { permit a when context.level is HIGH\nnarrow x to { rows: 1 } or deny unless context.level is LOW }',
    neverWins('this narrow', 'x'),
  ],
  [
    'for any { permit a when context.s is missing\nchallenge x with ask { template: context.s, expires_in: 5m }\ndeny none when context.s is missing and context.n > 5 }',
    neverWins('this challenge', 'x'),
  ],
])('warns of a rule that never wins in %s', (groups, expected) => {
  expect(listWarnings(groups).filter((each) => each.startsWith('never'))).toEqual([expected]);
});

test.each([
  'for any { permit a when context.level in { LOW, HIGH }\nchallenge x when context.level is HIGH }',
  'for any { permit a when context.n > 5\nchallenge x when context.level is HIGH }',
  'for any { permit a when context.level is LOW\npermit b when context.n > 5\nchallenge x when context.level is HIGH }',
  'for agent, job { permit a otherwise }\nfor job { challenge x }',
  'for any doing pay { permit a otherwise }\nfor any { challenge x }',
  'for any { permit a when action.privilege in { LOW, HIGH }\nnarrow x to { privilege: LOW } }',
  // If the level is unknown, the challenge fires as well, and the permit may fire.
  'for any { permit a when context.n > 5\nchallenge x when context.level is HIGH and context.level is not LOW }',
])('every rule can win in %s', (groups) => {
  expect(listWarnings(groups).filter((each) => each.startsWith('never-wins'))).toEqual([]);
});

const shadow = (what: string, name: string, other: string) =>
  `shadowed «${name}» ${what} is never a reason: \`${other}\`, which is stricter, fires whenever it does`;

test.each([
  [
    'for any { permit a otherwise\nchallenge x when context.level is HIGH\ndeny y when context.level >= MEDIUM }',
    shadow('this challenge', 'x', 'y'),
  ],
  [
    'for any { permit a otherwise\nchallenge x when context.level is HIGH and context.n > 5\ndeny y when context.n > 3 }',
    shadow('this challenge', 'x', 'y'),
  ],
  [
    'for any { permit a otherwise\nnarrow x when context.level is HIGH to { rows: 1 }\nchallenge y when context.level is HIGH }',
    shadow('this narrow', 'x', 'y'),
  ],
  [
    'for agent { permit a otherwise\nchallenge x when context.level is HIGH }\nfor any { deny y when context.level is HIGH }',
    shadow('this challenge', 'x', 'y'),
  ],
  ['for any { permit a otherwise\ndeny y }', shadow('this permit', 'a', 'y')],
  [
    'for any { permit a otherwise\ndeny x when context.n > 5 and context.level is HIGH, if unknown skip\nrevoke y when context.n > 4, if unknown skip }',
    shadow('this deny', 'x', 'y'),
  ],
  [
    'for any { permit a otherwise\ndeny y when context.n > 5\ndeny y when context.n > 5 }',
    'shadowed «y» this deny is never a reason: `y` is identical',
  ],
  [
    'for agent { deny y when context.n > 5 }\nfor any { permit a otherwise\ndeny y when context.n > 5 }',
    'shadowed «y» this deny is never a reason: `y` is identical',
  ],
])('warns of a shadowed rule in %s', (groups, expected) => {
  expect(listWarnings(groups).filter((each) => each.startsWith('shadowed'))).toEqual([expected]);
});

test.each([
  'for any { permit a otherwise\nchallenge x when context.level >= MEDIUM\ndeny y when context.level is HIGH }',
  'for any { permit a otherwise\nchallenge x when context.level is HIGH }\nfor agent { deny y when context.level is HIGH }',
  // If the level is unknown, the revoke is a deny like the other rule.
  'for any { permit a otherwise\ndeny x when context.level is HIGH\nrevoke y when context.level is HIGH }',
  'for any { permit a otherwise\ndeny x when context.level is HIGH\ndeny y when context.level is HIGH }',
  'for any { permit a otherwise\nchallenge x when context.level is HIGH\ndeny y when context.level is HIGH, if unknown skip }',
  // A narrow or a challenge depends on the permit.
  'for any { permit a otherwise\nnarrow y to { rows: 1 } }',
  'for any { permit a otherwise\nchallenge y }',
  // The narrow becomes a deny, and both rules are reasons.
  'for any { permit a otherwise\nnarrow x when context.level is HIGH to { privilege: LOW }\ndeny y when context.level is HIGH }',
  'for any { permit a otherwise\ndeny y when context.n > 5 because "one"\ndeny y when context.n > 5 because "two" }',
  'for any { permit a otherwise\ndeny y when context.n > 5\ndeny y when context.n > 6 }',
])('no rule is shadowed in %s', (groups) => {
  expect(listWarnings(groups).filter((each) => each.startsWith('shadowed'))).toEqual([]);
});

test('shows the shadowing rule', () => {
  const text = `${declared}for any { permit a otherwise\ndeny y }`;
  const [diagnostic] = checkText(text).diagnostics.filter(({ code }) => code === 'shadowed');
  expect(
    diagnostic?.related.map(({ span, message }) => [text.slice(span.start, span.end), message]),
  ).toEqual([['y', 'the other rule']]);
});
