// Conditions about all entries of maps, and sums of collections with few elements, are exact.

import { expect, test } from 'vitest';
import { expectAgreement, listVerdicts } from './verdicts.ts';

const policy = (rules: string, invariants: string) => `policy acme.collections
enum Level { low < high }
record Line { price: Int(0..1_000), taxed: Bool = false }
subject any { quotas: Map<String, Int(0..100)> = {}, levels: Set<Level> = {} }
context { lines: List<Line> = [], numbers: List<Int(0..100)> = [], key?: String }
for any { permit ok otherwise
${rules} }
${invariants}`;

const invariant = (name: string, claim: string) => `invariant "${name}" for any\n  ${claim}\n`;

test('quantifiers over the entries of a map', () => {
  const text = policy(
    `deny large when any q in subject.quotas satisfies q.value > 50, if unknown skip
     deny admin when any q in subject.quotas satisfies q.key is "admin" and q.value > 10, if unknown skip`,
    invariant('by key', 'subject.quotas[context.key] > 50 implies "large" in reasons') +
      invariant('admin', 'subject.quotas["admin"] is 11 implies "admin" in reasons') +
      invariant('other', '"large" in reasons implies known(subject.quotas["admin"])') +
      invariant(
        'one',
        'size(subject.quotas) is 1 and subject.quotas["admin"] is 5 implies effect is permit',
      ) +
      invariant(
        'two',
        'size(subject.quotas) is 2 and subject.quotas["admin"] is 5 implies effect is permit',
      ),
  );
  expect(listVerdicts(text)).toEqual({
    'by key': 'proved',
    admin: 'proved',
    other: 'refuted',
    one: 'proved',
    two: 'refuted',
  });
  expectAgreement(text);
});

test('sums, minima and maxima over the entries of a map', () => {
  const text = policy(
    `deny total when sum(q.value for q in subject.quotas) > 120, if unknown skip
     deny most when max(q.value for q in subject.quotas) > 90, if unknown skip`,
    invariant('one entry', 'size(subject.quotas) <= 1 implies "total" not in reasons') +
      invariant('two entries', 'size(subject.quotas) <= 2 implies "total" not in reasons') +
      invariant('most', 'subject.quotas["a"] > 90 implies "most" in reasons'),
  );
  expect(listVerdicts(text)).toEqual({
    'one entry': 'proved',
    'two entries': 'refuted',
    most: 'refuted',
  });
  expectAgreement(text);
});

test('sums over lists and sets', () => {
  const text = policy(
    `deny lines when sum(l.price for l in context.lines where l.taxed) > 1_500, if unknown skip
     deny numbers when sum(n for n in context.numbers) > 150, if unknown skip
     deny levels when sum(if l is high then 5 else 1 for l in subject.levels) > 6, if unknown skip`,
    invariant('one line', 'size(context.lines) <= 1 implies "lines" not in reasons') +
      invariant('two lines', 'size(context.lines) <= 2 implies "lines" not in reasons') +
      invariant(
        'taxed',
        '(all l in context.lines satisfies not l.taxed) implies "lines" not in reasons',
      ) +
      invariant('one number', 'size(context.numbers) is 1 implies "numbers" not in reasons') +
      invariant('numbers', 'size(context.numbers) is 2 implies "numbers" not in reasons') +
      invariant('levels', '"levels" not in reasons'),
  );
  expect(listVerdicts(text)).toEqual({
    'one line': 'proved',
    'two lines': 'refuted',
    taxed: 'proved',
    'one number': 'proved',
    numbers: 'refuted',
    levels: 'proved',
  });
  expectAgreement(text);
});

test('a list with more elements than sizes are distinguished', () => {
  const names = Array.from({ length: 25 }, (_, index) => `"n${index}"`).join(', ');
  const text = `policy acme.sizes
context { names: List<String> = [] }
for any { permit ok otherwise
deny many when size(context.names) > 24, if unknown skip }
${invariant('each', `(all n in { ${names} } satisfies n in context.names) implies "many" in reasons`)}`;
  expect(listVerdicts(text)).toEqual({ each: 'proved' });
  expectAgreement(text);
});

test('a size of a map that is compared with another number', () => {
  const text = `policy acme.sizes
context { labels: Map<String, Int(0..9)>, n: Int(0..100) }
for any { permit ok otherwise
deny many when size(context.labels) is context.n }
${invariant('none', '"many" in reasons and context.n is 0 implies size(context.labels) is 0')}
${invariant('few', '"many" in reasons implies context.n <= 3')}`;
  expect(listVerdicts(text)).toEqual({ none: 'proved', few: expect.stringContaining('length') });
  expectAgreement(text);
});
