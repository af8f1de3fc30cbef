// Permits whose condition is true for an empty collection.

import { expect, test } from 'vitest';
import { checkPolicy, checkText } from '../../support/checking.ts';
import { evaluator } from '../../support/modules/engines.ts';

const declared = `policy p
context { wanted: Set<String> = {}, granted: Set<String> = {}, more?: Set<String>, names?: List<String>, s?: String, net?: Cidr }
table needs: String -> Set<String> { "a": { "x" }, "b": { "y", "z" } }
table loose: String -> Set<String> { "a": { "x" }, "b": {} }
external table filled: String -> Set<String>
predicate allowed(names: Set<String>) = names within context.granted
`;

function listWarnings(rules: string): readonly string[] {
  const { found, warned } = checkText(`${declared}for any { ${rules} }`);
  expect(found).toEqual([]);
  return warned.filter((each) => each.startsWith('true-of-nothing'));
}

const within =
  '`within` is true if its left side is empty, and so grants where there is nothing: the condition does not require an element';
const all = within.replace(
  '`within` is true if its left side is empty',
  '`all` is true for an empty collection',
);

test.each([
  [
    'permit a when context.wanted within context.granted',
    `«context.wanted within context.granted» ${within}`,
  ],
  [
    'permit a when not (context.wanted not within context.granted)',
    `«(context.wanted not within context.granted)» ${within}`,
  ],
  [
    'permit a when context.s is "a" or context.wanted within context.granted',
    `«context.wanted within context.granted» ${within}`,
  ],
  [
    'permit a when all x in context.names satisfies x is "a"',
    `«all x in context.names satisfies x is "a"» ${all}`,
  ],
  [
    'permit a when loose[context.s] within context.granted',
    `«loose[context.s] within context.granted» ${within}`,
  ],
  [
    'permit a when filled[context.s] within context.granted',
    `«filled[context.s] within context.granted» ${within}`,
  ],
  [
    'permit a when (context.wanted union context.more) within context.granted',
    `«(context.wanted union context.more) within context.granted» ${within}`,
  ],
  [
    'permit a when (needs[context.s] minus context.more) within context.granted',
    `«(needs[context.s] minus context.more) within context.granted» ${within}`,
  ],
  [
    'permit a when (needs[context.s] else context.wanted) within context.granted',
    `«(needs[context.s] else context.wanted) within context.granted» ${within}`,
  ],
  [
    'permit a when size(context.more) > 0 and context.wanted within context.granted',
    `«context.wanted within context.granted» ${within}`,
  ],
  [
    'permit a when all x in context.names, context.wanted satisfies x is "a"',
    `«all x in context.names, context.wanted satisfies x is "a"» ${all}`,
  ],
  ['permit a when allowed(context.wanted)', `«allowed(context.wanted)» ${within}`],
  [
    'permit a when context.wanted within context.granted\ndeny b when size(context.more) is 0',
    `«context.wanted within context.granted» ${within}`,
  ],
])('warns of %s', (rules, warning) => {
  expect(listWarnings(rules)).toEqual([`true-of-nothing ${warning}`]);
});

test('such a permit fires for an empty collection', () => {
  const policy = checkPolicy(
    `${declared}for any { permit a when context.wanted within context.granted }`,
  );
  const { effect } = evaluator(policy)(
    '{ "subject": { "type": "t", "id": "a" }, "action": { "name": "b" }, "resource": { "type": "c", "id": "d" }, "context": {} }',
  );
  expect(effect).toBe('permit');
});

test.each([
  'permit a when size(context.wanted) > 0 and all x in context.names, context.wanted satisfies x is "a"',
  'permit a when needs[context.s] within context.granted',
  'permit a when { "x" } within context.granted',
  'permit a when (needs[context.s] union context.more) within context.granted',
  'permit a when size(context.wanted) > 0 and context.wanted within context.granted',
  'permit a when context.wanted within context.granted and size(context.wanted) >= 1',
  'permit a when "x" in context.wanted and context.wanted within context.granted',
  'permit a when context.wanted intersects context.more and context.wanted within context.granted',
  'permit a when (any x in context.names satisfies x is "a") and (all x in context.names satisfies x is "a")',
  'permit a when context.wanted not within context.granted',
  'permit a when not (all x in context.names satisfies x is "a")',
  'permit a when context.net within 10.0.0.0/8',
  'permit a when context.wanted within context.granted\ndeny nothing when size(context.wanted) is 0',
  'permit a when context.wanted within context.granted\nchallenge few when size(context.wanted) < 2',
  'permit a otherwise\ndeny b when context.wanted within context.granted',
])('does not warn of %s', (rules) => {
  expect(listWarnings(rules)).toEqual([]);
});
