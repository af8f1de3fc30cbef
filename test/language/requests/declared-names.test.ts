// Undeclared names of subject types, actions and resource types: where they are reported, and where a policy may use
// them.

import { describe, expect, test } from 'vitest';
import { checkText } from '../../support/checking.ts';

function about(text: string): readonly string[] {
  const { found, warned } = checkText(`policy p\n${text}`);
  const names = ['unknown-action', 'unknown-resource', 'unknown-subject', 'undeclared-name'];
  return [...found, ...warned].filter((each) => names.includes(each.split(' ')[0] ?? ''));
}

const listed = 'action "fs.read" {}\naction "fs.write" {}\nresource file {}\nsubject agent {}';
const open = `${listed}\naction any {}\nresource any {}\nsubject any {}`;
const permit = 'for any { permit ok otherwise }';
const time = 'context { time: Timestamp }';
const request =
  '{ subject: { type: agent, id: a }, action: { name: "fs.read" }, resource: { type: file, id: f } }';

describe('in a policy that lists its names', () => {
  test.each([
    ['for any doing "fs.wriet" { deny d }', 'unknown-action «"fs.wriet"»'],
    ['for any on fiel { deny d }', 'unknown-resource «fiel»'],
    ['for agnet { deny d }', 'unknown-subject «agnet»'],
    ['for any doing "fs.read", "mail.send" { deny d }', 'unknown-action «"mail.send"»'],
    [
      `${time} for any { deny d when once(allowed doing "fs.raed", within 1h) }`,
      'unknown-action «"fs.raed"»',
    ],
    [`${time} for any { deny d when count(refused on fiel) > 5 }`, 'unknown-resource «fiel»'],
    [
      `${time} for any { deny d when since(allowed doing "fs.raed", refused) }`,
      'unknown-action «"fs.raed"»',
    ],
    [
      'for any { permit ok otherwise } invariant "i" for any doing "fs.raed" effect >= deny',
      'unknown-action «"fs.raed"»',
    ],
    ['for any { deny d when action.name is "fs.raed" }', 'undeclared-name «"fs.raed"»'],
    ['for any { deny d when action.name is "mail.send" }', 'undeclared-name «"mail.send"»'],
    ['for any { deny d when "fiel" is resource.type }', 'undeclared-name «"fiel"»'],
    ['for any { deny d when subject.type in { "agent", "agnet" } }', 'undeclared-name «'],
    ['const a = "fs.raed" for any { deny d when action.name is a }', 'undeclared-name «a»'],
    [
      `${time} for any { deny d when once(allowed where event.action.name is "fs.raed") }`,
      'undeclared-name «"fs.raed"»',
    ],
    [
      `${permit} test "t" { request ${request.replace('fs.read', 'fs.raed')} expect permit }`,
      'undeclared-name «"fs.raed"»',
    ],
    [
      `${permit} test "t" { request ${request} with { resource.type = fiel } expect permit }`,
      'undeclared-name «fiel»',
    ],
    [
      `${permit} test "t" { request ${request} each action.name { "fs.raed" expect permit } }`,
      'undeclared-name «"fs.raed"»',
    ],
    [
      `${permit} fixture f ${request.replace('file', 'fiel')}
       test "t" { request from f expect permit }`,
      'undeclared-name «fiel»',
    ],
  ])('reports the undeclared name in %s', (text, expected) => {
    const found = about(`${listed}\n${text}`);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(expected);
  });

  test('reports an undeclared name of a request file at the path of the file', () => {
    const json = JSON.stringify({
      subject: { type: 'agent', id: 'a' },
      action: { name: 'fs.raed' },
      resource: { type: 'file', id: 'f' },
    });
    const text = `policy p\n${listed}\n${permit}\ntest "t" { request from "r.json" expect permit }`;
    expect(checkText(text, { 'r.json': json }).warned).toEqual([
      'undeclared-name «"r.json"» action `fs.raed` is not declared: did you mean `fs.read`?',
    ]);
  });
});

describe('in a policy that declares `any`', () => {
  test.each([
    ['for any doing "fs.wriet" { deny d }', 'undeclared-name «"fs.wriet"»'],
    ['for any doing "FS.Write" { deny d }', 'undeclared-name «"FS.Write"»'],
    ['for any on fiel { deny d }', 'undeclared-name «fiel»'],
    ['for agnet { deny d }', 'undeclared-name «agnet»'],
    ['for any { deny d when action.name is not "fs.raed" }', 'undeclared-name «"fs.raed"»'],
    [
      `${time} for any { deny d when last(decided doing "fs.raed").time is present }`,
      'undeclared-name «"fs.raed"»',
    ],
  ])('warns of the misspelled name in %s', (text, expected) => {
    const found = about(`${open}\n${text}`);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(expected);
  });

  test.each([
    'for any doing "mail.send" on mail { deny d }',
    'for any doing "fs.stat" { deny d }',
    'for any { deny d when action.name is "mail.send" }',
    `${permit} test "t" { request ${request.replace('fs.read', 'mail.send')} expect permit }`,
  ])('accepts the other name in %s', (text) => {
    expect(about(`${open}\n${text}`)).toEqual([]);
  });
});

test.each([
  [
    'in a policy without declarations',
    'for any doing "mail.send" on mail { deny d when action.name is "x" }',
  ],
  [
    'names that differ in a digit',
    'action "api.v1" {}\naction any {}\nfor any doing "api.v2" { deny d }',
  ],
  ['short names', 'action get {}\naction any {}\nfor any doing put, set { deny d }'],
])('accepts undeclared names: %s', (_, text) => {
  expect(about(text)).toEqual([]);
});

test('a comment with a reason silences the warning', () => {
  const text = `${open}\n// allow undeclared-name: the old name is still in use\nfor any doing "fs.writ" { deny d }`;
  expect(about(text)).toEqual([]);
});

test('does not report names that a missing file may declare', () => {
  const { found } = checkText(
    'policy p\nuse "actions.nhipol"\naction "fs.read" {}\nfor any doing "fs.write" { deny d }',
  );
  expect(found.map((each) => each.split(' ')[0])).toEqual(['missing-file']);
});

test('offers no fix for a name that is only somewhat similar', () => {
  const { diagnostics } = checkText('policy p\naction lead {}\nfor any doing grab { deny d }');
  expect(diagnostics.map(({ code, fix }) => ({ code, fix }))).toEqual([
    { code: 'unknown-action', fix: undefined },
  ]);
  const near = checkText('policy p\naction "fs.lists" {}\nfor any doing "fs.hints" { deny d }');
  expect(near.diagnostics[0]).toMatchObject({ label: 'did you mean `fs.lists`?', fix: undefined });
});
