// Predicates and functions for whole programs: fixed ones over records, lists and the clock, whose
// arguments are generated where they are called. The members that they read are declared for every group.

import type { Kind } from './kinds.ts';
import type { Reach } from './reach.ts';

export const fixedFunctions = `
predicate heavy(item: Item, least: Int) = item.size > least and item.name is not "x"
predicate named(item: { name?: String }, names: Set<String>) = item.name is missing or item.name in names
predicate has_heavy(items: List<Item>, least: Int) = any i in items satisfies heavy(i, least)
predicate all_named(items: List<{ name?: String }>, names: Set<String>) =
  all i in items satisfies named(i, names)
predicate is_risky(risk: { level?: Level, score?: Int, flag: Bool = false }, from: Level) =
  risk.level >= from or risk.flag or known(risk)
predicate may(who: { on?: Bool, scopes: Set<String> = { "a" }, id: String }, scope: String) =
  who.on and scope in who.scopes or who.id is scope
predicate turned(instant: Timestamp, at: Timestamp) = instant >= at
predicate older(at: Timestamp, than: Duration) = age(at) > than
predicate lasted(passed: Duration, least: Duration) = (passed >= least) else false
function longest(a: Int, b: Int): Int = if a > b then a else b
function twice_longest(a: Int, b: Int): Int = longest(a, b) + longest(b, a)
function doubled_in(values: Set<Int>, of: Int): Bool = any v in values satisfies v is twice_longest(of, v)
function label_of(what: { label?: String, type: String }): String = what.label else what.type
`;

type Grow = (kind: Kind) => string;

interface Call {
  /** The scope that a group must have to call it. */
  readonly reach: Reach;
  readonly text: (of: Grow) => string;
}

const call = (text: Call['text'], reach: Reach = 'always'): Call => ({ reach, text });

/** Calls that result in a Bool. */
export const boolCalls: readonly Call[] = [
  call((of) => `has_heavy(context.list, ${of('Int')})`),
  call((of) => `all_named(context.list, ${of('Set<String>')})`),
  call(
    (of) =>
      `(any y in context.list satisfies heavy(y, ${of('Int')}) or named(y, ${of('Set<String>')}))`,
  ),
  call((of) => `(all y in context.names satisfies may(subject, y) or ${of('Bool')})`, 'subject'),
  call((of) => `is_risky(context.risk, ${of('Level')})`),
  call((of) => `may(subject, ${of('String')})`, 'subject'),
  call((of) => `turned(context.time, ${of('Timestamp')})`),
  call((of) => `turned(${of('Timestamp')}, context.time)`),
  call((of) => `older(${of('Timestamp')}, ${of('Duration')})`),
  call((of) => `lasted(context.time - ${of('Timestamp')}, ${of('Duration')})`),
  call((of) => `lasted(age(${of('Timestamp')}), ${of('Duration')})`),
  call((of) => `doubled_in(context.ints, ${of('Int')})`),
  call(() => 'is_expired(context.card)', 'card'),
];

/** Calls that result in an Int. */
export const intCalls: readonly Call[] = [
  call((of) => `longest(${of('Int')}, ${of('Int')})`),
  call((of) => `twice_longest(${of('Int')}, ${of('Int')})`),
  call((of) => `(length(label_of(resource)) + ${of('Int')})`),
];
