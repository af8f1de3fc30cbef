// Actions that no request can permit, because a rule for several actions reads what they do not declare.

import { expect, test } from 'vitest';
import { checkText } from '../../support/checking.ts';

const declared = `policy p
subject agent { on?: Bool, home?: String }
subject job {}
action read { path: String, n?: Int }
action write { path: String, arguments?: { path?: String } }
action list { n?: Int, arguments?: { depth?: Int } }
action ping {}
`;

/** The warnings of this kind about rules of agents, without the file. */
function listWarnings(rules: string, around = declared): readonly string[] {
  const { found, warned } = checkText(`${around}${rules}`);
  expect(found).toEqual([]);
  return warned.filter((each) => each.startsWith('never-permitted'));
}

const kills = (actions: string, rule: string, path: string) => [
  `never-permitted «${path}» no request can permit ${actions}: ${rule} reads \`${path}\`, which is not declared there`,
];
const everything = 'permit ok otherwise';

test.each([
  ['deny x when not (action.path under "/a")', 'the deny `x`'],
  ['deny x when action.path is "/a"', 'the deny `x`'],
  ['deny x when (subject.on else false) or action.path is "/a"', 'the deny `x`'],
  ['revoke x when action.path is "/a"', 'the revoke `x`'],
])('%s is true or unknown for actions without a path', (rule, title) => {
  expect(
    listWarnings(`for agent { ${everything}\n${rule} }\nfor job { permit no otherwise }`),
  ).toEqual([]);
  expect(listWarnings(`for any { ${everything}\n${rule} }`)).toEqual(
    kills('`list` and `ping`', title, 'action.path'),
  );
});

test.each([
  'deny x when action.path is present and action.path is "/a"',
  'deny x when action.path is "/a", if unknown skip',
  'deny x when subject.on and action.path is "/a"',
  'deny x when (action.path else "/a") is "/b"',
  'challenge x when action.path is "/a"',
  'deny x when action.name is "read" and action.path is "/a"',
])('%s lets actions without a path be permitted', (rule) => {
  expect(listWarnings(`for any { ${everything}\n${rule} }`)).toEqual([]);
});

test('a permit for several actions that reads what one of them does not declare', () => {
  expect(listWarnings('for any { permit ok when action.path under "/a" }')).toEqual(
    kills('`list` and `ping`', 'the permit `ok`', 'action.path'),
  );
  expect(
    listWarnings('for any { permit ok when action.path under "/a" or subject.type is "job" }'),
  ).toEqual([]);
  expect(
    listWarnings(
      'for any { permit ok when action.path under "/a" }\nfor agent doing list, ping { permit x otherwise }',
    ),
  ).toEqual([]);
  expect(
    listWarnings(
      'for any { permit ok when action.path under "/a" }\nfor agent doing ping { permit x otherwise }',
    ),
  ).toEqual(kills('`list`', 'the permit `ok`', 'action.path'));
});

test('members of a record', () => {
  expect(
    listWarnings(`for any { ${everything}\ndeny x when action.arguments.path is "a" }`),
  ).toEqual(kills('`read`, `list` and `ping`', 'the deny `x`', 'action.arguments.path'));
});

test('a rule for some actions leaves the others alone', () => {
  const rules = `for any { ${everything} }\nfor any doing read, list { deny x when action.path is "/a" }`;
  expect(listWarnings(rules)).toEqual(kills('`list`', 'the deny `x`', 'action.path'));
});

test('an action without a permit is not reported', () => {
  const rules = `for any doing read, write { ${everything} }\nfor any { deny x when action.path is "/a" }`;
  expect(listWarnings(rules)).toEqual([]);
});

test('a rule for all declared subjects is a rule for all', () => {
  const rules = `for any { ${everything} }\nfor agent, job { deny x when action.path is "/a" }`;
  expect(listWarnings(rules)).toEqual(kills('`list` and `ping`', 'the deny `x`', 'action.path'));
  const others = declared.replace('subject job {}', 'subject job {}\nsubject any {}');
  expect(listWarnings(rules, others)).toEqual([]);
});

const kinds = `policy p
subject agent { team: String, at?: { zone?: String } }
subject job {}
resource file { owner: String }
resource table {}
resource row { owner: String }
action read {}
`;

test.each([
  [
    'for any { permit ok otherwise\ndeny x when subject.team is "guest" }',
    'subject.team',
    'no request of a subject `job` can be permitted: the deny `x`',
  ],
  [
    'for any { permit ok when subject.team is "ops" }',
    'subject.team',
    'no request of a subject `job` can be permitted: the permit `ok`',
  ],
  [
    'for any doing read { permit ok otherwise }\nfor any { deny x when subject.at.zone is "eu" }',
    'subject.at.zone',
    'no request of a subject `job` can be permitted: the deny `x`',
  ],
  [
    'for any { permit ok when resource.owner is subject.id }',
    'resource.owner',
    'no request for a resource `table` can be permitted: the permit `ok`',
  ],
  [
    'for any { permit ok otherwise\ndeny x when resource.owner is not subject.id }',
    'resource.owner',
    'no request for a resource `table` can be permitted: the deny `x`',
  ],
])('%s', (rules, path, why) => {
  expect(listWarnings(rules, kinds)).toEqual([
    `never-permitted «${path}» ${why} reads \`${path}\`, which is not declared there`,
  ]);
});

test.each([
  'for agent { permit ok otherwise\ndeny x when subject.team is "guest" }\nfor job { permit jobs otherwise }',
  'for any { permit ok otherwise\ndeny x when subject.team is present and subject.team is "guest" }',
  'for any { permit ok when subject.team is "ops" or subject.type is "job" }',
  'for any { permit ok when resource.owner is subject.id }\nfor any on table { permit tables otherwise }',
  'for any on file, row { permit ok when resource.owner is subject.id }',
  'for any { permit ok otherwise }\nfor any on file { deny x when subject.team is "guest" }',
  'for any { permit ok otherwise }\nfor any doing write { deny x when resource.owner is subject.id }',
])('%s permits some request of each type', (rules) => {
  expect(listWarnings(rules, `${kinds}action write {}\n`)).toEqual([]);
});

test('a deny for one type of resource leaves others that are not declared alone', () => {
  const rules = `for any { ${everything} }\nfor any on file { deny x when action.path is "/a" }`;
  expect(listWarnings(rules)).toEqual([]);
});
