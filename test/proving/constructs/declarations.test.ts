// Versions with different declarations are compared for every request that is valid for both, and obligations and
// constraints with their values.

import { compareDecisions } from '@nhipol/proving';
import { createRandomNumbers } from '@nhipol/testing';
import { expect, test } from 'vitest';
import { checkPolicy } from '../../support/checking.ts';

/** The kinds of differences that are refuted; those that are not decided end with `?`. */
function differences(before: string, after: string): readonly string[] {
  const found = compareDecisions(checkPolicy(before), checkPolicy(after), {
    effort: 20_000,
    random: createRandomNumbers(1),
  });
  return found.flatMap(({ kind, verdict }) => {
    if (verdict.kind === 'proved') return [];
    return verdict.kind === 'refuted' ? [kind] : [`${kind}?`];
  });
}

const policy = (declarations: string, rules: string) => `policy acme.versions
${declarations}
for any {
  permit ok otherwise
  ${rules}
}
`;

const level = (members: string, rules: string) =>
  policy(`enum Level { ${members} }\ncontext { level?: Level }`, rules);

const number = (type: string, rules: string) => policy(`context { n?: ${type} }`, rules);

test.each<[string, string, string, readonly string[]]>([
  [
    'a member of an enum that the other version does not know',
    level('low < high', 'deny high when context.level is high'),
    level('low < medium < high', 'deny high when context.level is high'),
    ['looser'],
  ],
  [
    'a member of an enum that is treated as an unknown one',
    level('low < high', 'deny high when context.level is not low'),
    level('low < medium < high', 'deny high when context.level is not low'),
    [],
  ],
  [
    'an enum and a string',
    level('low < high', 'deny high when context.level is high, if unknown skip'),
    policy('context { level?: String }', 'deny high when context.level is "high", if unknown skip'),
    [],
  ],
  [
    'a wider range',
    number('Int(0..10)', 'deny big when context.n > 5'),
    number('Int(0..20)', 'deny big when context.n > 15'),
    ['looser'],
  ],
  [
    'a wider range where unknown and large numbers are denied',
    number('Int(0..10)', 'deny big when context.n > 5'),
    number('Int(0..)', 'deny big when not (context.n <= 5)'),
    [],
  ],
  [
    'a range that a rule repeats',
    number('Int(0..10)', 'deny big when not (context.n <= 5)'),
    number('Int', 'deny big when not (context.n <= 5 and context.n >= 0)'),
    [],
  ],
  [
    'types that no value is valid for',
    number('Int', 'deny big when context.n > 5, if unknown skip'),
    number('Bool', 'deny big when context.n, if unknown skip'),
    [],
  ],
  [
    'types without a common representation',
    number('Int', 'deny big when context.n > 5'),
    number('Decimal', 'deny big when context.n > 5'),
    ['looser?', 'stricter?', 'reasons?', 'constraints?', 'obligations?'],
  ],
  [
    'a member that only one version declares',
    policy('context { a?: Bool }', 'deny a when context.a, if unknown skip'),
    policy(
      'context { a?: Bool, b?: Bool }',
      'deny a when context.a, if unknown skip\n  deny b when context.b, if unknown skip',
    ),
    ['stricter', 'reasons'],
  ],
])('%s', (_, before, after, expected) => {
  expect(differences(before, after)).toEqual(expected);
});

const createChannelPolicy = (members: string, value: string) =>
  policy(
    `enum Channel { ${members}, else mail }\ncontext { channel: Channel = mail, name?: String }
obligation notify: custom { channel: Channel }`,
    `permit told when context.name is present with notify { ${value} }`,
  ).replace('  permit ok otherwise\n', '');

test('values of obligations are compared', () => {
  const before = createChannelPolicy('mail, chat', 'channel: context.channel');
  expect(
    differences(before, createChannelPolicy('mail, chat', 'channel: context.channel')),
  ).toEqual([]);
  expect(differences(before, createChannelPolicy('mail, chat', 'channel: mail'))).toEqual([
    'obligations',
  ]);
});

test('members of enums in values are compared by their names', () => {
  const before = createChannelPolicy('mail, chat', 'channel: mail');
  expect(differences(before, createChannelPolicy('chat, mail', 'channel: mail'))).toEqual([]);
  expect(differences(before, createChannelPolicy('chat, mail', 'channel: chat'))).toEqual([
    'obligations',
  ]);
});
