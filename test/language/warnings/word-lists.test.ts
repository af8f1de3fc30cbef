// Rules that compare a whole string with a list of words.

import { applyFixes, check } from '@nhipol/language';
import { expect, test } from 'vitest';
import { checkText, entry } from '../../support/checking.ts';

const declared = `policy p
context { cmd: String, other: String, on: Bool }
predicate fetches(text: String) = text matches regex"curl|wget"
action run { cmd: String }
`;

function listWarnings(rules: string): readonly string[] {
  const { found, warned } = checkText(`${declared}for any { permit ok otherwise\n${rules} }`);
  expect(found).toEqual([]);
  return warned.filter((each) => each.startsWith('whole-string-words'));
}

const matching = (pattern: string) => `deny x when context.cmd matches regex"${pattern}"`;

test.each([
  'curl|wget',
  '(curl|wget)',
  '(?:curl|wget)',
  '(?i)curl|wget',
  '(?i:curl|wget)',
  'curl',
  '\\bcurl\\b|\\bwget\\b',
  '\\b(?:curl|wget)\\b',
  'rm -rf|mkfs',
  'drop\\s+table',
  '\\s(rm|dd)\\s+',
  '.env|.pem|id_rsa',
  '\\.env',
  ';|&&|\\|',
  '[Cc]url',
  'https?://evil\\.example',
  'colou?r',
  '\\Qa.b\\E|c',
  'pass(word)?',
  'a{2}b',
  'ä|😀',
])('warns of the word list %s', (pattern) => {
  expect(listWarnings(matching(pattern))).toHaveLength(1);
});

test.each([
  '^curl$',
  '^(?:curl|wget)$',
  '\\A(curl|wget)\\z',
  '^curl|wget$',
  '.*curl.*',
  'curl.*|wget.*',
  '[a-z]+',
  'cust-[0-9]{6,8}',
  '\\d{3}-\\d{2}',
  '(?s).*x.*',
  'prod-.*',
  '',
  '\\s*',
  '\\pL+',
  'iam\\.(user|role)\\.(create|bind)',
  'v\\d',
  '[a-z]{3}',
  'a*',
])('does not warn of the pattern %s', (pattern) => {
  expect(listWarnings(matching(pattern))).toEqual([]);
});

test.each([
  'deny x when context.cmd contains regex"curl|wget"',
  'deny x when context.cmd not matches regex"GET|POST"',
  'permit x when context.cmd matches regex"GET|POST"',
  'deny x when not (context.cmd matches regex"GET|POST")',
  'deny x when context.cmd in { "curl", "wget" }',
  'deny x when context.cmd matches glob"curl"',
  'permit x when not (context.cmd not matches regex"GET|POST")',
  'deny x when count(allowed doing run where event.action.cmd matches regex"a|b") < 3',
])('does not warn of %s', (rule) => {
  expect(listWarnings(rule)).toEqual([]);
});

test.each([
  ['deny x when context.on and context.cmd matches regex"curl|wget"', 'this deny misses'],
  ['deny x when context.on implies context.cmd matches regex"curl|wget"', 'this deny misses'],
  ['revoke x when context.cmd matches regex"curl|wget"', 'this revoke misses'],
  ['challenge x when context.cmd matches regex"curl|wget"', 'this challenge misses'],
  ['permit x when context.cmd not matches regex"curl|wget"', 'this permit permits'],
  ['permit x when not (context.cmd matches regex"curl|wget")', 'this permit permits'],
  ['let tool = context.cmd matches regex"curl|wget"\ndeny x when tool', 'this deny misses'],
  ['deny x when fetches(context.cmd)', 'this deny misses'],
  [
    'deny x when once(allowed doing run where event.action.cmd matches regex"curl|wget")',
    'this deny misses',
  ],
  [
    'deny x when count(allowed doing run where event.action.cmd matches regex"curl|wget") >= 3',
    'this deny misses',
  ],
  [
    'score s { curls counts 5 when context.cmd matches regex"curl|wget"\nfrom 10 deny }',
    'this condition of a score misses',
  ],
])('warns of %s', (rule, start) => {
  const warned = listWarnings(rule);
  expect(warned).toHaveLength(1);
  expect(warned[0]).toContain(start);
});

test('warns once of a condition that several rules use', () => {
  const rules = 'deny x when fetches(context.cmd)\ndeny y when fetches(context.other)';
  expect(listWarnings(rules)).toHaveLength(1);
});

test('the fix searches instead and leaves no warning', () => {
  const rules = 'deny x when context.cmd matches regex"curl|wget"';
  const text = `${declared}for any { permit ok otherwise\n${rules} }`;
  const fixes = check(entry, new Map([[entry, text]])).diagnostics.flatMap(({ fix }) => fix ?? []);
  const fixed = applyFixes(fixes, () => text).texts.get(entry) ?? '';
  expect(fixed).toContain('deny x when context.cmd contains regex"curl|wget"');
  expect(checkText(fixed).warned.filter((each) => each.startsWith('whole'))).toEqual([]);
});
