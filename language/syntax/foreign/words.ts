// The words and operators of other languages, each with its translation. The other files of this folder
// decide where a row applies. A row never applies where the word is valid, so each word can be used as a
// name.

export type ForeignLanguage = 'Rego' | 'Cedar' | 'CEL' | 'Polar' | 'SQL' | 'JavaScript' | 'Python';

/** The position in which a word is recognized. */
export type WordPosition =
  /** An operator or comment, which is an error everywhere. */
  | 'sign'
  /** The first word of a declaration, a rule or a statement. */
  | 'start'
  /** After a value, where an operator or a clause is expected. */
  | 'infix'
  /** Before a value. */
  | 'prefix'
  /** A name that is used as a value. */
  | 'name'
  /** A function, called as `f(x)` or as `x.f()`. */
  | 'function'
  /** A member of a value that has no members. */
  | 'member'
  /** A type. */
  | 'type';

export interface ForeignWord {
  readonly word: string;
  readonly place: WordPosition;
  /** The languages that have the word; the page of the first one in docs/coming-from explains it. */
  readonly from: readonly [ForeignLanguage, ...ForeignLanguage[]];
  /** The valid syntax; it follows "expected" in the message. */
  readonly expected: string;
  /** The translation in one line. */
  readonly help: string;
  /** The replacement, if it is certain. */
  readonly instead?: string;
}

/** Notation that only one language has; it selects the page for words that several languages have. */
export const clues: Readonly<Record<ForeignLanguage, RegExp>> = {
  Rego: /^\s*package\s|\binput\.|:=|\bdefault\s+\w+|\bdata\.|\bimport\s+rego\b|\bcontains\s+\w+\s+if\b/m,
  Cedar:
    /\bprincipal\b|\b(?:permit|forbid)\s*\(|\bforbid\b|::"|\.contains(?:All|Any)\(|\bhas\s+\w|^\s*@\w+\(/m,
  CEL: /\bhas\(|\.(?:exists|all|startsWith|getHours)\(/,
  Polar: /\bactor\b|\ballow\(|\bhas_(?:role|permission)\(/,
  SQL: /\b(?:SELECT|WHERE|AND|OR|NOT|LIKE|NULL|BETWEEN|CASE|COALESCE)\b|^\s*--/m,
  JavaScript:
    /===|!==|=>|\?\.|\?\?|\/\*|\b(?:undefined|typeof|return|function\s+\w+\(\w+\)|var|new\s)/,
  Python: /\b(?:None|True|False|elif)\b|\bdef\s/,
};

const [rego, cedar, cel, polar, sql, javascript, python] = [
  'Rego',
  'Cedar',
  'CEL',
  'Polar',
  'SQL',
  'JavaScript',
  'Python',
] as const;

const group = 'a group such as `for any { permit NAME when … }`';
const namedRule = 'a rule such as `permit NAME when …`';
const conditions = 'conditions are joined with words: `and`, `or` and `not`';
const comparison = 'values are compared with `is` and `is not`';
const comment = 'a comment begins with `//` and ends with its line';
const quotes = 'strings are written in double quotes: `"text"`';
const presence = 'a missing member is tested with `x is missing` and `x is present`';
const noNull = `there is no null: ${presence}`;
const declared = 'a request has the types that the policy declares, so nothing is converted';
const matching =
  '`*` in a pattern stays within a segment: `x matches glob"fs/**"`, `x starts_with "fs/"`';
const anyOf = '`any t in context.tags satisfies t is "a"`, or `"a" in context.tags` for a set';
const allOf = '`all t in context.tags satisfies t starts_with "a"`';
const clock =
  'the time of the request is `context.time`, declared as `context { time: Timestamp }`';
const timeOfDay = '`time_of_day(context.time, "Europe/Berlin") >= 09:00`, or a `window`';
const weekday = '`weekday(context.time, "Europe/Berlin") in { Sat, Sun }`, or a `window`';
const request = 'the parts of a request are `subject`, `action`, `resource` and `context`';
const lookup = 'a table is declared in the policy and looked up by its name: `levels[subject.id]`';
const defaults = 'a request that no rule permits is denied, so there is nothing to declare';
const regexSearch =
  '`x matches regex"…"`, which must match the whole string: begin and end it with `.*` to search';

function createRow(place: WordPosition) {
  return (
    word: string,
    from: ForeignWord['from'],
    expected: string,
    help: string,
    instead?: string,
  ): ForeignWord => ({ word, place, from, expected, help, ...(instead ? { instead } : {}) });
}

const sign = createRow('sign');
const start = createRow('start');
const infix = createRow('infix');
const prefix = createRow('prefix');
const name = createRow('name');
const call = createRow('function');
const member = createRow('member');
const type = createRow('type');

export const foreignWords: readonly ForeignWord[] = [
  sign('&&', [cel, cedar, javascript], '`and`', conditions, 'and'),
  sign('||', [cel, cedar, javascript], '`or`', conditions, 'or'),
  sign('!', [cel, cedar, javascript], '`not`', conditions, 'not'),
  sign(
    '&',
    [rego, javascript],
    '`and` or `intersect`',
    '`a and b` for conditions, `a intersect b` for sets',
  ),
  sign('|', [rego, javascript], '`or` or `union`', '`a or b` for conditions, `a union b` for sets'),
  sign('===', [javascript], '`is`', comparison, 'is'),
  sign('!==', [javascript], '`is not`', comparison, 'is not'),
  sign(':=', [rego, polar], '`=`', '`let x = …` in a group, `where x = …` after a rule', '='),
  sign('??', [javascript], '`else`', '`x else 3` is `3` if `x` is missing'),
  sign(
    '?.',
    [javascript],
    '`.`',
    'a missing member makes the condition unknown, so `x.y` is enough',
    '.',
  ),
  sign('=>', [javascript], 'a condition', `there are no function values: ${anyOf}`),
  sign("'…'", [cel, sql, javascript, python], 'double quotes', quotes),
  sign(
    '`…`',
    [javascript, rego],
    'double quotes',
    `${quotes}; a reason takes placeholders: \`because "level {context.level}"\``,
  ),
  sign('#', [rego, polar, python], '`//`', comment, '//'),
  sign('--', [sql], '`//`', comment, '//'),
  sign('/* … */', [javascript], '`//`', comment),
  sign(
    ';',
    [rego, cedar, polar, javascript, sql],
    'nothing',
    'declarations and rules need no separator: a new one begins with its keyword',
  ),
  sign(
    '@',
    [cedar],
    'a clause such as `because "…"`',
    'the name of a rule is its id, `because "…"` its reason, `covers …` the controls that it implements',
  ),
  sign(
    '::',
    [cedar],
    'the id alone',
    '`subject.id is "alice"`; the type is in the group: `for user { … }`',
  ),
  sign('<>', [sql], '`is not`', comparison, 'is not'),
  sign('=', [polar, sql], '`is`', comparison, 'is'),
  sign('{ … }', [cedar, rego], 'a condition', '`when { x }` is written `when x`'),
  sign(
    'permit (…)',
    [cedar],
    group,
    '`permit (principal is Agent, action == Action::"read", resource) when { x }` is written `for agent doing read { permit NAME when x }`',
  ),
  sign(
    'allow (…)',
    [polar],
    group,
    '`allow(user: User, "read", doc: Document) if x` is written `for user doing read on document { permit NAME when x }`',
  ),
  sign(
    'deny [msg]',
    [rego],
    'a name and a condition',
    '`deny[msg] { x }` is written `deny NAME when x because "message"`',
  ),
  sign(
    '"x" in y',
    [javascript],
    '`is present`',
    '`"level" in context` is written `context.level is present`',
  ),
  sign(
    '+',
    [javascript, python],
    'a placeholder',
    'strings are not joined; a reason takes placeholders: `because "level {context.level}"`',
  ),
  sign(
    '? :',
    [cel, javascript],
    '`if … then … else …`',
    '`a ? b : c` is written `if a then b else c`',
  ),
  sign(
    '[…]',
    [rego, cedar, cel, polar, javascript],
    '`{`',
    'a set or list is written in braces: `{ "a", "b" }`',
  ),
  sign(
    '[0]',
    [cel, javascript, python],
    'a table',
    'list elements have no position here: `any x in context.names satisfies …`',
  ),
  sign('/…/', [javascript], 'a pattern such as `regex"…"`', regexSearch),

  start(
    'allow',
    [rego, polar],
    namedRule,
    '`allow if x` is written `permit NAME when x`',
    'permit',
  ),
  start(
    'forbid',
    [cedar],
    '`deny`',
    '`forbid (…) when { x }` is written `deny NAME when x`',
    'deny',
  ),
  start('reject', [rego], '`deny`', '`deny NAME when x`', 'deny'),
  start(
    'grant',
    [sql],
    namedRule,
    'write what a subject may do as a rule: `for agent doing read { permit NAME when … }`',
  ),
  start('select', [sql], group, 'a policy decides one request: `for any { permit NAME when … }`'),
  start(
    'where',
    [sql],
    '`when`',
    'the condition of a rule follows `when`; `where x = …` names a value',
    'when',
  ),
  start(
    'package',
    [rego],
    '`policy`',
    '`package acme.tools` is written `policy acme.tools`',
    'policy',
  ),
  start(
    'import',
    [rego, javascript, python],
    '`use`',
    'names of another file are imported with `use { name } from "file.nhipol"`, those of the vocabulary with `use nhi.{ Risk }`',
    'use',
  ),
  start('default', [rego], 'a rule', defaults),
  start(
    'entity',
    [cedar],
    '`subject` or `resource`',
    '`entity User { team?: String }` is written `subject user { team?: String }`',
  ),
  start('actor', [polar], '`subject`', '`actor User {}` is written `subject user {}`', 'subject'),
  start(
    'principal',
    [cedar],
    '`subject`',
    '`subject user { team?: String }` declares the members of a principal',
    'subject',
  ),
  start(
    'namespace',
    [cedar],
    '`policy`',
    '`policy acme.tools` names the policy; types have no namespace',
  ),
  start(
    'type',
    [javascript, cedar],
    '`record` or `enum`',
    '`record Risk { level?: Int }`, `enum Level { low < high }`',
  ),
  start('interface', [javascript], '`record`', '`record Risk { level?: Int }`', 'record'),
  start('class', [javascript, python], '`record`', '`record Risk { level?: Int }`', 'record'),
  start(
    'var',
    [javascript],
    '`const` or `let`',
    '`const limit = 5` for a constant, `let x = …` for a value of the request',
    'const',
  ),
  start(
    'export',
    [javascript],
    'a declaration',
    'every declaration of a file can be used by others, so there is no `export`',
  ),
  start(
    'def',
    [python],
    '`function` or `predicate`',
    '`predicate big(n: Int) = n > 5`, `function twice(n: Int): Int = n * 2`',
  ),
  start(
    'fn',
    [rego],
    '`function` or `predicate`',
    '`predicate big(n: Int) = n > 5`, `function twice(n: Int): Int = n * 2`',
  ),
  start(
    'return',
    [javascript, python],
    'an effect such as `permit` or `deny`',
    'a rule states its effect and its condition: `permit NAME when …`',
  ),
  start(
    'if',
    [javascript, polar],
    namedRule,
    '`if (x) { permit }` is written `permit NAME when x`',
  ),
  start(
    'else',
    [rego, javascript],
    'a rule',
    'the strictest rule that fires wins, regardless of the order: write a separate rule for the other case',
  ),
  start(
    'assert',
    [polar],
    '`expect`',
    'a test is written `test "name" { request { … } expect permit }`',
  ),
  start(
    'setup',
    [polar],
    '`request`',
    'a test is written `test "name" { request { … } expect permit }`',
  ),

  infix('and', [sql], '`and`', conditions, 'and'),
  infix('or', [sql], '`or`', conditions, 'or'),
  infix('not', [sql], '`not`', conditions, 'not'),
  infix('is', [sql], '`is`', comparison, 'is'),
  infix('in', [sql], '`in`', '`x in { "a", "b" }`', 'in'),
  infix('is null', [sql], '`is missing`', noNull, 'is missing'),
  infix('is not null', [sql], '`is present`', noNull, 'is present'),
  infix('not in', [sql], '`not in`', '`x not in { "a", "b" }`', 'not in'),
  infix('not like', [sql], '`not matches glob"…"`', matching),
  infix('like', [cedar, sql], '`matches glob"…"`', matching),
  infix('between', [sql], 'two comparisons', '`x >= 1 and x <= 5`'),
  infix(
    'has',
    [cedar],
    '`is present`',
    '`context has level` is written `context.level is present`',
  ),
  infix('if', [rego, polar], '`when`', 'the condition of a rule follows `when`', 'when'),
  infix(
    'unless',
    [cedar],
    '`when not (…)`',
    '`unless { x }` is written `when not (x)`; a `deny` also fires if that is unknown',
  ),
  infix(
    'instanceof',
    [javascript],
    '`for`',
    'the type of a subject or resource is in the group: `for user on document { … }`',
  ),
  infix(
    'contains',
    [rego],
    'a name and a condition',
    '`deny contains msg if { x }` is written `deny NAME when x because "message"`',
  ),

  prefix('not', [sql], '`not`', conditions, 'not'),
  prefix('some', [rego], '`any … satisfies …`', `\`some x in xs\` is written ${anyOf}`),
  prefix('every', [rego], '`all … satisfies …`', `\`every x in xs { … }\` is written ${allOf}`),
  prefix(
    'case',
    [sql],
    '`if … then … else …`',
    '`CASE WHEN a THEN b ELSE c END` is written `if a then b else c`',
  ),
  prefix('new', [javascript], 'a value', `there are no objects to create; ${clock}`),
  prefix('typeof', [javascript], 'a value', declared),
  prefix(
    'sprintf',
    [rego],
    'a string',
    'a reason is a string with placeholders: `because "level {context.level}"`',
  ),
  prefix(
    'concat',
    [rego, sql],
    'a string',
    'a reason is a string with placeholders: `because "level {context.level}"`',
  ),
  prefix(
    'format',
    [rego, python],
    'a string',
    'a reason is a string with placeholders: `because "level {context.level}"`',
  ),

  name('principal', [cedar], '`subject`', '`principal` is called `subject`', 'subject'),
  name('actor', [polar], '`subject`', '`actor` is called `subject`', 'subject'),
  name('user', [polar, rego], '`subject`', '`user` is called `subject`', 'subject'),
  name(
    'input',
    [rego],
    '`subject`, `action`, `resource` or `context`',
    `${request}: \`input.subject.id\` is written \`subject.id\``,
  ),
  name(
    'request',
    [cel],
    '`subject`, `action`, `resource` or `context`',
    `${request}: \`request.context.level\` is written \`context.level\``,
  ),
  name('data', [rego], 'a table', lookup),
  name('now', [cel, sql], '`context.time`', clock, 'context.time'),
  name('null', [cel, javascript, rego, sql], '`is missing`', noNull),
  name('undefined', [javascript], '`is missing`', noNull),
  name('nil', [polar], '`is missing`', noNull),
  name('None', [python], '`is missing`', noNull),
  name('TRUE', [sql], '`true`', 'the truth values are `true` and `false`', 'true'),
  name('FALSE', [sql], '`false`', 'the truth values are `true` and `false`', 'false'),
  name('True', [python], '`true`', 'the truth values are `true` and `false`', 'true'),
  name('False', [python], '`false`', 'the truth values are `true` and `false`', 'false'),

  call('has', [cel], '`is present`', '`has(context.level)` is written `context.level is present`'),
  call('exists', [cel, sql], '`any … satisfies …`', anyOf),
  call(
    'exists_one',
    [cel],
    '`any … satisfies …`',
    `the number of matching elements cannot be tested, only whether there is one: ${anyOf}`,
  ),
  call('some', [javascript], '`any … satisfies …`', anyOf),
  call('every', [javascript], '`all … satisfies …`', allOf),
  call('any', [cedar, python], '`any … satisfies …`', anyOf),
  call('all', [cel, python], '`all … satisfies …`', allOf),
  call('filter', [cel, javascript], '`any … satisfies …`', anyOf),
  call('map', [cel, javascript], '`any … satisfies …`', anyOf),
  call(
    'contains',
    [cedar, cel, rego],
    '`in` or `contains`',
    '`x in s` for a set or list, `s contains "x"` for a string',
  ),
  call(
    'includes',
    [javascript],
    '`in` or `contains`',
    '`x in s` for a set or list, `s contains "x"` for a string',
  ),
  call('containsAll', [cedar], '`within`', '`s.containsAll(t)` is written `t within s`'),
  call('containsAny', [cedar], '`intersects`', '`s.containsAny(t)` is written `s intersects t`'),
  call('isEmpty', [cedar], '`size`', '`s.isEmpty()` is written `size(s) is 0`'),
  call('hasTag', [cedar], '`is present`', '`x.hasTag("level")` is written `x.level is present`'),
  call(
    'startsWith',
    [cel, javascript],
    '`starts_with`',
    '`s.startsWith("a")` is written `s starts_with "a"`',
  ),
  call(
    'endsWith',
    [cel, javascript],
    '`ends_with`',
    '`s.endsWith("a")` is written `s ends_with "a"`',
  ),
  call(
    'startswith',
    [rego, python],
    '`starts_with`',
    '`startswith(s, "a")` is written `s starts_with "a"`',
  ),
  call(
    'endswith',
    [rego, python],
    '`ends_with`',
    '`endswith(s, "a")` is written `s ends_with "a"`',
  ),
  call('matches', [cel], '`matches regex"…"`', regexSearch),
  call('match', [javascript], '`matches regex"…"`', regexSearch),
  call('test', [javascript], '`matches regex"…"`', regexSearch),
  call('regex.match', [rego], '`matches regex"…"`', regexSearch),
  call('re_match', [rego], '`matches regex"…"`', regexSearch),
  call('glob.match', [rego], '`matches glob"…"`', matching),
  call('toLowerCase', [javascript], '`lower(…)`', '`s.toLowerCase()` is written `lower(s)`'),
  call('lowerAscii', [cel], '`lower(…)`', '`s.lowerAscii()` is written `lower(s)`'),
  call(
    'toUpperCase',
    [javascript],
    '`lower(…)`',
    'strings are compared in lower case: `lower(s) is "read"`',
  ),
  call(
    'upper',
    [rego, sql],
    '`lower(…)`',
    'strings are compared in lower case: `lower(s) is "read"`',
  ),
  call(
    'trim',
    [rego, javascript],
    'the string itself',
    'strings are compared as they are: the host trims them',
  ),
  call(
    'split',
    [rego, javascript],
    'a pattern',
    '`x matches glob"a/*/c"` tests the segments of a string',
  ),
  call(
    'concat',
    [rego, sql],
    'a string',
    'strings are not joined; a reason takes placeholders: `because "level {context.level}"`',
  ),
  call(
    'sprintf',
    [rego],
    'a string',
    'a reason is a string with placeholders: `because "level {context.level}"`',
  ),
  call(
    'count',
    [rego, sql],
    '`size(…)`',
    '`count(context.tags)` is written `size(context.tags)`; `count(allowed, within 1h)` counts events',
    'size',
  ),
  call(
    'len',
    [python],
    '`size(…)` or `length(…)`',
    '`size(s)` for a set or list, `length(s)` for a string',
  ),
  call('coalesce', [sql], '`else`', '`COALESCE(x, 3)` is written `x else 3`'),
  call('object.get', [rego], '`else`', '`object.get(input, "x", 3)` is written `context.x else 3`'),
  call('now', [sql], '`context.time`', clock),
  call('time.now_ns', [rego], '`context.time`', clock),
  call('Date.now', [javascript], '`context.time`', clock),
  call('time.clock', [rego], '`time_of_day(…)`', timeOfDay),
  call('time.weekday', [rego], '`weekday(…)`', weekday),
  call(
    'time.parse_rfc3339_ns',
    [rego],
    'an instant',
    '`2026-12-25T00:00:00Z` is a value; a member has the type `Timestamp`',
  ),
  call('getHours', [cel, javascript], '`time_of_day(…)`', timeOfDay),
  call('getDayOfWeek', [cel], '`weekday(…)`', weekday),
  call('getDay', [javascript], '`weekday(…)`', weekday),
  call('durationSince', [cedar], '`-` or `age(…)`', '`context.time - t`, or `age(t)`'),
  call('duration', [cel, cedar], 'a duration such as `5m`', '`duration("5m")` is written `5m`'),
  call(
    'timestamp',
    [cel],
    'an instant such as `2026-12-25T00:00:00Z`',
    '`timestamp("2026-12-25T00:00:00Z")` is written `2026-12-25T00:00:00Z`',
  ),
  call(
    'datetime',
    [cedar],
    'an instant such as `2026-12-25T00:00:00Z`',
    '`datetime("2026-12-25T00:00:00Z")` is written `2026-12-25T00:00:00Z`',
  ),
  call(
    'isInRange',
    [cedar],
    '`in`',
    '`ip.isInRange(ip("10.0.0.0/8"))` is written `ip in 10.0.0.0/8`',
  ),
  call(
    'net.cidr_contains',
    [rego],
    '`in`',
    '`net.cidr_contains("10.0.0.0/8", ip)` is written `ip in 10.0.0.0/8`',
  ),
  call('lessThan', [cedar], '`<`', 'numbers are compared with `<`, `<=`, `>` and `>=`'),
  call('lessThanOrEqual', [cedar], '`<=`', 'numbers are compared with `<`, `<=`, `>` and `>=`'),
  call('greaterThan', [cedar], '`>`', 'numbers are compared with `<`, `<=`, `>` and `>=`'),
  call('greaterThanOrEqual', [cedar], '`>=`', 'numbers are compared with `<`, `<=`, `>` and `>=`'),
  call('string', [cel], 'a member of type `String`', declared),
  call('to_number', [rego], '`int(…)`', '`to_number(s)` is written `int(s)`'),
  call('parseInt', [javascript], '`int(…)`', '`parseInt(s)` is written `int(s)`'),
  call('units.parse', [rego], '`quantity(…)`', '`units.parse(s)` is written `quantity(s)`'),
  call(
    'units.parse_bytes',
    [rego],
    '`quantity(…)`',
    '`units.parse_bytes(s)` is written `quantity(s)`',
  ),
  call('type', [cel], 'a member of a declared type', declared),
  call(
    'has_role',
    [polar],
    'a set of roles',
    '`"owner" in subject.roles`, with `subject user { roles: Set<String> = {} }`',
  ),
  call(
    'has_permission',
    [polar],
    'a rule',
    'write a permission as a rule: `for user doing read on document { permit NAME when … }`',
  ),
  call(
    'has_relation',
    [polar],
    'a member',
    'relations are members of the request: `resource.owner is subject.id`',
  ),
  call(
    'http.send',
    [rego],
    'a member of `context`',
    'a policy reads only the request: the host fetches the value and passes it in `context`',
  ),
  call(
    'io.jwt.decode_verify',
    [rego],
    'a member of `context`',
    'the host verifies tokens and passes their contents in `context`',
  ),

  member(
    'length',
    [javascript],
    '`size(…)` or `length(…)`',
    '`size(s)` for a set or list, `length(s)` for a string',
  ),
  member(
    'size',
    [javascript, cel],
    '`size(…)` or `length(…)`',
    '`size(s)` for a set or list, `length(s)` for a string',
  ),
  member(
    'count',
    [sql],
    '`size(…)` or `length(…)`',
    '`size(s)` for a set or list, `length(s)` for a string',
  ),
  member('hour', [python, sql], '`time_of_day(…)`', timeOfDay),
  member('hours', [javascript], '`time_of_day(…)`', timeOfDay),
  member('minute', [python, sql], '`time_of_day(…)`', timeOfDay),
  member('weekday', [python], '`weekday(…)`', weekday),
  member('day', [python, sql], '`weekday(…)`', weekday),
  member('year', [python, sql], 'an instant', '`context.time < 2027-01-01T00:00:00Z`'),
  member('month', [python, sql], 'an instant', '`context.time < 2027-01-01T00:00:00Z`'),
  member('date', [python, sql], 'an instant', '`context.time < 2027-01-01T00:00:00Z`'),

  type('string', [javascript, cel], '`String`', 'types begin with a capital letter', 'String'),
  type('str', [python], '`String`', 'types begin with a capital letter', 'String'),
  type('text', [sql], '`String`', 'a string has the type `String`', 'String'),
  type('varchar', [sql], '`String`', 'a string has the type `String`', 'String'),
  type('boolean', [javascript, sql], '`Bool`', 'a truth value has the type `Bool`', 'Bool'),
  type('bool', [cel, python], '`Bool`', 'types begin with a capital letter', 'Bool'),
  type('int', [cel, sql, python], '`Int`', 'types begin with a capital letter', 'Int'),
  type('integer', [sql], '`Int`', 'a whole number has the type `Int`', 'Int'),
  type('long', [cedar], '`Int`', 'a whole number has the type `Int`, of 64 bits', 'Int'),
  type(
    'number',
    [javascript, rego],
    '`Int` or `Decimal`',
    '`Int` for whole numbers, `Decimal` for up to six decimal places',
  ),
  type('float', [python, sql], '`Decimal`', '`Decimal` has six exact decimal places', 'Decimal'),
  type('double', [cel, sql], '`Decimal`', '`Decimal` has six exact decimal places', 'Decimal'),
  type('datetime', [cedar, sql], '`Timestamp`', 'an instant has the type `Timestamp`', 'Timestamp'),
  type(
    'date',
    [javascript, sql],
    '`Timestamp`',
    'an instant has the type `Timestamp`',
    'Timestamp',
  ),
  type('ipaddr', [cedar], '`Ip`', 'an address has the type `Ip`, a network `Cidr`', 'Ip'),
  type(
    'object',
    [javascript, rego],
    'a record',
    'a record lists its members: `{ level?: Int, owner?: String }`',
  ),
  type(
    'any',
    [javascript, rego],
    'a type',
    'every member has a type of its own: `Bool`, `Int`, `String`, …',
  ),
  type(
    'map',
    [cel, javascript],
    '`Map<String, …>`',
    'a map has strings as keys: `Map<String, String>`; a record lists its members: `{ level?: Int }`',
  ),
  type(
    'array',
    [javascript, rego],
    '`List` or `Set`',
    '`List<String>`, or `Set<String>` if the order does not matter',
  ),
  type(
    'dict',
    [python],
    '`Map<String, …>`',
    'a map has strings as keys: `Map<String, String>`; a record lists its members: `{ level?: Int }`',
  ),
];
