// Predicates, functions and `let`s of the file: a call has the value of its body with the arguments, including
// unknown ones.

import type { Row } from './row.ts';

export const functionDeclarations = `
predicate both(a: Bool, b: Bool) = a and b
predicate never() = false
predicate same(a: Int, b: Int) = a is b
predicate adult(x: { age?: Int }) = x.age >= 18
predicate adults(list: List<Person>) = all x in list satisfies adult(x)
predicate two_of(list: List<Int>, of: Int) = any x in list satisfies same(x, of) and same(or_zero(x), of)
predicate high(r: { level?: Level }) = r.level is HIGH
predicate last_high(r: { level?: Level }) = latest(r.level) is HIGH
predicate told(r: { level?: Level }) = r.level is present
predicate usable(x: Int) = known(x)
predicate there(r: { tag: String }) = known(r)
predicate owned(what: { id: String, owner?: String }) = what.owner is "ann" or what.id is "bill-2"
predicate begun(at: Timestamp) = now_is_over(context.time, at)
predicate now_is_over(a: Timestamp, b: Timestamp) = a >= b
predicate at_least(a: Level, b: Level) = a >= b
function longest(a: Int, b: Int): Int = if a > b then a else b
function or_zero(a: Int): Int = a else 0
function name_of(x: Person): String = x.name else "nobody"
function first_of(a: Set<String>, b: Set<String>): Set<String> = a else b
let sum_of_both = context.n + context.m
let own_action = action.name
`;

export const functionRows: readonly Row[] = [
  ['both(p, q)', '"p": true, "q": true', true],
  ['both(p, q)', '"p": false', false],
  ['both(p, q)', '"p": true', 'unknown'],
  ['both(p, q)', '', 'unknown'],
  ['not both(p, q)', '"q": false', true],
  ['both(both(p, q), not both(p, q))', '"p": true', 'unknown'],
  ['both(both(p, q), both(q, p)) is p', '"p": true, "q": true', true],
  ['never()', '', false],
  ['same(n, n)', '"n": 1', true],
  ['same(n, n)', '', 'unknown'],
  ['same(longest(n, m), longest(m, n))', '"n": 1, "m": 2', true],
  ['same(longest(n, 2), 2)', '"n": 1', true],
  ['same(longest(n, 2), 2)', '', 'unknown'],
  ['longest(longest(n, m), 3) is 5', '"n": 5, "m": 4', true],
  ['or_zero(n) is 0', '', true],
  ['or_zero(n + 1) is 0', '"n": 9223372036854775807', true],
  ['or_zero(n) is 0', '"n": 3', false],
  ['usable(n)', '', false],
  ['usable(n + m)', '"n": 1, "m": 1', true],
  ['adults(people)', '"people": [{ "age": 18 }, { "age": 50 }]', true],
  ['adults(people)', '"people": [{ "age": 18 }, { "age": 5 }]', false],
  ['adults(people)', '"people": [{ "age": 18 }, {}]', 'unknown'],
  ['adults(people)', '"people": []', true],
  ['adults(people)', '', 'unknown'],
  [
    'any x in people satisfies adult(x) and name_of(x) is "nobody"',
    '"people": [{ "age": 18, "name": "a" }, { "age": 20 }]',
    true,
  ],
  [
    'any x in people satisfies adult(x) and name_of(x) is "nobody"',
    '"people": [{ "age": 18, "name": "a" }, { "age": 2 }]',
    false,
  ],
  // An element as argument has another value in each call.
  ['two_of(queue, 2)', '"queue": [1, 2, 3]', true],
  ['two_of(queue, 2)', '"queue": [2, 1]', true],
  ['two_of(queue, 2)', '"queue": [1, 3]', false],
  ['all x in numbers satisfies same(longest(x, 2), x)', '"numbers": [2, 3]', true],
  ['all x in numbers satisfies same(longest(x, 2), x)', '"numbers": [3, 1]', false],
  [
    'all x in numbers satisfies any y in numbers satisfies same(longest(x, y), y)',
    '"numbers": [1, 3]',
    true,
  ],
  ['high(risk)', '"risk": { "level": "HIGH", "observed_at": "2026-03-03T09:58:00Z" }', true],
  ['high(risk)', '"risk": { "level": "HIGH", "observed_at": "2026-03-01T00:00:00Z" }', 'unknown'],
  ['last_high(risk)', '"risk": { "level": "HIGH", "observed_at": "2026-03-01T00:00:00Z" }', true],
  ['told(risk)', '"risk": {}', false],
  ['told(risk)', '"risk": { "level": "SEVERE" }', true],
  ['high(context)', '"level": "HIGH"', true],
  ['there(session)', '"session": {}', true],
  ['there(session)', '', false],
  ['owned(subject)', '', true],
  ['owned(resource)', '', 'unknown'],
  ['begun(begin)', '"begin": "2026-03-03T10:00:00Z"', true],
  ['begun(begin)', '"begin": "2026-03-03T10:00:01Z"', false],
  ['begun(begin)', '', 'unknown'],
  ['now_is_over(end, context.time)', '"end": "2026-03-03T09:59:59Z"', false],
  ['at_least(level, MEDIUM)', '"level": "HIGH"', true],
  ['at_least(level, MEDIUM)', '"level": "SEVERE"', 'unknown'],
  ['"a" in first_of(names, tags)', '"names": ["a"]', true],
  ['"a" in first_of(names, { "a" })', '', true],
  ['sum_of_both is 3', '"n": 1, "m": 2', true],
  ['sum_of_both is 3', '"n": 1', 'unknown'],
  ['own_action is "pay"', '', true],
];
