// Members of requests in tests that every host ignores: where they are reported.

import { expect, test } from 'vitest';
import { checked } from '../support/checking.ts';

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

function found(text: string, others: Readonly<Record<string, string>> = {}): readonly string[] {
  return checked(`${policy}${text}`, others).found.map((each) =>
    each.split(' ').slice(0, 2).join(' '),
  );
}

test.each([
  [
    'a request in place',
    `test "t" { request ${request({ subject: ', team: x' })} expect permit }`,
    'team',
  ],
  ['an action', `test "t" { request ${request({ action: ', tool: x' })} expect permit }`, 'tool'],
  [
    'one that nothing declares',
    `test "t" { request ${request({ resource: ', size: 5' })} expect permit }`,
    'size',
  ],
  [
    'beside properties',
    `test "t" { request ${request({ subject: ', team: x, properties: { team: y }' })} expect permit }`,
    'team',
  ],
  [
    'of the whole request',
    `test "t" { request ${request({ whole: ', properties: {}' })} expect permit }`,
    'properties',
  ],
  [
    'a fixture',
    `fixture f ${request({ subject: ', team: x' })}\ntest "t" { request from f expect permit }`,
    'team',
  ],
  [
    'a part that a step replaces',
    `test "t" { request ${request()} with { action = { name: c, tool: x } } expect permit }`,
    'tool',
  ],
])('%s', (_, text, member) => {
  expect(found(text)).toEqual([`ignored-member «${member}»`]);
});

test.each([
  ['properties', request({ subject: ', properties: { team: x }' })],
  ['context', request({ whole: ', context: { team: x, more: 5 }' })],
])('nothing is ignored in %s', (_, text) => {
  expect(found(`test "t" { request ${text} expect permit }`)).toEqual([]);
});

const asked = { action: { name: 'c' }, resource: { type: 'd', id: 'e', owner: 'o' } };

test('a request from a file has a declared property in the wrong place', () => {
  const json = JSON.stringify({ subject: { type: 'a', id: 'b', team: 'x' }, ...asked });
  const text = 'test "t" { request from "r.json" expect permit }';
  expect(found(text, { 'r.json': json })).toEqual(['ignored-member «"r.json"»']);
});

test('a request from a file may hold more than the policy declares', () => {
  const json = JSON.stringify({ subject: { type: 'a', id: 'b', x: 5 }, ...asked, more: {} });
  const text = 'test "t" { request from "r.json" expect deny }';
  expect(found(text, { 'r.json': json })).toEqual([]);
});
