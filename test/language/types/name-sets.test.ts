// Sets of actions and resource types, and globs, in scopes and event patterns.

import { evaluate } from '@nhipol/language';
import { describe, expect, test } from 'vitest';
import { checkPolicy, checkText } from '../../support/checking.ts';
import { formatOrFail } from '../../support/pages/formatting.ts';

const declared = `policy p
subject agent {}
action "fs.read" { path?: String }
action "fs.write" { path?: String }
action "mail.send" {}
resource file {}
resource "vault.key" {}
context { time: Timestamp }
`;
const open = `${declared}action any {}\nresource any {}\n`;

function effect(policy: string, action: string, resource = 'file'): string {
  const request = {
    subject: { type: 'agent', id: 'a' },
    action: { name: action, properties: { path: '/x' } },
    resource: { type: resource, id: 'r' },
    context: { time: '2026-03-03T10:00:00Z' },
  };
  const bytes = new TextEncoder().encode(JSON.stringify(request));
  return evaluate(checkPolicy(policy), bytes, { precedence: 'request', now: undefined }).effect;
}

function codes(text: string, others: Readonly<Record<string, string>> = {}): readonly string[] {
  return checkText(text, others).found.map((each) => each.split(' ').slice(0, 2).join(' '));
}

const denying = (scope: string) => `for any { permit ok otherwise }\nfor any ${scope} { deny d }\n`;

describe('a scope', () => {
  test.each([
    ['doing writes', 'actions writes = { "fs.write" }', 'fs.write', 'fs.read'],
    ['doing writes, "mail.send"', 'actions writes = { "fs.write" }', 'mail.send', 'fs.read'],
    ['doing glob"fs.*"', '', 'fs.read', 'mail.send'],
    ['doing all_fs', 'actions all_fs = { glob"fs.*" }', 'fs.write', 'mail.send'],
    [
      'doing outer',
      'actions inner = { glob"fs.r*" }\nactions outer = { inner, "mail.send" }',
      'fs.read',
      'fs.write',
    ],
  ])('matches the names of `%s` with `%s`', (scope, sets, inside, outside) => {
    for (const base of [declared, open]) {
      const policy = `${base}${sets}\n${denying(scope)}`;
      expect(effect(policy, inside)).toBe('deny');
      expect(effect(policy, outside)).toBe('permit');
    }
  });

  test('matches resource types', () => {
    const policy = `${declared}resources secrets = { glob"vault.*" }\n${denying('on secrets')}`;
    expect(effect(policy, 'fs.read', 'vault.key')).toBe('deny');
    expect(effect(policy, 'fs.read', 'file')).toBe('permit');
  });

  test('reads a quoted name as a name, not as a set', () => {
    const policy = `${open}actions writes = { "fs.write" }\n${denying('doing "writes"')}`;
    expect(effect(policy, 'fs.write')).toBe('permit');
    expect(effect(policy, 'writes')).toBe('deny');
  });
});

describe('undeclared names', () => {
  test('match a glob if `any` is declared', () => {
    const policy = `${open}${denying('doing glob"fs.*"')}`;
    expect(effect(policy, 'fs.chmod')).toBe('deny');
    expect(effect(policy, 'mail.list')).toBe('permit');
    const secrets = `${open}resources secrets = { glob"vault.*" }\n${denying('on secrets')}`;
    expect(effect(secrets, 'fs.read', 'vault.other')).toBe('deny');
  });

  test('match no glob without `any`', () => {
    const policy = `${declared}${denying('doing glob"fs.*"')}`;
    expect(effect(policy, 'fs.chmod')).toBe('permit');
    const granting = `${declared}for any doing glob"fs.*" { permit ok otherwise }`;
    expect(effect(granting, 'fs.chmod')).toBe('deny');
  });
});

test('a group can read members that some of the names matched by its glob declare', () => {
  const group = (scope: string) => `for any ${scope} { deny d when action.path is "/x" }`;
  expect(codes(`${declared}${group('doing glob"fs.*"')}`)).toEqual([]);
  expect(codes(`${declared}${group('doing glob"*"')}`)).toEqual([]);
  expect(codes(`${open}${group('doing glob"fs.*"')}`)).toEqual([]);
  expect(codes(`${declared}${group('doing glob"mail.*"')}`)).toEqual(['unknown-member «path»']);
});

test('event patterns accept the same sets and globs', () => {
  for (const base of [declared, open]) {
    const policy = `${base}actions writes = { "fs.write", glob"mail.*" }
for any {
  permit ok otherwise
  deny a when once(allowed doing writes)
  deny b when count(refused doing glob"fs.*" on glob"vault.*", within 1h) > 5
}`;
    expect(codes(policy)).toEqual([]);
  }
});

test('a condition can test whether a name is in a set', () => {
  const policy = `${declared}actions writes = { "fs.write", glob"mail.*" }
for any { permit ok when action.name not in writes }`;
  expect(effect(policy, 'fs.read')).toBe('permit');
  expect(effect(policy, 'mail.send')).toBe('deny');
});

test('an imported set refers to the names of its own file', () => {
  const others = {
    'sets.nhipol': 'actions writes = { most, "mail.send" }\nactions most = { "fs.write" }\n',
  };
  const policy = `policy p\nuse { writes } from "sets.nhipol"\n${declared.replace('policy p\n', '')}${denying('doing writes')}`;
  expect(codes(policy, others)).toEqual([]);
  expect(checkText(policy, others).policy?.rules[1]?.scope.actions).toEqual([
    'fs.write',
    'mail.send',
  ]);
});

test.each([
  ['for any doing glob"sf.*" { deny d }', ['names-nothing «glob"sf.*"»']],
  ['actions fs = { glob"sf.*" }\nfor any doing fs { deny d }', ['names-nothing «glob"sf.*"»']],
  ['actions none = {}\nfor any doing none { deny d }', ['names-nothing «none»']],
  ['actions fs = { "fs.raed" }\nfor any doing fs { deny d }', ['unknown-action «"fs.raed"»']],
  ['actions fs = { "fs.read" }\nfor any on fs { deny d }', ['wrong-name-set «fs»']],
  ['for any { deny d when once(allowed doing glob"sf.*") }', ['names-nothing «glob"sf.*"»']],
  ['actions a = { b }\nactions b = { a }\nfor any doing a { deny d }', ['circular «a»']],
  [
    'resources file = { file }\nfor any on file { deny d }',
    ['circular «file»', 'shadowed-name «file»'],
  ],
  ['for any doing glob"[" { deny d }', ['bad-pattern «[»']],
  ['for any doing regex"fs.*" { deny d }', ['names-nothing «regex"fs.*"»']],
  ['for glob"a*" { deny d }', ['syntax-error «glob"a*"»']],
])('reports the error in %s', (text, expected) => {
  expect(codes(`${declared}${text}`)).toEqual(expected);
});

test('a set with a glob is not a value if `any` is declared', () => {
  const policy = `${open}actions fs = { glob"fs.*" }\nfor any { deny d when action.name in fs }`;
  expect(codes(policy)).toEqual(['not-a-value «fs»']);
});

test('a set that no scope uses is reported as unused', () => {
  const { warned } = checkText(
    `${declared}actions reads = { "fs.read" }\nfor any { permit ok otherwise }`,
  );
  expect(warned).toEqual(['unused «reads» the set of names `reads` is never used']);
});

test('the formatter keeps names and globs as written', () => {
  const text = `policy p

action "fs.read" {}

actions reads = { "fs.read", glob"fs.*" }

for any doing reads, glob"fs.*", "fs.read" {
  permit ok when once(allowed doing glob"fs.*", within 1h)
}
`;
  expect(formatOrFail(text)).toBe(text);
});
