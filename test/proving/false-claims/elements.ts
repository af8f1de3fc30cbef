// The entries of a map have values of their own, a list has elements of no use, and the smallest value of several is not
// the largest.

import { createRequest, type FalseClaim, impossible } from './false-claim.ts';

/** No condition is impossible that a request satisfies. */
function possible(declaration: string, condition: string, subject: object): FalseClaim {
  return {
    name: condition,
    policy: impossible(`subject any { ${declaration} }`, condition),
    requests: [createRequest({ subject })],
  };
}

const numbers = 'm: Map<String, Int(0..9)>';
const texts = 'm: Map<String, String>';
const names = 'l: List<SpiffeId>';
const items = 'l: List<{ n: Int(0..9) }>';
const [both, several] = [{ m: { a: 1, b: 2 } }, { l: [{ n: 1 }, { n: 3 }] }];

export const elementClaims: readonly FalseClaim[] = [
  possible(numbers, 'subject.m["a"] is 1 and subject.m["b"] is 2', both),
  possible(numbers, 'subject.m["a"] < subject.m["b"]', both),
  possible(numbers, 'subject.m["a"] is present and subject.m["c"] is missing', both),
  possible(texts, 'subject.m["a"] is "x" and subject.m["b"] is "y"', { m: { a: 'x', b: 'y' } }),
  possible(texts, 'subject.m["a"] is not subject.m["b"]', { m: { a: 'x', b: 'y' } }),
  possible(numbers, 'subject.m["a"] is 1 and (any e in subject.m satisfies e.value is 2)', both),
  possible(names, 'size(subject.l) is 1 and not (all x in subject.l satisfies x.path is "/a")', {
    l: ['spiffe://a/b'],
  }),
  possible(names, 'size(subject.l) > 0 and not known("spiffe://a/b" in subject.l)', {
    l: ['no SPIFFE ID'],
  }),
  possible(
    names,
    'size(subject.l) is 1 and not known(any x in subject.l satisfies x.path is "/a")',
    {
      l: ['no SPIFFE ID'],
    },
  ),
  possible(items, 'min(i.n for i in subject.l) is 1 and max(i.n for i in subject.l) is 3', several),
  possible(items, 'min(i.n for i in subject.l) < max(i.n for i in subject.l)', several),
  possible(
    items,
    'min(i.n for i in subject.l) < 2 and (any i in subject.l satisfies i.n > 2)',
    several,
  ),
  possible(
    items,
    'max(i.n for i in subject.l) > 2 and (any i in subject.l satisfies i.n < 2)',
    several,
  ),
  possible(numbers, 'min(e.value for e in subject.m) is 1 and subject.m["b"] is 2', both),
  possible(numbers, 'max(e.value for e in subject.m) is 2 and subject.m["a"] is 1', both),
];
