// Diagnostics of names, types and rules.

import { answerMessages } from './answers.ts';
import type { Entry } from './entry.ts';
import { numberMessages } from './numbers.ts';
import { patternMessages } from './patterns.ts';
import { windowSemanticMessages } from './windows.ts';

export const semanticMessages = {
  ...answerMessages,
  ...numberMessages,
  'missing-file': {
    severity: 'error',
    message: (p: { path: string }) => `cannot read \`${p.path}\``,
    help: 'paths are relative to the file that names them',
    avoid: 'policy p\nuse "nowhere.nhipol"\nfor any { permit ok otherwise }',
    prefer: 'policy p\nfor any { permit ok otherwise }',
  },
  'missing-policy': {
    severity: 'error',
    message: (p: { file: string }) => `\`${p.file}\` does not say which policy it is`,
    help: 'begin with `policy name version "1.0.0"`',
    avoid: 'for any { permit ok otherwise }',
    prefer: 'policy p\nfor any { permit ok otherwise }',
  },
  'duplicate-name': {
    severity: 'error',
    message: (p: { name: string }) => `\`${p.name}\` is declared twice`,
    help: 'rename one of them; rules are the only ones that may share a name',
    avoid: 'policy p\nconst a = 1\nconst a = 2\nfor any { permit ok otherwise }',
    prefer: 'policy p\nconst a = 1\nconst b = 2\nfor any { permit ok otherwise }',
  },
  'duplicate-member': {
    severity: 'error',
    message: (p: { name: string }) => `member \`${p.name}\` is declared twice`,
    help: 'remove or rename one of them',
    avoid: 'policy p\nrecord r { a: Int, a: Bool }\nfor any { permit ok otherwise }',
    prefer: 'policy p\nrecord r { a: Int, b: Bool }\nfor any { permit ok otherwise }',
  },
  'reserved-name': {
    severity: 'error',
    message: (p: { name: string; use: string }) => `\`${p.name}\` is reserved: ${p.use}`,
    help: 'give the rule a name of its own',
    avoid: 'policy p\nfor any { deny default_deny }',
    prefer: 'policy p\nfor any { deny nothing_here }',
  },
  'unknown-name': {
    severity: 'error',
    message: (p: { name: string }) => `nothing here is called \`${p.name}\``,
    help: 'members are reached from `subject`, `action`, `resource` or `context`; names of other files are brought in with `use`',
    avoid: 'policy p\nfor any { permit ok when ready }',
    prefer: 'policy p\nfor any { let ready = true\npermit ok when ready }',
  },
  'unknown-type': {
    severity: 'error',
    message: (p: { name: string }) => `there is no type \`${p.name}\``,
    help: 'the types are `Bool`, `Int`, `Decimal`, `String`, `Timestamp`, `Duration`, `SpiffeId`, `Ip`, `Cidr`, `Set<…>`, `List<…>`, and those that `enum` and `record` declare',
    avoid: 'policy p\ncontext { a?: Strin }\nfor any { permit ok otherwise }',
    prefer: 'policy p\ncontext { a?: String }\nfor any { permit ok otherwise }',
  },
  'unknown-member': {
    severity: 'error',
    message: (p: { owner: string; name: string }) => `\`${p.owner}\` has no member \`${p.name}\``,
    help: 'a policy reads only what it declares: add the member to its declaration, or correct the name',
    avoid: 'policy p\ncontext { a?: Bool }\nfor any { permit ok when context.b }',
    prefer: 'policy p\ncontext { a?: Bool }\nfor any { permit ok when context.a }',
  },
  'member-not-everywhere': {
    severity: 'error',
    message: (p: { name: string; root: string; missing: string }) =>
      `\`${p.name}\` is not declared alike for every ${p.root} that this group is about (see ${p.missing})`,
    help: 'narrow the group with `for`, `doing` or `on`, or declare the member alike',
    avoid:
      'policy p\nsubject a { x?: Bool }\nsubject b { y?: Bool }\nfor a, b { permit ok when subject.x }',
    prefer:
      'policy p\nsubject a { x?: Bool }\nsubject b { x?: Bool }\nfor a, b { permit ok when subject.x }',
  },
  'unknown-subject': {
    severity: 'error',
    message: (p: { name: string }) => `no subject type \`${p.name}\` is declared`,
    help: 'declare what is known of it: `subject name { … }`',
    avoid: 'policy p\nfor agent { permit ok otherwise }',
    prefer: 'policy p\nsubject agent {}\nfor agent { permit ok otherwise }',
  },
  'undeclared-context': {
    severity: 'error',
    message: (_: Record<never, never>) => 'this policy declares no `context`',
    help: 'declare what it reads: `context { … }`',
    avoid: 'policy p\nfor any { permit ok when context.a }',
    prefer: 'policy p\ncontext { a?: Bool }\nfor any { permit ok when context.a }',
  },
  ...windowSemanticMessages,
  'bad-time': {
    severity: 'error',
    message: (_: Record<never, never>) =>
      '`context.time` is the instant of evaluation, which every answer needs',
    help: 'declare it as `time: Timestamp`, without `?` and without a default',
    avoid: 'policy p\ncontext { time?: Timestamp }\nfor any { permit ok otherwise }',
    prefer: 'policy p\ncontext { time: Timestamp }\nfor any { permit ok otherwise }',
  },
  'undeclared-time': {
    severity: 'error',
    message: (p: { what: string }) => `${p.what} needs the instant of evaluation`,
    help: 'declare `context { time: Timestamp }`',
    avoid: 'policy p\ncontext { at?: Timestamp }\nfor any { deny old when age(context.at) > 5m }',
    prefer:
      'policy p\ncontext { time: Timestamp, at?: Timestamp }\nfor any { deny old when age(context.at) > 5m }',
  },
  'bad-fresh': {
    severity: 'error',
    message: (p: { why: string }) => `\`fresh\` ${p.why}`,
    help: 'declare it as `name?: { …, observed_at?: Timestamp } fresh 5m`',
    avoid:
      'policy p\ncontext { time: Timestamp, risk?: { level?: Int } fresh 5m }\nfor any { permit ok otherwise }',
    prefer:
      'policy p\ncontext { time: Timestamp, risk?: { level?: Int, observed_at?: Timestamp } fresh 5m }\nfor any { permit ok otherwise }',
  },
  'bad-default': {
    severity: 'error',
    message: (p: { why: string }) => `this default ${p.why}`,
    help: 'a default is a constant that stands for an absent value: `exposed: Bool = false`',
    avoid: 'policy p\ncontext { a?: Bool = false }\nfor any { permit ok otherwise }',
    prefer: 'policy p\ncontext { a: Bool = false }\nfor any { permit ok otherwise }',
  },
  'not-constant': {
    severity: 'error',
    message: (p: { what: string }) => `${p.what} must be a constant`,
    help: 'it is worked out when the policy is compiled: no request can be read, and every result must be known',
    avoid: 'policy p\nconst c = 5 / 0\nfor any { permit ok otherwise }',
    prefer: 'policy p\nconst c = 5 / 1\nfor any { permit ok otherwise }',
  },
  'recursive-record': {
    severity: 'error',
    message: (p: { name: string }) => `record \`${p.name}\` contains itself`,
    help: 'a request has a bounded depth: declare the inner levels as records of their own',
    avoid: 'policy p\nrecord r { a?: r }\ncontext { a?: r }\nfor any { permit ok otherwise }',
    prefer: 'policy p\nrecord r { a?: Int }\ncontext { a?: r }\nfor any { permit ok otherwise }',
  },
  'bad-element': {
    severity: 'error',
    message: (p: { type: string }) => `a set cannot hold ${p.type}`,
    help: 'sets hold scalars and enum members; use a `List` for records',
    avoid: 'policy p\ncontext { a?: Set<{ b?: Int }> }\nfor any { permit ok otherwise }',
    prefer: 'policy p\ncontext { a?: List<{ b?: Int }> }\nfor any { permit ok otherwise }',
  },
  'bad-enum': {
    severity: 'error',
    message: (p: { why: string }) => `this enum ${p.why}`,
    help: 'list the member, too: `enum Level { low, high, else high }`',
    avoid: 'policy p\nenum e { a, b, else c }\nfor any { permit ok otherwise }',
    prefer: 'policy p\nenum e { a, b, c, else c }\nfor any { permit ok otherwise }',
  },
  'wrong-type': {
    severity: 'error',
    message: (p: { expected: string; found: string }) => `expected ${p.expected}, found ${p.found}`,
    help: 'no type is converted by itself: compare with a value of the same type',
    avoid: 'policy p\nfor any { permit ok when 5 }',
    prefer: 'policy p\nfor any { permit ok when 5 > 4 }',
  },
  'wrong-operands': {
    severity: 'error',
    message: (p: { operator: string; takes: string; found: string }) =>
      `\`${p.operator}\` takes ${p.takes}, found ${p.found}`,
    help: 'no type is converted by itself: both sides must fit the operator',
    avoid: 'policy p\nfor any { permit ok when 5 + true is 5 }',
    prefer: 'policy p\nfor any { permit ok when 5 + 1 is 6 }',
  },
  'not-comparable': {
    severity: 'error',
    message: (p: { type: string }) => `values of ${p.type} cannot be compared with \`is\``,
    help: 'compare their members, or use `within` for sets',
    avoid: 'policy p\ncontext { a?: Set<Int> }\nfor any { permit ok when context.a is context.a }',
    prefer: 'policy p\ncontext { a?: Set<Int> }\nfor any { permit ok when 5 in context.a }',
  },
  'not-ordered': {
    severity: 'error',
    message: (p: { type: string }) => `values of ${p.type} have no order`,
    help: 'an enum whose members are separated by `<` is ordered',
    avoid: 'policy p\ncontext { a?: String }\nfor any { permit ok when context.a < "b" }',
    prefer: 'policy p\ncontext { a?: Int }\nfor any { permit ok when context.a < 5 }',
  },
  'not-a-value': {
    severity: 'error',
    message: (p: { what: string }) => `${p.what} is no value`,
    help: 'name the member that is meant, or ask with `is present`',
    avoid: 'policy p\ncontext { a?: { b?: Int } }\nfor any { permit ok when context.a }',
    prefer:
      'policy p\ncontext { a?: { b?: Int } }\nfor any { permit ok when context.a is present }',
  },
  'unknown-function': {
    severity: 'error',
    message: (p: { name: string }) => `there is no function \`${p.name}\``,
    help: 'the functions are `size`, `lower`, `length`, `spiffe`, `ip`, `cidr`, `age`, `known` and `latest`',
    avoid: 'policy p\ncontext { a?: Set<Int> }\nfor any { permit ok when sizes(context.a) > 1 }',
    prefer: 'policy p\ncontext { a?: Set<Int> }\nfor any { permit ok when size(context.a) > 1 }',
  },
  'wrong-arity': {
    severity: 'error',
    message: (p: { name: string; expected: number; found: number }) =>
      `\`${p.name}\` takes ${['no value', 'one value'][p.expected] ?? `${p.expected} values`}, found ${p.found}`,
    help: 'a table of pairs is looked up with both keys: `table[a, b]`',
    avoid: 'policy p\ncontext { a?: Set<Int> }\nfor any { permit ok when size(context.a, 2) > 1 }',
    prefer: 'policy p\ncontext { a?: Set<Int> }\nfor any { permit ok when size(context.a) > 1 }',
  },
  'presence-of-value': {
    severity: 'error',
    message: (_: Record<never, never>) => 'only a member of the request can be present or missing',
    help: '`known(x)` asks whether a value can be told',
    avoid: 'policy p\nfor any { permit ok when 5 is present }',
    prefer: 'policy p\ncontext { a?: Int }\nfor any { permit ok when context.a is present }',
  },
  'bad-latest': {
    severity: 'error',
    message: (_: Record<never, never>) => '`latest` takes a member of the request',
    help: 'write `latest(context.risk.level)`: it reads the last value, whatever its age',
    avoid: 'policy p\nfor any { deny no when latest(5) is 5 }',
    prefer: 'policy p\ncontext { a?: Int }\nfor any { deny no when latest(context.a) is 5 }',
  },
  'latest-in-permit': {
    severity: 'error',
    message: (_: Record<never, never>) => 'a permit may not rest on a stale value',
    help: 'leave out `latest`: a stale value then grants nothing',
    avoid: 'policy p\ncontext { a?: Int }\nfor any { permit ok when latest(context.a) is 5 }',
    prefer: 'policy p\ncontext { a?: Int }\nfor any { permit ok when context.a is 5 }',
  },
  'actor-chain-in-permit': {
    severity: 'error',
    message: (_: Record<never, never>) => 'a permit may not rest on earlier actors of a delegation',
    help: 'RFC 8693 §4.1 allows only the current actor to be considered; restrict with a `deny`',
    avoid:
      'policy p\nsubject a { actor_chain: List<String> = {} }\nfor a { permit ok when size(subject.actor_chain) < 3 }',
    prefer:
      'policy p\nsubject a { actor_chain: List<String> = {} }\nfor a { permit ok otherwise\ndeny deep when size(subject.actor_chain) > 3 }',
  },
  'time-not-traceable': {
    severity: 'error',
    message: (_: Record<never, never>) => 'when this changes with time cannot be told',
    help: 'compare the time itself: `context.time >= x`, `age(x) > 5m`',
    avoid:
      'policy p\ncontext { time: Timestamp }\nfor any { permit ok when (context.time - 2026-01-01T00:00:00Z) / 2 > 5m }',
    prefer:
      'policy p\ncontext { time: Timestamp }\nfor any { permit ok when context.time - 2026-01-01T00:00:00Z > 10m }',
  },
  'unknown-table': {
    severity: 'error',
    message: (p: { name: string }) => `no table \`${p.name}\` is declared`,
    help: 'declare it: `table name: String -> Int { … }`, or `from "file.json"`',
    avoid: 'policy p\nfor any { permit ok when scopes["a"] is 5 }',
    prefer:
      'policy p\ntable scopes: String -> Int { "a": 5 }\nfor any { permit ok when scopes["a"] is 5 }',
  },
  'bad-table': {
    severity: 'error',
    message: (p: { why: string }) => `${p.why}`,
    help: 'each key stands once, and every key and value is of the declared type',
    avoid: 'policy p\ntable t: String -> Int { "a": 5, "a": 6 }\nfor any { permit ok otherwise }',
    prefer: 'policy p\ntable t: String -> Int { "a": 5, "b": 6 }\nfor any { permit ok otherwise }',
  },
  'external-contents': {
    severity: 'error',
    message: (_: Record<never, never>) => 'an external table has no contents of its own',
    help: 'whoever loads the module fills it; a test does so with `with { table.name = { … } }`',
    avoid: 'policy p\nexternal table t: String -> Int { "a": 5 }\nfor any { permit ok otherwise }',
    prefer: 'policy p\nexternal table t: String -> Int\nfor any { permit ok otherwise }',
  },
  'unknown-constraint': {
    severity: 'error',
    message: (p: { name: string }) => `no constraint \`${p.name}\` is declared`,
    help: 'declare it: `constraint name: Duration smallest wins`',
    avoid: 'policy p\nfor any { permit ok otherwise\nnarrow n to { ttl: 5m } }',
    prefer:
      'policy p\nconstraint ttl: Duration smallest wins\nfor any { permit ok otherwise\nnarrow n to { ttl: 5m } }',
  },
  'bad-constraint': {
    severity: 'error',
    message: (p: { merge: string; type: string; takes: string }) =>
      `\`${p.merge}\` takes ${p.takes}, found ${p.type}`,
    help: 'the other merge rules are `limits`, `smallest wins`, `largest wins`, `intersects` and `must agree`',
    avoid: 'policy p\nconstraint a: String smallest wins\nfor any { permit ok otherwise }',
    prefer: 'policy p\nconstraint a: String must agree\nfor any { permit ok otherwise }',
  },
  'duplicate-setting': {
    severity: 'error',
    message: (p: { name: string }) => `\`${p.name}\` is set twice`,
    help: 'each is set once: keep the one that is meant, of two constraints the tighter one',
    avoid:
      'policy p\nconstraint ttl: Duration smallest wins\nfor any { permit ok otherwise\nnarrow n to { ttl: 5m, ttl: 6m } }',
    prefer:
      'policy p\nconstraint ttl: Duration smallest wins\nfor any { permit ok otherwise\nnarrow n to { ttl: 5m } }',
  },
  'narrow-without-constraint': {
    severity: 'error',
    message: (p: { name: string }) => `\`${p.name}\` narrows to nothing`,
    help: 'say within which constraints, `to { … }`, or with which obligations, `with …`',
    avoid: 'policy p\nfor any { permit ok otherwise\nnarrow n }',
    prefer:
      'policy p\nconstraint ttl: Duration smallest wins\nfor any { permit ok otherwise\nnarrow n to { ttl: 5m } }',
  },
  'misplaced-clause': {
    severity: 'error',
    message: (p: { clause: string; effect: string }) =>
      `\`${p.clause}\` does not go with \`${p.effect}\``,
    help: '`to` and `or deny unless` go with `narrow`, `otherwise` with `permit`, and `if unknown skip` with all but `permit`',
    avoid:
      'policy p\nconstraint ttl: Duration smallest wins\nfor any { permit ok otherwise\ndeny n to { ttl: 5m } }',
    prefer:
      'policy p\nconstraint ttl: Duration smallest wins\nfor any { permit ok otherwise\nnarrow n to { ttl: 5m } }',
  },
  'permit-without-condition': {
    severity: 'error',
    message: (p: { name: string }) => `\`${p.name}\` permits everything without saying so`,
    help: 'state what it grants with `when …`, or write `permit x otherwise`',
    avoid: 'policy p\nfor any { permit ok }',
    prefer: 'policy p\nfor any { permit ok otherwise }',
  },
  'given-without-otherwise': {
    severity: 'error',
    message: (p: { name: string }) => `nothing is said of \`${p.name}\` being unknown`,
    help: 'add `otherwise { … }` with what to do then, or `otherwise ignore`',
    avoid:
      'policy p\ncontext { a?: Int }\nfor any { permit ok otherwise\ngiven a = context.a { deny no when a > 5 } }',
    prefer:
      'policy p\ncontext { a?: Int }\nfor any { permit ok otherwise\ngiven a = context.a { deny no when a > 5 } otherwise { deny no } }',
  },
  'bad-score': {
    severity: 'error',
    message: (p: { why: string }) => `this score ${p.why}`,
    help: 'bands rise and get stricter: `from 1 narrow to { … } from 2 deny from 4 revoke`',
    avoid:
      'policy p\nfor any { permit ok otherwise\nscore s { a counts 1 when true from 2 deny from 1 revoke } }',
    prefer:
      'policy p\nfor any { permit ok otherwise\nscore s { a counts 1 when true from 1 deny from 2 revoke } }',
  },
  'bad-test': {
    severity: 'error',
    message: (p: { why: string }) => `${p.why}`,
    help: 'a test sends a whole request, `{ … }` or `from "file.json"`, and changes members of it',
    avoid:
      'policy p\nfor any { permit ok otherwise }\ntest "t" { request from "nowhere.json" expect permit }',
    prefer:
      'policy p\nfor any { permit ok otherwise }\ntest "t" { request { "subject": { "type": "a", "id": "b" }, "action": { "name": "c" }, "resource": { "type": "d", "id": "e" } } expect permit }',
  },
  'too-many': {
    severity: 'error',
    message: (p: { what: string; limit: number }) => `more than ${p.limit} ${p.what}`,
    help: 'split it into several, or say it in fewer parts',
    avoid: `policy p\ncontext { ${Array.from({ length: 65 }, (_, i) => `m${i}?: Int`).join(', ')} }\nfor any { permit ok otherwise }`,
    prefer: 'policy p\ncontext { m0?: Int, rest?: { m1?: Int } }\nfor any { permit ok otherwise }',
  },
  ...patternMessages,
} satisfies Record<string, Entry>;
