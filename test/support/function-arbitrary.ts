// Predicates and functions for whole programs: fixed ones over records, lists and the clock, whose
// arguments are grown where they are called. What they read is there for every group.

/** Kinds of values, as program-arbitrary has them. */
type Kind = 'Bool' | 'Int' | 'Timestamp' | 'Duration' | 'String' | 'Strings' | 'Level';

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

/** Calls that give a Bool. */
export const boolCalls: readonly ((of: Grow) => string)[] = [
  (of) => `has_heavy(context.list, ${of('Int')})`,
  (of) => `all_named(context.list, ${of('Strings')})`,
  (of) => `(any y in context.list satisfies heavy(y, ${of('Int')}) or named(y, ${of('Strings')}))`,
  (of) => `(all y in context.names satisfies may(subject, y) or ${of('Bool')})`,
  (of) => `is_risky(context.risk, ${of('Level')})`,
  (of) => `may(subject, ${of('String')})`,
  (of) => `turned(context.time, ${of('Timestamp')})`,
  (of) => `turned(${of('Timestamp')}, context.time)`,
  (of) => `older(${of('Timestamp')}, ${of('Duration')})`,
  (of) => `lasted(context.time - ${of('Timestamp')}, ${of('Duration')})`,
  (of) => `lasted(age(${of('Timestamp')}), ${of('Duration')})`,
  (of) => `doubled_in(context.ints, ${of('Int')})`,
];

/** Calls that give an Int. */
export const intCalls: readonly ((of: Grow) => string)[] = [
  (of) => `longest(${of('Int')}, ${of('Int')})`,
  (of) => `twice_longest(${of('Int')}, ${of('Int')})`,
  (of) => `(length(label_of(resource)) + ${of('Int')})`,
];
