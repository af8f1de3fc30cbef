// The diagnostic of every code: the underlined source, the message, the label and the related places. The policy of a
// row is by default the `avoid` example of the code.

import { type Diagnostic, type DiagnosticCode, messages, readSourceText } from '@nhipol/language';
import type { Span } from '@nhipol/language/support';
import { zoneRelease } from '@nhipol/language/types';
import { expect, test } from 'vitest';
import { checkText, entry } from '../../support/checking.ts';
import { trapRows } from '../trap-rows.ts';

interface Row {
  readonly policy?: string;
  readonly underlined: string;
  readonly message: string;
  readonly label?: string;
  /** Each as `message: source`. */
  readonly related?: readonly string[];
}

function permitting(condition: string): string {
  return `policy p\nfor any { permit ok when ${condition} }`;
}

function inSession(condition: string, declared = '', doing = '', members = ''): string {
  return `policy p\ncontext { time: Timestamp ${members} }\n${declared}\nfor any ${doing} { deny stop when ${condition} }`;
}

const added = 'signals { a: { n: Int(0..), text: String } }';

const table: Readonly<Record<DiagnosticCode, readonly [Row, ...Row[]]>> = {
  // Words of other languages; test/language/mistakes has many more.
  'foreign-word': [
    { underlined: '&&', message: 'expected `and`, found `&&`' },
    {
      policy: 'policy p;\nfor any { permit ok otherwise }',
      underlined: ';',
      message: 'expected nothing, found `;`',
    },
    {
      policy: permitting('principal.id is "a"'),
      underlined: 'principal',
      message: 'expected `subject`, found `principal`',
    },
  ],
  // Signals and history
  'bad-history': [
    { underlined: 'since', message: '`since` takes two kinds of event' },
    {
      policy: inSession('once(allowed, refused)'),
      underlined: 'once',
      message: '`once` takes one kind of event',
    },
    {
      policy: inSession('last(allowed, within 1m).time is context.time'),
      underlined: 'last',
      message: '`last` takes no `within`',
    },
    {
      policy: inSession('once(allowed, within 1m, within 2m)'),
      underlined: 'once',
      message: '`once` takes one `within`',
    },
    {
      policy: inSession(
        'last(allowed across sessions per resource.id up to 9).time is context.time',
      ),
      underlined: 'last',
      message: '`last` takes no `across sessions`',
    },
    {
      policy: inSession('since(allowed, refused across sessions per resource.id up to 9)'),
      underlined: 'since',
      message: '`since` takes no `across sessions`',
    },
    {
      policy: inSession('sum(event.action.size of allowed across sessions, within 1d) > 3'),
      underlined: 'sum',
      message:
        '`sum` needs a key with `across sessions`: `across sessions per subject.id up to 1_000`',
    },
    {
      policy: inSession(
        'sum(event.action.size of allowed across sessions per resource.id up to 9) > 3',
      ),
      underlined: 'sum',
      message: '`sum` needs a window with `across sessions`: add `, within 1d`',
    },
    {
      policy: inSession('once(allowed across sessions, within 1d)'),
      underlined: 'once',
      message:
        '`once` needs a key with `across sessions`: `across sessions per subject.id up to 1_000`',
    },
    {
      policy: inSession('count(allowed across sessions per resource.id up to 9) > 3'),
      underlined: 'count',
      message: '`count` needs a window with `across sessions`: add `, within 1d`',
    },
  ],
  'bad-signal': [
    {
      underlined: '"failed"',
      message: '`failed` needs a record as its payload: write its members in braces',
    },
    {
      policy: inSession('once(signal "s")', 'signals { "s": { time: Timestamp } }'),
      underlined: '"s"',
      message: '`s` cannot have a member `time`: it is the instant of every event',
      related: ['declared here: time'],
    },
    {
      policy: inSession(
        'once(signal "s")',
        'record Seen { observed_at?: Timestamp }\nsignals { "s": { seen?: Seen fresh 5m } }',
      ),
      underlined: '"s"',
      message: '`s` cannot have a `fresh` member: the payload of a signal does not become stale',
      related: ['declared here: seen'],
    },
    {
      policy: inSession('once(refused)', 'enum Kind { a }\nsignals Kind'),
      underlined: 'Kind',
      message: '`Kind` is not a record of signals',
    },
  ],
  'unknown-signal': [
    {
      underlined: '"failed"',
      message: 'unknown signal `failed`',
      label: 'did you mean `faild`?',
    },
  ],
  'count-not-compared': [
    {
      underlined: 'context.most',
      message: '`count` must be compared with a constant of at least 0',
    },
    {
      policy: inSession('count(refused) > -1'),
      underlined: '-1',
      message: '`count` must be compared with a constant of at least 0',
    },
    {
      policy: inSession('size({ count(refused) }) > 1'),
      underlined: 'count(refused)',
      message: '`count` must be compared with a constant of at least 0',
    },
    {
      policy: inSession('count(refused) > count(allowed)'),
      underlined: 'count(allowed)',
      message: '`count` must be compared with a constant of at least 0',
    },
  ],
  'sum-not-compared': [
    {
      underlined: 'sum(event.action.amount of allowed, wit…',
      message: 'one `sum` must be compared with a value of the request or a constant',
    },
    {
      policy: inSession('sum(event.n of signal "a") > sum(event.n of signal "a")', added),
      underlined: 'sum(event.n of signal "a")',
      message: 'one `sum` must be compared with a value of the request or a constant',
    },
    {
      policy: inSession(
        'any each in context.list satisfies sum(event.n of signal "a") > each',
        added,
        '',
        'list: Set<Int>',
      ),
      underlined: 'each',
      message: 'one `sum` must be compared with a value of the request or a constant',
    },
  ],
  'bad-summand': [
    {
      underlined: 'event.action.balance',
      message: '`sum` cannot add this: it can be negative: declare it as `Decimal(0..)`',
    },
    {
      policy: inSession('sum(context.count of allowed) > 1', '', '', 'count: Int(0..)'),
      underlined: 'context.count',
      message: '`sum` cannot add this: expected a member of `event`, such as `event.action.amount`',
    },
    {
      policy: inSession('sum(event.text of signal "a") > 1', added),
      underlined: 'event.text',
      message:
        '`sum` cannot add this: a `String` cannot be added: expected an `Int` or a `Decimal`',
    },
  ],
  'count-limit': [
    { underlined: '5000', message: '`count` can be compared with at most 4095, found 5000' },
    {
      policy: inSession('count(refused per resource.id up to 16, within 1h) > 300'),
      underlined: '300',
      message: '`count` can be compared with at most 255, found 300',
    },
    {
      policy: inSession('count(refused across sessions per resource.id up to 5, within 1h) > 5000'),
      underlined: '5000',
      message: '`count` can be compared with at most 4095, found 5000',
    },
    {
      policy: inSession(
        'count(refused across sessions per resource.id up to 8_000, within 1h) > 30',
      ),
      underlined: '30',
      message: '`count` can be compared with at most 7, found 30',
    },
  ],
  'bad-within': [
    {
      underlined: '0s',
      message: '`within` takes a duration from 1 millisecond to 100 years',
    },
  ],
  'bad-key': [
    {
      underlined: 'context.ticket',
      message:
        'invalid key of events: expected a member of `action` or `resource`, or `context.call_digest`; other members can be keys of events `across sessions`',
    },
    {
      policy: inSession('once(refused across sessions per context.time up to 4, within 1d)'),
      underlined: 'context.time',
      message: 'invalid key of events: expected a member of the request',
    },
    {
      policy: inSession(
        'once(refused across sessions per subject.risk.team up to 4, within 1d)',
        'subject any { risk?: { team?: String, observed_at: Timestamp } fresh 5m }',
      ),
      underlined: 'subject.risk.team',
      message: 'invalid key of events: it can become stale',
    },
    {
      policy: inSession(
        'once(refused across sessions per subject.labels["team"] up to 4, within 1d)',
        'subject any { labels?: Map<String, String> }',
      ),
      underlined: 'subject.labels["team"]',
      message: 'invalid key of events: expected a member of the request',
    },
    {
      policy: inSession(
        'once(refused per action.by.trust_domain up to 4)',
        'action any { by?: SpiffeId }',
      ),
      underlined: 'action.by.trust_domain',
      message:
        'invalid key of events: expected a member of `action` or `resource`, or `context.call_digest`',
    },
    {
      policy: inSession('once(refused per (resource.id, context.time) up to 4)'),
      underlined: 'context.time',
      message:
        'invalid key of events: expected a member of `action` or `resource`, or `context.call_digest`; other members can be keys of events `across sessions`',
    },
    {
      policy: inSession(
        'once(refused per (resource.id, resource.type, action.name, resource.id, action.name) up to 4)',
      ),
      underlined: '(resource.id, resource.type, action.nam…',
      message: 'invalid key of events: it has more than 4 members',
    },
    {
      policy: inSession('once(refused where event.effect is deny up to 4)'),
      underlined: '4',
      message:
        'invalid key of events: `up to` needs values to limit: a member after `per`, or one of the event that `where` compares with one of the request by `is`',
    },
    {
      policy: inSession(
        'once(refused where event.action.name is subject.id per (resource.id, resource.type, action.name, resource.id) up to 4)',
      ),
      underlined: '(resource.id, resource.type, action.nam…',
      message: 'invalid key of events: it has more than 4 members',
    },
    {
      policy: inSession('once(refused per resource.id up to 0)'),
      underlined: '0',
      message: 'invalid key of events: the number of values must be at least 1',
    },
    {
      policy: inSession(
        'once(refused per action.tags up to 4)',
        'action any { tags: Set<String> = {} }',
      ),
      underlined: 'action.tags',
      message: 'invalid key of events: values of `Set<String>` cannot be compared',
    },
    {
      policy: inSession(
        'once(refused doing read per action.size up to 4)',
        'action read { size: Int }\naction any { size: Decimal }',
        'doing write',
      ),
      underlined: 'action.size',
      message: 'invalid key of events: it has different types in the event and in the request',
    },
  ],
  'not-of-event': [
    {
      underlined: 'context.ticket',
      message: 'an event pattern can only read its event, and this is part of the current request',
    },
    {
      policy: inSession('once(refused where event.time < context.time)'),
      underlined: 'context.time',
      message:
        'an event pattern can only read its event, and this is a value that changes with time',
    },
    {
      policy: inSession('once(refused where not (resource.id is event.resource.id))'),
      underlined: 'resource.id',
      message: 'an event pattern can only read its event, and this is part of the current request',
    },
    {
      policy: inSession(
        'once(refused where event.resource.id is resource.id or event.effect is deny)',
      ),
      underlined: 'resource.id',
      message: 'an event pattern can only read its event, and this is part of the current request',
    },
    {
      policy: inSession(
        'once(refused where event.action.name is subject.risk.team)',
        'subject any { risk?: { team?: String, observed_at: Timestamp } fresh 5m }',
      ),
      underlined: 'subject.risk.team',
      message:
        'an event pattern can only read its event, and this is a member of the current request that can become stale',
    },
    {
      policy: inSession(
        'any tag in context.tags satisfies once(refused where event.action.name is tag)',
        '',
        '',
        'tags: Set<String> = {}',
      ),
      underlined: 'tag',
      message: 'an event pattern can only read its event, and this is part of the current request',
    },
    {
      policy: inSession(
        'refusals(action.name)',
        'predicate refusals(name: String) = once(refused where event.action.name is not name)',
      ),
      underlined: 'refusals(action.name)',
      message: 'an event pattern can only read its event, and this is part of the current request',
      related: ['in `refusals`: event.action.name is not name', 'it is read here: action.name'],
    },
    {
      policy: inSession('once(refused where once(allowed))'),
      underlined: 'once(allowed)',
      message:
        'an event pattern can only read its event, and this is a history term about other events',
    },
    {
      policy: inSession(
        'once(refused where known(quotas[event.action.name]))',
        'external table quotas: String -> Int',
      ),
      underlined: 'quotas[event.action.name]',
      message:
        'an event pattern can only read its event, and this is a lookup in an external table',
    },
    {
      policy: inSession(
        'once(refused where mine(event.resource.id))',
        'predicate mine(id: String) = id is not subject.id',
      ),
      underlined: 'mine(event.resource.id)',
      message: 'an event pattern can only read its event, and this is part of the current request',
      related: ['it is read here: subject.id'],
    },
    {
      policy: inSession(
        'last(allowed).resource.seen.by is "x"',
        'record Seen { observed_at?: Timestamp, by?: String }\nresource any { seen?: Seen fresh 5m }',
      ),
      underlined: 'last(allowed).resource.seen',
      message:
        'an event pattern can only read its event, and this is a member that can become stale',
      related: ['declared here: seen'],
    },
  ],

  // Lexical and syntax errors
  'bad-address': [
    {
      underlined: '10.1.2.3/8',
      message:
        '`10.1.2.3/8` is not a valid address: it is an address within the network `10.0.0.0/8`',
    },
  ],
  'bad-escape': [{ underlined: '\\U', message: '`\\U` is not a valid escape' }],
  'bad-number': [
    { underlined: '5min', message: '`5min` is not a valid number', label: 'did you mean `5m`?' },
  ],
  'bad-placeholder': [
    { underlined: '{', message: 'a `{` without its `}`' },
    {
      policy: permitting('resource.id is "user/{subject.id"'),
      underlined: '{',
      message: 'a `{` without its `}`',
    },
    {
      policy: permitting('"{subject.id}/a" is "{resource.id}/b"'),
      underlined: '"{resource.id}/b"',
      message: 'both sides of the comparison have placeholders',
    },
  ],
  'bad-timestamp': [
    {
      underlined: '2026-02-30T00:00:00Z',
      message: '`2026-02-30T00:00:00Z` is not a valid instant: the day does not exist',
    },
  ],
  'call-needs-name': [{ underlined: '()', message: 'values have no methods: `.size(…)`' }],
  'chained-comparison': [
    {
      underlined: '<',
      message: '`<` follows another comparison; comparisons cannot be chained',
    },
  ],
  'control-character': [
    { underlined: '\t', message: 'a string contains the control character U+0009' },
  ],
  'duplicate-clause': [
    {
      underlined: 'because',
      message: 'the rule has a second `because`',
      related: ['the first: because'],
    },
  ],
  'expression-too-long': [
    { underlined: '+', message: 'the expression has more than 500 operators' },
  ],
  'hidden-character': [
    { underlined: '\u200b', message: 'U+200B is invisible or changes how the text is displayed' },
  ],
  'is-not-present': [
    { underlined: 'is not present', message: 'write `is missing` instead of `is not present`' },
  ],
  'lone-surrogate': [
    { underlined: '\\ud83d', message: 'half of a surrogate pair is not a character' },
  ],
  'misplaced-any': [
    { underlined: 'any', message: '`any` cannot be combined with names: it means all' },
  ],
  'misplaced-pair': [{ underlined: '(1, 2)', message: 'a list in parentheses is not a value' }],
  'misplaced-pattern': [
    { underlined: 'glob"file.*"', message: 'a pattern is not a value: use it after `matches`' },
    {
      policy: permitting('action.name is not glob"a"'),
      underlined: 'glob"a"',
      message: 'a pattern is not a value: use it after `matches`',
    },
  ],
  'mixed-enum': [
    {
      underlined: ',',
      message: '`Level` mixes `<` and `,` between its members',
      related: ['a `<` here: <'],
    },
  ],
  'nesting-too-deep': [{ underlined: '(', message: 'nested more than 100 levels deep' }],
  'not-normalized': [
    {
      underlined: '"Zu\u0308rich"',
      message: 'the string is not in Unicode normalization form NFC',
    },
  ],
  'number-too-large': [
    {
      underlined: '9_223_372_036_854_775_808',
      message: '`9_223_372_036_854_775_808` does not fit in 64 bits',
    },
  ],
  'source-too-large': [
    { underlined: '', message: 'the file has 1048588 characters; the limit is 1048576' },
  ],
  'syntax-error': [
    { underlined: '}', message: 'expected a value, found `}`' },
    {
      policy: 'policy p\nfor any { permt ok otherwise }',
      underlined: 'permt',
      message:
        'expected an effect such as `permit` or `deny`, `let`, `given`, `score` or `}`, found `permt`',
      label: 'did you mean `permit`?',
    },
    {
      policy: permitting('1 in { 1 2 }'),
      underlined: '2',
      message: 'expected `,`, found the next element',
    },
    {
      policy: 'policy p\ncontext {\n  a?: {\n    b?: Int\n}\nfor any { permit ok otherwise }',
      underlined: 'for',
      message: 'expected `}`, found `for`',
      related: ['opened here: {', 'closed here, but the indentation suggests another block: }'],
    },
  ],
  'too-precise': [
    { underlined: '0.333_333_3', message: '`0.333_333_3` has more than 6 decimal places' },
  ],
  'unexpected-character': [{ underlined: 'ß', message: '`ß` has no meaning here' }],
  'unknown-collection': [{ underlined: 'Array', message: '`Array` has no type parameter' }],
  'type-parameters': [
    { underlined: 'Map<String>', message: '`Map` takes two types in `<…>`' },
    {
      policy: 'policy p\ncontext { a?: Set<String, Int> }',
      underlined: 'Set<String, Int>',
      message: '`Set` takes one type in `<…>`',
    },
  ],
  'unterminated-string': [
    { underlined: '"1.0', message: 'the string has no closing quote on its line' },
  ],
  // Files and names
  circular: [
    {
      underlined: 'even',
      message: '`even` depends on itself: even → odd → even',
      related: ['through `odd`: odd'],
    },
    {
      policy:
        'policy p\nfor any { permit ok otherwise }\nfixture a from b\nfixture b from a\ntest "t" { request from a expect permit }',
      underlined: 'a',
      message: '`a` depends on itself: a → b → a',
      related: ['through `b`: b'],
    },
  ],
  'name-collision': [
    {
      underlined: 'RiskLevel',
      message: '`RiskLevel` is declared here and in `nhi/risk.nhipol`',
      related: ['one: RiskLevel', 'the other: RiskLevel'],
    },
  ],
  'shadowed-name': [
    {
      underlined: 'most',
      message: '`most` would hide a constant of the same name',
      related: ['declared here: most'],
    },
  ],
  'unknown-import': [
    {
      underlined: 'RiskLvl',
      message: '`nhi/index.nhipol` does not export `RiskLvl`',
      label: 'did you mean `RiskLevel`?',
    },
  ],
  'unknown-vocabulary': [
    { underlined: 'nih', message: 'unknown vocabulary `nih`', label: 'did you mean `nhi`?' },
  ],
  'use-cycle': [
    { underlined: '"p.nhipol"', message: '`p.nhipol` uses itself: p.nhipol → p.nhipol' },
  ],
  'used-twice': [
    { underlined: 'nhi', message: 'this file is imported twice', related: ['first here: nhi'] },
  ],
  'wrong-argument': [
    {
      underlined: 'context.a',
      message: '`a` of `big` takes { b }, found { c }',
      label: 'it has no `b`',
      related: ['declared here: a: { b?: Int }'],
    },
  ],
  // Declarations, types and rules
  'actor-chain-in-permit': [
    {
      underlined: 'subject.actor_chain',
      message: 'a permit cannot depend on earlier actors of a delegation',
    },
  ],
  'bad-constraint': [
    { underlined: 'String', message: '`smallest wins` takes a type with an order, found String' },
  ],
  'bad-default': [
    {
      underlined: 'false',
      message: 'this default makes the `?` redundant: a member with a default can be omitted',
    },
  ],
  'bad-element': [
    { underlined: '{ b?: Int }', message: 'a set cannot contain records' },
    {
      policy: 'policy p\ncontext { a?: Map<String, Set<Int>> }\nfor any { permit ok otherwise }',
      underlined: 'Set<Int>',
      message: 'a map cannot contain sets, lists or maps',
    },
  ],
  'bad-map-key': [{ underlined: 'Int', message: 'the keys of a map are strings, not `Int`' }],
  'lookup-needs-table': [
    {
      underlined: 'context.names',
      message: '`[…]` looks up a map or a table, not `List<String>`',
      related: ['`names` is declared here as `List<String>`: names'],
    },
    {
      policy:
        'policy p\ncontext { b?: Bool, m?: Map<String, Int>, n?: Map<String, Int> }\nfor any { permit ok when (if context.b then context.m else context.n)["a"] is 5 }',
      underlined: '(if context.b then context.m else conte…',
      message: '`[…]` looks up a map or a table, not a computed map',
    },
  ],
  'bad-enum': [
    {
      underlined: 'c',
      message: 'this enum reads unlisted strings as `c`, which is not one of its members',
      label: 'did you mean `a` or `b`?',
    },
  ],
  'bad-fresh': [
    {
      underlined: '5m',
      message: '`fresh` needs a record with a member `observed_at: Timestamp`',
      related: ['declared here with level: { level?: Int }'],
    },
  ],
  'bad-latest': [{ underlined: '5', message: '`latest` takes a member of the request' }],
  'bad-score': [
    {
      underlined: '1',
      message: 'this score has bands that do not rise',
      related: ['the previous band: from 2 deny'],
    },
  ],
  'table-cycle': [
    {
      underlined: '"a"',
      message: '`a` leads back to itself: `a`, `b`, `a`',
      related: ['`b` leads to `a`: "b"'],
    },
  ],
  'bad-table': [{ underlined: '"a"', message: 'duplicate key "a"', related: ['first here: "a"'] }],
  'bad-test': [{ underlined: '"nowhere.json"', message: 'cannot read `nowhere.json`' }],
  'ignored-member': [
    { underlined: 'team', message: '`team` in `subject` is ignored' },
    {
      policy: `policy p\nfor any { permit ok otherwise }\ntest "t" { request { subject: { type: a, id: b }, action: { name: c }, resource: { type: d, id: e }, contxt: {} } expect permit }`,
      underlined: 'contxt',
      message: '`contxt` in the request is ignored',
      label: 'did you mean `context`?',
    },
  ],
  'unknown-fixture': [
    { underlined: 'baseline', message: 'unknown fixture `baseline`' },
    {
      policy:
        'policy p\nfor any { permit ok otherwise }\nfixture baseline {}\ntest "t" { request from basline expect permit }',
      underlined: 'basline',
      message: 'unknown fixture `basline`',
      label: 'did you mean `baseline`?',
      related: ['`baseline` is declared here: baseline'],
    },
  ],
  'no-rows': [{ underlined: 'context.n', message: '`each` has no rows' }],
  'wrong-cells': [
    {
      underlined: '5',
      message: 'expected 2 cells, one for each path after `each`, found 1',
      related: ['the columns: context.n, action.name'],
    },
  ],
  'duplicate-column': [
    {
      underlined: 'context.n',
      message: '`context.n` is listed twice',
      related: ['first here: context.n'],
    },
  ],
  'duplicate-row': [
    { underlined: '5', message: 'another row has the same cells', related: ['first here: 5'] },
  ],
  'bad-call-digest': [
    {
      underlined: 'call_digest',
      message: '`context.call_digest` is the digest of the call, which the module computes',
    },
  ],
  'bad-context': [
    {
      underlined: 'time',
      message: 'this context declares `time`, which has its meaning in every request',
    },
    {
      policy:
        'policy p\naction "pay.a" {}\naction any {}\ncontext for any doing glob"pay.*" { a?: Int }\nfor any { permit ok otherwise }',
      underlined: 'for any doing glob"pay.*"',
      message: 'this context selects its requests with a glob that also matches undeclared names',
    },
  ],
  'overlapping-contexts': [
    {
      underlined: 'a',
      message: '`context.a` is declared twice for some requests',
      related: ['first declared here: a'],
    },
  ],
  'bad-time': [
    {
      underlined: 'time',
      message: '`context.time` is the instant of evaluation and must be a required `Timestamp`',
    },
  ],
  'duplicate-member': [
    {
      underlined: 'a',
      message: 'member `a` is declared twice',
      related: ['first declared here: a'],
    },
  ],
  'duplicate-name': [
    { underlined: 'a', message: '`a` is declared twice', related: ['first declared here: a'] },
    {
      policy: 'policy p\nfor any { let a = 1\nlet a = 2\npermit ok when a is 1 }',
      underlined: 'a',
      message: '`a` is declared twice',
      related: ['first declared here: a'],
    },
    {
      policy: 'policy p\nsubject a {}\nsubject a { b?: Int }\nfor any { permit ok otherwise }',
      underlined: 'a',
      message: '`a` is declared twice',
      related: ['first declared here: {}'],
    },
  ],
  'duplicate-setting': [
    { underlined: 'ttl', message: '`ttl` is set twice', related: ['first set here: ttl'] },
  ],
  'external-contents': [
    { underlined: '{ "a": 5 }', message: 'an external table cannot have rows in the policy' },
  ],
  'given-without-otherwise': [
    { underlined: 'a', message: 'the case that `a` is unknown is not handled' },
  ],
  'latest-in-permit': [
    { underlined: 'latest(context.a)', message: 'a permit cannot depend on a stale value' },
  ],
  'member-not-everywhere': [
    {
      policy: inSession(
        'once(allowed where event.action.tool is "x")',
        'action call { tool: String }\naction read {}',
      ),
      underlined: 'tool',
      message:
        '`tool` does not have the same declaration for every action of this pattern (see `read`, `action any`)',
      related: ['declared here with tool: { tool: String }', 'declared here with no members: {}'],
    },
    {
      underlined: 'x',
      message:
        '`x` does not have the same declaration for every context of this group (see doing `b`)',
      related: ['declared here with x: { x?: Bool }'],
    },
  ],
  'differing-member': [
    {
      underlined: 'x',
      message: '`x` is `Bool` for `a`, and `Int` for `b`',
      related: ['declared here as `Bool`: x', 'declared here as `Int`: x'],
    },
    {
      policy:
        'policy p\naction a { args: { n: Int = 1 } }\naction b { args: { n: Int = 2 } }\nfor any doing a, b { permit ok when action.args.n > 1 }',
      underlined: 'n',
      message: '`n` has another default for `a` than for `b`',
      related: ['declared here as `Int`: n', 'declared here as `Int`: n'],
    },
    {
      policy:
        'policy p\naction a { n: Int = 1 }\naction b {}\nfor any doing a, b { permit ok when action.n > 1 }',
      underlined: 'n',
      message: '`n` has a default for `a`, and is not declared for `b`',
      related: ['declared here as `Int`: n'],
    },
    {
      policy:
        'policy p\ncontext { time: Timestamp }\nresource a { r: { observed_at?: Timestamp } fresh 5m }\nresource b { r: { observed_at?: Timestamp } }\nfor any on a, b { permit ok when known(resource.r) }',
      underlined: 'r',
      message: '`r` has another `fresh` for `a` than for `b`',
      related: ['declared here as `{ observed_at }`: r', 'declared here as `{ observed_at }`: r'],
    },
  ],
  'misplaced-clause': [
    { underlined: 'ttl: 5m', message: '`to` cannot be used with `deny`' },
    {
      policy: 'policy p\nfor any { deny no otherwise }',
      underlined: 'otherwise',
      message: '`otherwise` cannot be used with `deny`',
    },
    {
      policy: permitting('true, if unknown skip'),
      underlined: ', if unknown skip',
      message: '`if unknown skip` cannot be used with `permit`',
    },
  ],
  'missing-file': [{ underlined: '"nowhere.nhipol"', message: 'cannot read `nowhere.nhipol`' }],
  'missing-policy': [{ underlined: 'f', message: '`p.nhipol` has no `policy` declaration' }],
  'narrow-without-constraint': [
    { underlined: 'n', message: '`n` has no constraint and no obligation' },
  ],
  'not-a-value': [
    {
      underlined: 'context.a',
      message: 'a record is not a value',
      related: ['`a` is declared here as a record: a'],
    },
  ],
  'not-comparable': [
    {
      underlined: 'context.a is context.a',
      message: 'values of Set<Int> cannot be compared with `is`',
      related: ['`a` is declared here as `Set<Int>`: a'],
    },
  ],
  'not-constant': [
    { underlined: '5 / 0', message: 'a `const` must be known when the policy is compiled' },
  ],
  'not-ordered': [
    {
      underlined: 'context.a < "b"',
      message: 'values of String have no order',
      related: ['`a` is declared here as `String`: a'],
    },
  ],
  'permit-without-condition': [
    { underlined: 'ok', message: '`ok` permits everything without stating it' },
  ],
  'presence-of-value': [
    { underlined: '5', message: 'only a member of the request can be present or missing' },
  ],
  'recursive-record': [{ underlined: 'r', message: 'record `r` contains itself' }],
  'reserved-name': [
    {
      underlined: 'default_deny',
      message: '`default_deny` is reserved: the reason if no rule permits',
    },
    {
      policy: 'policy p\nconst within = 5\nfor any { permit ok otherwise }',
      underlined: 'within',
      message: '`within` is reserved: it is a word of the language in expressions',
    },
    {
      policy: 'policy p\nfor any { let all = 5\npermit ok otherwise }',
      underlined: 'all',
      message: '`all` is reserved: it is a word of the language in expressions',
    },
  ],
  'time-not-traceable': [
    {
      underlined: '(context.time - 2026-01-01T00:00:00Z) /…',
      message: 'the compiler cannot determine when this changes with time',
    },
    {
      policy:
        'policy p\ncontext { time: Timestamp, risk?: { level?: Int, observed_at?: Timestamp } fresh 5m }\nfor any { deny no when context.risk.level > 5 because "risk {context.risk.level}" }',
      underlined: 'context.risk.level',
      message: 'the compiler cannot determine when this changes with time',
      related: ['`risk` is declared `fresh` here: risk'],
    },
  ],
  'too-many': [
    {
      underlined: '{ m0?: Int, m1?: Int, m2?: Int, m3?: In…',
      message: 'more than 64 members in a record',
    },
  ],
  'undeclared-context': [{ underlined: 'context', message: 'the policy declares no `context`' }],
  'undeclared-time': [
    { underlined: 'age(context.at)', message: '`age` needs the instant of evaluation' },
  ],
  'unknown-constraint': [{ underlined: 'ttl', message: 'unknown constraint `ttl`' }],
  'unknown-function': [
    { underlined: 'sizes', message: 'unknown function `sizes`', label: 'did you mean `size`?' },
  ],
  'unknown-member': [
    {
      policy:
        'policy p\nenum Region { "New York", London }\ncontext { region?: Region }\nfor any { permit ok when context.region is "New Yorck" }',
      underlined: '"New Yorck"',
      message: '`Region` has no member `New Yorck`',
      label: 'did you mean `New York`?',
      related: ['declared here with "New York", London: Region'],
    },
    {
      underlined: 'b',
      message: '`context` has no member `b`',
      label: 'did you mean `a`?',
      related: ['declared here with a: { a?: Bool }'],
    },
    {
      policy: 'policy p\nenum Level { low < high }\nfor any { permit ok when Level.hihg > low }',
      underlined: 'hihg',
      message: '`Level` has no member `hihg`',
      label: 'did you mean `high`?',
      related: ['declared here with low, high: Level'],
    },
  ],
  'unknown-name': [
    { underlined: 'ready', message: 'unknown name `ready`' },
    {
      policy: 'policy p\nconst least = 5\nfor any { permit ok when leest > 4 and leest < 6 }',
      underlined: 'leest',
      message: 'unknown name `leest`',
      label: 'did you mean `least`?',
      related: ['`least` is declared here: least', 'and here: leest'],
    },
    {
      policy:
        'policy p\nenum Level { low < high }\ncontext { level?: Level }\nfor any { permit ok when context.level is hihg }',
      underlined: 'hihg',
      message: 'unknown name `hihg`',
      label: 'did you mean `high`?',
      related: ['`high` is declared here: Level'],
    },
    {
      policy:
        'policy p\nenum Level { low < high }\ncontext { level?: Level }\nfor any { permit ok when context.level is severe }',
      underlined: 'severe',
      message: 'unknown name `severe`',
      related: ['declared here with low, high: Level'],
    },
  ],
  'shadowed-property': [
    {
      underlined: 'type',
      message: "the property `type` is hidden by the request's own `resource.type`",
    },
    {
      policy: 'policy p\naction a { name: String }\nfor any { permit ok otherwise }',
      underlined: 'name',
      message: "the property `name` is hidden by the request's own `action.name`",
    },
    {
      policy: 'policy p\nsubject a { properties?: { a?: Int } }\nfor any { permit ok otherwise }',
      underlined: 'properties',
      message: "the property `properties` is hidden by the subject's own `properties`",
    },
  ],
  'misplaced-properties': [
    { underlined: 'type', message: '`properties.type` is not a property of the request' },
    {
      policy: 'policy p\ncontext { properties.a?: Int }\nfor any { permit ok otherwise }',
      underlined: 'a',
      message: '`properties.a` is not a property of the request',
    },
  ],
  'names-nothing': [
    { underlined: 'glob"sf.*"', message: '`glob"sf.*"` matches no declared action' },
    {
      policy: 'policy p\nresource file {}\nresources none = {}\nfor any on none { deny d }',
      underlined: 'none',
      message: 'the set `none` matches no declared resource type',
    },
    {
      policy: 'policy p\naction a {}\nfor any doing regex"a" { deny d }',
      underlined: 'regex"a"',
      message: 'a regex matches no declared action',
    },
  ],
  'wrong-name-set': [
    {
      underlined: 'reads',
      message: '`reads` is a set of actions',
      related: ['declared here: reads'],
    },
  ],
  'unknown-action': [
    {
      underlined: '"fs.wriet"',
      message: 'unknown action `fs.wriet`',
      label: 'did you mean `fs.write`?',
      related: ['`fs.write` is declared here: {}'],
    },
  ],
  'unknown-resource': [
    {
      underlined: 'fiel',
      message: 'unknown resource type `fiel`',
      label: 'did you mean `file`?',
      related: ['`file` is declared here: {}'],
    },
  ],
  'undeclared-name': [
    {
      underlined: '"fs.wriet"',
      message: 'action `fs.wriet` is not declared',
      label: 'did you mean `fs.write`?',
      related: ['`fs.write` is declared here: {}'],
    },
    {
      policy:
        'policy p\naction "fs.write" {}\nfor any { permit ok when action.name is not "mail.send" }',
      underlined: '"mail.send"',
      message: 'action `mail.send` is not declared',
    },
    {
      policy:
        'policy p\nsubject agent {}\nsubject any {}\nfor any { permit ok when subject.type is "agnet" }',
      underlined: '"agnet"',
      message: 'subject type `agnet` is not declared',
      label: 'did you mean `agent`?',
      related: ['`agent` is declared here: {}'],
    },
  ],
  'unknown-subject': [{ underlined: 'agent', message: 'unknown subject type `agent`' }],
  'unknown-table': [{ underlined: 'scopes', message: 'unknown table `scopes`' }],
  'unknown-type': [
    { underlined: 'Strin', message: 'unknown type `Strin`', label: 'did you mean `String`?' },
  ],
  'wrong-arity': [
    { underlined: 'size(context.a, 2)', message: '`size` takes one argument, found 2' },
    {
      policy:
        'policy p\ntable t: (String, String) -> Int { ("a", "b"): 5 }\nfor any { permit ok when t["a"] > 4 }',
      underlined: 't["a"]',
      message: '`t` takes 2 arguments, found 1',
      related: ['declared here: t'],
    },
  ],
  'wrong-operands': [
    {
      underlined: '5 + true',
      message:
        '`+` takes Int + Int, Decimal + Decimal, Duration + Duration, Timestamp + Duration or Duration + Timestamp, found Int and Bool',
    },
  ],
  'wrong-type': [
    { underlined: '5', message: 'expected Bool, found Int' },
    {
      policy:
        'policy p\ncontext { price?: Decimal }\nfor any { permit ok when resource.id is "{context.price}" }',
      underlined: 'context.price',
      message: 'expected a value that can be written in a string, found Decimal',
      related: ['`price` is declared here as `Decimal`: price'],
    },
    {
      policy:
        'policy p\nenum Level { low < high }\ncontext { level?: Level }\nfor any { permit ok when context.level is subject.id }',
      underlined: 'subject.id',
      message: 'expected Level, found String',
      related: ['`level` is declared here as `Level`: level'],
    },
    {
      policy: 'policy p\nconst most = 5\nfor any { permit ok when most }',
      underlined: 'most',
      message: 'expected Bool, found Int',
      related: ['`most` is declared here as `Int`: most'],
    },
    {
      policy: 'policy p\ntable t: String -> Int { "a": 5 }\nfor any { permit ok when t["a"] }',
      underlined: 't["a"]',
      message: 'expected Bool, found Int',
      related: ['`t` is declared here as `Int`: t'],
    },
    {
      policy: 'policy p\nfunction five(): Int = 5\nfor any { permit ok when five() }',
      underlined: 'five()',
      message: 'expected Bool, found Int',
      related: ['`five` is declared here as `Int`: five'],
    },
  ],
  // Numbers and their ranges
  'bad-range': [{ underlined: '(100..0)', message: 'this is a range that ends before it begins' }],
  'decided-comparison': [
    {
      underlined: 'context.score <= 100',
      message: 'the comparison is always true if its operands are known: `0..100` and `100`',
      related: ['`score` is declared here as `Int(0..100)`: score'],
    },
  ],
  'out-of-range': [
    { underlined: '101', message: 'this value is outside the range of `Int(0..100)`' },
  ],
  // Patterns
  'bad-glob-option': [{ underlined: '".."', message: '".." is not a valid separator of segments' }],
  'bad-pattern': [{ underlined: '[', message: 'the class is not closed' }],
  'pattern-placeholder': [
    {
      underlined: 'glob"{subject.home}/**"',
      message:
        '`{subject.home}` is not a placeholder in a glob: patterns are fixed when the policy is compiled',
    },
    {
      policy: permitting('resource.id not matches regex"/{subject.id}/.*"'),
      underlined: 'regex"/{subject.id}/.*"',
      message:
        '`{subject.id}` is not a placeholder in a regex: patterns are fixed when the policy is compiled',
    },
    {
      policy:
        'policy p\nfor any { let home = subject.id\npermit ok when resource.id matches glob"/{ home }/*" }',
      underlined: 'glob"/{ home }/*"',
      message:
        '`{ home }` is not a placeholder in a glob: patterns are fixed when the policy is compiled',
    },
  ],
  'literal-braces': [
    {
      policy:
        'policy p\nconst team = "a"\nfor any { permit ok when resource.id in { "{team}/x", "{id}/x" } }',
      underlined: '"{team}/x"',
      message: '`{team}` is literal text here, not a placeholder',
    },
    {
      underlined: '"user/{subject.id}"',
      message: '`{subject.id}` is literal text here, not a placeholder',
    },
    {
      policy: permitting('resource.id contains "/{subject.id}/"'),
      underlined: '"/{subject.id}/"',
      message: '`{subject.id}` is literal text here, not a placeholder',
    },
    {
      policy:
        'policy p\nsubject a { team?: String }\nfor a { permit ok when resource.id is (subject.team else "{subject.id}") }',
      underlined: '"{subject.id}"',
      message: '`{subject.id}` is literal text here, not a placeholder',
    },
    {
      policy:
        'policy p\nfor any { let own = "user/{subject.id}"\npermit ok when resource.id is own }',
      underlined: '"user/{subject.id}"',
      message: '`{subject.id}` is literal text here, not a placeholder',
    },
    {
      policy:
        'policy p\nconstraint region: String must agree\nfor any { permit ok otherwise\nnarrow n to { region: "{subject.id}" } }',
      underlined: '"{subject.id}"',
      message: '`{subject.id}` is literal text here, not a placeholder',
    },
  ],
  'bad-root': [
    {
      underlined: '"/srv/../data"',
      message: 'nothing can be under this root: it has the segment `..`',
    },
    {
      policy: permitting('resource.id under ""'),
      underlined: '""',
      message: 'nothing can be under this root: it is empty',
    },
    {
      policy: permitting('resource.id under "/srv//"'),
      underlined: '"/srv//"',
      message: 'nothing can be under this root: it has an empty segment',
    },
    {
      policy: permitting('resource.id under "C:/data"'),
      underlined: '"C:/data"',
      message: 'nothing can be under this root: it begins with a drive letter',
    },
    {
      policy: permitting('resource.id under "/%2e%2e"'),
      underlined: '"/%2e%2e"',
      message: 'nothing can be under this root: it has the percent-encoded `%2e`',
    },
    {
      policy: permitting('resource.id under "\\\\srv"'),
      underlined: '"\\\\srv"',
      message: 'nothing can be under this root: it has a backslash',
    },
  ],
  'search-needs-regex': [
    {
      underlined: 'glob"*.pem"',
      message: '`contains` takes a regular expression, and this is a glob pattern',
    },
  ],
  'foreign-pattern': [
    {
      underlined: '@(dev|test)',
      message: '`@(…)` is an extended glob of shells; here the parentheses are literal',
    },
  ],
  'pattern-operand': [
    {
      underlined: 'context.a',
      message: 'a spiffe pattern matches a SpiffeId, and this is a String',
    },
  ],
  'pattern-too-large': [
    { underlined: '(a|b)*a(a|b){20}', message: 'the pattern needs too many states' },
  ],
  'unsupported-pattern': [
    { underlined: '(?!', message: 'a look-around cannot be matched in one pass over the string' },
  ],
  // Windows
  'bad-date': [
    {
      underlined: '2026-02-30',
      message: '`2026-02-30` is not a valid exception: the day does not exist',
    },
  ],
  'bad-nth': [{ underlined: '6th', message: '`6th` is not a weekday of a month' }],
  'bad-season': [
    { underlined: '31 Jun', message: '`31 Jun` is not a valid season: Jun has 30 days' },
  ],
  'bad-time-of-day': [{ underlined: '25:00', message: '`25:00` is not a valid time of day here' }],
  'bad-weekday': [
    { underlined: 'Monday', message: '`Monday` is not a weekday', label: 'did you mean `Mon`?' },
  ],
  'empty-season': [
    { underlined: '1 Jan..7 Jan', message: '`hours` never begins during 1 Jan..7 Jan' },
  ],
  'empty-range': [
    { underlined: '00:00..00:00', message: 'the range ends where it begins, at `00:00`' },
  ],
  'exception-unknown': [
    { underlined: '2104-12-25', message: 'time zone data does not cover 2104-12-25' },
  ],
  'needless-season': [
    { underlined: '5 Jan..4 Jan', message: 'the seasons contain every day of the year' },
  ],
  'needless-exception': [
    {
      underlined: '2026-12-26',
      message: '`hours` never begins on 2026-12-26, so it needs no exception',
    },
  ],
  'not-a-window': [
    {
      underlined: 'subject.id',
      message: 'a window contains instants, and this is String',
      related: ['the window: hours'],
    },
  ],
  'unknown-zone': [
    {
      underlined: '"Europe/Berlinn"',
      message: `unknown time zone \`Europe/Berlinn\` in the IANA data (${zoneRelease})`,
      label: 'did you mean `Europe/Berlin`, `Europe/Tallinn` or `Europe/Dublin`?',
    },
  ],
  'zone-not-constant': [
    { underlined: 'context.zone', message: 'a time zone must be a string literal' },
  ],
  // Obligations and reasons
  'bad-access-request': [
    {
      underlined: '0s',
      message: 'an access request expires after 1 millisecond to 100 years',
    },
    {
      policy:
        'policy p\ncontext { time: Timestamp }\nobligation ask: access_request { expires_in: Duration }\nfor any { permit ok otherwise\nchallenge c with ask { expires_in: 9m }, ask { expires_in: 8m } }',
      underlined: 'ask { expires_in: 8m }',
      message: 'a rule can have only one access request',
      related: ['the first: ask { expires_in: 9m }'],
    },
  ],
  'bad-obligation': [
    { underlined: 'page', message: '`page` has no obligation type' },
    {
      policy:
        'policy p\nobligation page: custom { key: secret String }\nfor any { permit ok otherwise }',
      underlined: 'key',
      message: 'a member of an obligation cannot be secret: its value is sent with the answer',
    },
  ],
  'secret-in-answer': [
    {
      underlined: 'subject.api_key',
      message: '`api_key` is secret and cannot be part of a message',
      related: ['`api_key` is declared `secret` here: api_key'],
    },
    {
      policy:
        'policy p\nsubject agent { limits: secret { rows: Int } }\nconstraint rows: Int smallest wins\nfor agent { permit ok otherwise\nnarrow few when subject.id is "a" to { rows: subject.limits.rows + 1 } }',
      underlined: 'subject.limits.rows + 1',
      message: '`limits` is secret and cannot be part of a constraint',
      related: ['`limits` is declared `secret` here: limits'],
    },
    {
      policy:
        'policy p\nsubject agent { api_key: secret String }\nobligation page: custom { key: String }\nfor agent { permit ok otherwise with page { key: "{subject.id}/{subject.api_key}" } }',
      underlined: '"{subject.id}/{subject.api_key}"',
      message: '`api_key` is secret and cannot be part of an obligation',
      related: ['`api_key` is declared `secret` here: api_key'],
    },
  ],
  'secret-with-time': [
    {
      underlined: 'context.time < subject.ends',
      message: '`ends` is secret and cannot be compared with the time of evaluation',
      related: ['`ends` is declared `secret` here: ends'],
    },
  ],
  'misplaced-obligation': [
    {
      underlined: 'step_up',
      message: 'a permit cannot require `step_up`, which is a step-up',
      related: ['declared here: step_up'],
    },
  ],
  'missing-member': [
    {
      underlined: 'page',
      message: '`page` is missing `team`',
      related: ['`team` is declared here: team'],
    },
  ],
  'unknown-obligation': [{ underlined: 'step_up', message: 'unknown obligation `step_up`' }],
  'unknown-reason': [
    { underlined: 'okay', message: 'unknown reason `okay`' },
    {
      policy:
        'policy p\nfor any { permit everyday otherwise }\ntest "t" { request { "subject": { "type": "a", "id": "b" }, "action": { "name": "c" }, "resource": { "type": "d", "id": "e" } } expect permit because evryday }',
      underlined: 'evryday',
      message: 'unknown reason `evryday`',
      label: 'did you mean `everyday`?',
      related: ['`everyday` is declared here: everyday'],
    },
  ],

  // Warnings
  'never-fires': [
    {
      underlined: 'ok',
      message: 'this permit never fires',
      related: [
        'when this is true …: context.risk.level is LOW',
        '… this is never true: context.risk.level is MEDIUM',
      ],
    },
  ],
  'never-true': [
    {
      underlined: 'bad',
      message: 'this deny fires only if its condition is unknown',
      related: [
        'when this is true …: context.risk.level is MEDIUM',
        '… this is never true: context.risk.level is HIGH',
      ],
    },
  ],
  'always-fires': [
    {
      underlined: 'deploys',
      message: 'this permit always fires',
      related: [
        'when this is false …: subject.team is not "guest"',
        '… this is never false: subject.team is not "trial"',
      ],
    },
  ],
  'never-false': [
    {
      underlined: 'calm',
      message: 'this permit fires unless its condition is unknown',
      related: [
        'when this is false …: context.risk.level is not MEDIUM',
        '… this is never false: context.risk.level is not HIGH',
      ],
    },
  ],
  'decided-condition': [
    {
      underlined: '(subject.team is not "guest" or subject…',
      message: 'this part of the condition is always true if its operands are known',
      related: [
        'when this is false …: subject.team is not "guest"',
        '… this is never false: subject.team is not "trial"',
      ],
    },
  ],
  'never-certain': [
    {
      underlined: 'low',
      message: 'the condition of this permit is never certain, so it never fires',
      related: [
        'when this is true …: context.risk.level',
        '… this is never true: context.risk.level is LOW',
      ],
    },
  ],
  'never-wins': [
    {
      underlined: 'high',
      message: 'this challenge never wins: nothing permits when it fires',
      related: ['this permit does not fire then: low'],
    },
  ],
  'never-permitted': [
    {
      underlined: 'action.path',
      message:
        'no request can permit `list`: the deny `outside` reads `action.path`, which is not declared there',
      related: ['`list` does not declare it: {}'],
    },
  ],
  shadowed: [
    {
      underlined: 'high',
      message:
        'this challenge is never a reason: `risky`, which is stricter, fires whenever it does',
      related: ['the other rule: risky'],
    },
  ],
  unused: [
    {
      underlined: 'limit',
      message: 'the constant `limit` is never used',
    },
  ],
  'fails-open': [
    {
      underlined: 'context.risk is present',
      message: 'the deny `high` does not fire when `context.risk` is absent',
      label: 'no other rule fires when it is absent',
      related: ['this permit covers it: ok'],
    },
  ],
  'true-of-nothing': [
    {
      underlined: 'context.wanted within context.granted',
      message: '`within` is true if its left side is empty, and so grants where there is nothing',
      label: 'the condition does not require an element',
    },
  ],
  ...trapRows,
  'whole-string-words': [
    {
      underlined: 'context.command matches regex"curl|wget"',
      message: 'this deny misses a string that only contains a match of `curl|wget`',
    },
  ],
  'completed-only': [
    {
      underlined: 'once(outcome "completed" doing fetch)',
      message: 'this deny misses a call that failed, and an agent reads the text of its error, too',
    },
  ],
  'allow-without-reason': [
    {
      underlined: 'unused',
      message: '`allow unused` states no reason',
    },
  ],
  'unknown-allow': [
    {
      underlined: 'fail-open',
      message: '`fail-open` is not the code of a warning',
      label: 'did you mean `fails-open`?',
    },
  ],
  'unused-allow': [
    {
      underlined: 'fails-open',
      message: '`allow fails-open` suppresses no warning',
    },
  ],
};

const rows = Object.entries(table).flatMap(([code, list]) =>
  list.map((row) => ({
    code: code as DiagnosticCode,
    policy: messages[code as DiagnosticCode].avoid,
    ...row,
  })),
);

test('every code has a row', () => {
  expect(Object.keys(table).sort()).toEqual(Object.keys(messages).sort());
});

test.each(rows)('$code underlines «$underlined»', ({ code, policy, ...expected }) => {
  const { diagnostics, advice } = checkText(policy);
  const [found, second] = [...diagnostics, ...advice].filter(
    (diagnostic) => diagnostic.code === code,
  );
  expect(second).toBeUndefined();
  expect(found && toRow(found, policy)).toEqual(expected);
});

function toRow({ span, message, label, related }: Diagnostic, policy: string): Row {
  return {
    underlined: cut(policy.slice(span.start, span.end)),
    message,
    ...(label === undefined ? {} : { label }),
    ...(related.length === 0
      ? {}
      : { related: related.map((place) => `${place.message}: ${sliceSpan(place.span, policy)}`) }),
  };
}

function sliceSpan({ file, start, end }: Span, policy: string): string {
  return cut((file === entry ? policy : (readSourceText(new Map(), file) ?? '')).slice(start, end));
}

function cut(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
