// A request without an entry of a map has one entry less: for its key, for conditions about all entries, and in its size.

import { createRequest, type FalseClaim } from './false-claim.ts';

/** The answer is a deny with all entries, and a permit without one of them. */
function without(
  rule: string,
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  value = 'String',
): FalseClaim {
  return {
    name: rule,
    policy: `policy acme.labels
enum Level { low < high }
subject any { labels: Map<String, ${value}> }
for any {
  ${rule}
}
`,
    change: 'missing subject.labels[].value never loosens',
    requests: [before, after].map((labels) => createRequest({ subject: { labels } })),
  };
}

const [both, one] = [{ a: 'x', b: 'y' }, { a: 'x' }];
const numbers = 'Int(0..9)';

/** A rule that is about all entries, and the value for a key. */
function higher(rule: string, before: object, after: object): FalseClaim {
  const { change: _, ...claim } = without(rule, { ...before }, { ...after }, numbers);
  return { ...claim, change: 'higher subject.labels[].value never loosens' };
}

export const entryClaims: readonly FalseClaim[] = [
  without('permit ok when size(subject.labels) <= 1', both, one),
  without('permit ok when size(subject.labels) is 1', both, one),
  without('permit ok when size(subject.labels) is 0', one, {}),
  without('permit ok otherwise\n  deny no when size(subject.labels) > 1', both, one),
  without('permit ok when all e in subject.labels satisfies e.value is "x"', both, one),
  without('permit ok when all e in subject.labels satisfies e.key is "a"', both, one),
  without(
    'permit ok when (all e in subject.labels satisfies e.value is "x") and subject.labels["a"] is "x"',
    both,
    one,
  ),
  without(
    'permit ok otherwise\n  deny no when any e in subject.labels satisfies e.key is "b", if unknown skip',
    both,
    one,
  ),
  without(
    'permit ok otherwise\n  deny no when any e in subject.labels satisfies e.value is "y", if unknown skip',
    both,
    one,
  ),
  without('permit ok when subject.labels["a"] is "x" and size(subject.labels) is 1', both, one),
  without(
    'permit ok when max(e.value for e in subject.labels) is 1',
    { a: 1, b: 2 },
    { a: 1 },
    numbers,
  ),
  without(
    'permit ok when sum(e.value for e in subject.labels) is 1',
    { a: 1, b: 2 },
    { a: 1 },
    numbers,
  ),
  without('permit ok when subject.labels["b"] is missing', both, one),
  without(
    'permit ok when all e in subject.labels satisfies e.value is low',
    { a: 'low', b: 'high' },
    { a: 'low' },
    'Level',
  ),
  higher(
    'permit ok when (all e in subject.labels satisfies e.value > 1) and subject.labels["a"] > 1',
    { a: 1 },
    { a: 2 },
  ),
  higher('permit ok when any e in subject.labels satisfies e.value is 2', { a: 1 }, { a: 2 }),
];
