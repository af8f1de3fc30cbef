// Members of test requests that every host ignores: where they are reported.

import { expect, test } from 'vitest';
import { checkText } from '../../support/checking.ts';

const policy = `policy p
subject any { team?: String }
action any { tool?: String }
context { team?: String }
for any { permit ok when subject.team is "x" }
`;

function request(parts: Readonly<Record<string, string>> = {}): string {
  const { subject = '', action = '', resource = '', whole = '' } = parts;
  return `{ subject: { type: a, id: b ${subject} }, action: { name: c ${action} }, resource: { type: d, id: e ${resource} } ${whole} }`;
}

function listErrors(
  text: string,
  sources: Readonly<Record<string, string>> = {},
): readonly string[] {
  return checkText(`${policy}${text}`, sources).found.map((each) =>
    each.split(' ').slice(0, 2).join(' '),
  );
}

test.each([
  [
    'in a request literal',
    `test "t" { request ${request({ subject: ', team: x' })} expect permit }`,
    'team',
  ],
  [
    'in the action',
    `test "t" { request ${request({ action: ', tool: x' })} expect permit }`,
    'tool',
  ],
  [
    'without a declaration',
    `test "t" { request ${request({ resource: ', size: 5' })} expect permit }`,
    'size',
  ],
  [
    'next to `properties`',
    `test "t" { request ${request({ subject: ', team: x, properties: { team: y }' })} expect permit }`,
    'team',
  ],
  [
    'at the top level of the request',
    `test "t" { request ${request({ whole: ', properties: {}' })} expect permit }`,
    'properties',
  ],
  [
    'in a fixture',
    `fixture f ${request({ subject: ', team: x' })}\ntest "t" { request from f expect permit }`,
    'team',
  ],
  [
    'in an object that a test sets',
    `test "t" { request ${request()} with { action = { name: c, tool: x } } expect permit }`,
    'tool',
  ],
])('reports an ignored member: %s', (_, text, member) => {
  expect(listErrors(text)).toEqual([`ignored-member «${member}»`]);
});

test.each([
  ['properties', request({ subject: ', properties: { team: x }' })],
  ['context', request({ whole: ', context: { team: x, more: 5 }' })],
])('does not report members of %s', (_, text) => {
  expect(listErrors(`test "t" { request ${text} expect permit }`)).toEqual([]);
});

const rest = { action: { name: 'c' }, resource: { type: 'd', id: 'e', owner: 'o' } };

test('reports a declared property in the wrong place of a request file', () => {
  const json = JSON.stringify({ subject: { type: 'a', id: 'b', team: 'x' }, ...rest });
  const text = 'test "t" { request from "r.json" expect permit }';
  expect(listErrors(text, { 'r.json': json })).toEqual(['ignored-member «"r.json"»']);
});

test('a request file may contain members that the policy does not declare', () => {
  const json = JSON.stringify({ subject: { type: 'a', id: 'b', x: 5 }, ...rest, more: {} });
  const text = 'test "t" { request from "r.json" expect deny }';
  expect(listErrors(text, { 'r.json': json })).toEqual([]);
});
