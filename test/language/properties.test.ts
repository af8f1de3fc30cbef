// Declared properties with the name of one of the request's own strings: how they are declared, read and changed.

import { evaluate } from '@nhipol/language';
import { describe, expect, test } from 'vitest';
import { lower } from '../../compiler/lower/lower.ts';
import { DeclaredPaths } from '../../runtime/sessions/declared-paths.ts';
import { checkPolicy, checkText } from '../support/checking.ts';
import { formatOrFail } from '../support/pages/formatting.ts';
import { linkPolicy } from '../support/policies/linked.ts';

const secret = `policy p
resource any { properties.type?: String, owner?: String }
for any {
  permit ok otherwise
  deny secret when resource.properties.type is "secret"
  deny mine when resource.properties.owner is "me", if unknown skip
}`;

function effect(resource: object): string {
  const request = { subject: { type: 'a', id: 'b' }, action: { name: 'c' }, resource };
  const bytes = new TextEncoder().encode(JSON.stringify(request));
  return evaluate(checkPolicy(secret), bytes, { precedence: 'request', now: undefined }).effect;
}

test.each([
  [{ type: 'file', id: 'f', properties: { type: 'secret' } }, 'deny'],
  [{ type: 'secret', id: 'f', properties: { type: 'plain' } }, 'permit'],
  [{ type: 'secret', id: 'f' }, 'deny'],
  [{ type: 'file', id: 'f', properties: { type: 'plain', owner: 'me' } }, 'deny'],
])('the answer for %j is %s', (resource, answer) => {
  expect(effect(resource)).toBe(answer);
});

describe('a declaration that would hide a string of the request', () => {
  test.each([
    ['subject a { type: String }', 'subject.properties.type'],
    ['subject any { id?: Int }', 'subject.properties.id'],
    ['action "a" { name?: String }', 'action.properties.name'],
    ['action any { "name"?: String }', 'action.properties.name'],
    ['resource r { type?: String }', 'resource.properties.type'],
    ['resource any { id: Int = 5 }', 'resource.properties.id'],
    ['resource any { properties?: { a?: Int } }', 'resource.properties.properties'],
  ])('is reported in %s', (declaration, alternative) => {
    const { diagnostics } = checkText(`policy p\n${declaration}\nfor any { permit ok otherwise }`);
    expect(diagnostics.map(({ code }) => code)).toEqual(['shadowed-property']);
    expect(diagnostics[0]?.help).toContain(`\`${alternative}\``);
  });

  test.each([
    'subject a { name?: String }',
    'action a { type?: String, id?: String }',
    'resource a { name?: String }',
    'context { type?: String, id?: String, name?: String, properties?: String }',
    'context { a?: { type?: String } }',
  ])('is not %s', (declaration) => {
    expect(checkText(`policy p\n${declaration}\nfor any { permit ok otherwise }`).found).toEqual(
      [],
    );
  });
});

test('a test changes the property, not the string of the same name', () => {
  const { policy, found } = checkText(`${secret}
test "t" {
  request { subject: { type: a, id: b }, action: { name: c }, resource: { type: d, id: e } }
  with { resource.properties.type = secret, resource.type = file }
  expect deny
}`);
  expect(found).toEqual([]);
  expect(policy?.tests[0]?.steps[0]?.changes.map(({ path }) => path)).toEqual([
    ['resource', 'properties', 'type'],
    ['resource', 'type'],
  ]);
});

test('a test cannot change a property that no shape declares', () => {
  const { found } = checkText(`${secret}
test "t" {
  request { subject: { type: a, id: b }, action: { name: c }, resource: { type: d, id: e } }
  with { resource.properties.typ = secret, subject.properties.type = secret }
  expect deny
}`);
  expect(found.map((each) => each.split(' ').slice(0, 2).join(' '))).toEqual([
    'unknown-member «typ»',
    'unknown-member «type»',
  ]);
});

test('a constraint limits the property', () => {
  const policy = (path: string) =>
    `policy p\nresource any { properties.id?: Int }\nconstraint c: Int limits ${path}\nfor any { permit ok otherwise\nnarrow n to { c: 5 } }`;
  expect(checkText(policy('resource.properties.id')).found).toEqual([]);
  expect(checkText(policy('resource.id')).found[0]).toMatch(/^unknown-member «id»/);
});

test('the formatter keeps `properties.`', () => {
  const text = 'policy p\n\nresource any { properties.type?: String, owner?: String }\n';
  expect(formatOrFail(text)).toBe(text);
});

test('a patch of a session takes the path as the policy writes it', () => {
  const policy = checkPolicy(`policy p
resource any { properties.type?: String, owner?: String }
context { properties: { a: Int } }
for any { permit ok when resource.owner is "a" and resource.properties.type is "b" and context.properties.a is 1 }`);
  const [encoding] = linkPolicy(policy, lower(policy)).encodings;
  const paths = new DeclaredPaths(encoding);
  const within = (path: string) => paths.within(path.split('.'));
  const type = ['resource', 'properties', 'type'];
  expect(within('resource.properties.type')).toEqual(type);
  // A patch of one member does not change the request's own strings.
  expect(within('resource.type')).toBeUndefined();
  expect(within('resource.properties.owner')).toBeUndefined();
  expect(within('resource.owner')).toEqual(['resource', 'properties', 'owner']);
  expect(within('context.properties.a')).toEqual(['context', 'properties', 'a']);
  expect(within('resource.propertie.type')).toBeUndefined();
});
