// Diagnostics of names, types and rules.

import type { Entry } from './entry.ts';

export const semanticMessages = {
  'missing-file': {
    severity: 'error',
    message: (p: { path: string }) => `cannot read \`${p.path}\``,
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
    avoid: 'policy p\nconst a = 1\nconst a = 2\nfor any { permit ok otherwise }',
    prefer: 'policy p\nconst a = 1\nconst b = 2\nfor any { permit ok otherwise }',
  },
  'duplicate-member': {
    severity: 'error',
    message: (p: { name: string }) => `member \`${p.name}\` is declared twice`,
    avoid: 'policy p\nrecord r { a: Int, a: Bool }\nfor any { permit ok otherwise }',
    prefer: 'policy p\nrecord r { a: Int, b: Bool }\nfor any { permit ok otherwise }',
  },
  'reserved-name': {
    severity: 'error',
    message: (p: { name: string; use: string }) => `\`${p.name}\` is reserved: ${p.use}`,
    avoid: 'policy p\nfor any { deny default_deny }',
    prefer: 'policy p\nfor any { deny nothing_here }',
  },
  'unknown-name': {
    severity: 'error',
    message: (p: { name: string }) => `nothing here is called \`${p.name}\``,
    avoid: 'policy p\nfor any { permit ok when ready }',
    prefer: 'policy p\nfor any { let ready = true\npermit ok when ready }',
  },
  'unknown-type': {
    severity: 'error',
    message: (p: { name: string }) => `there is no type \`${p.name}\``,
    avoid: 'policy p\ncontext { a?: Strin }\nfor any { permit ok otherwise }',
    prefer: 'policy p\ncontext { a?: String }\nfor any { permit ok otherwise }',
  },
  'unknown-member': {
    severity: 'error',
    message: (p: { owner: string; name: string }) => `\`${p.owner}\` has no member \`${p.name}\``,
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
  'bad-time': {
    severity: 'error',
    message: (_: Record<never, never>) =>
      '`context.time` is the instant of evaluation: declare it as `time: Timestamp`',
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
    avoid:
      'policy p\ncontext { time: Timestamp, risk?: { level?: Int } fresh 5m }\nfor any { permit ok otherwise }',
    prefer:
      'policy p\ncontext { time: Timestamp, risk?: { level?: Int, observed_at?: Timestamp } fresh 5m }\nfor any { permit ok otherwise }',
  },
  'bad-default': {
    severity: 'error',
    message: (p: { why: string }) => `this default ${p.why}`,
    avoid: 'policy p\ncontext { a: Bool = context.b }\nfor any { permit ok otherwise }',
    prefer: 'policy p\ncontext { a: Bool = false }\nfor any { permit ok otherwise }',
  },
  'not-constant': {
    severity: 'error',
    message: (p: { what: string }) => `${p.what} must be a constant`,
    avoid: 'policy p\ncontext { a?: Int }\nconst c = context.a\nfor any { permit ok otherwise }',
    prefer: 'policy p\nconst c = 5\nfor any { permit ok otherwise }',
  },
  'recursive-record': {
    severity: 'error',
    message: (p: { name: string }) => `record \`${p.name}\` contains itself`,
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
    avoid: 'policy p\nenum e { a, b, else c }\nfor any { permit ok otherwise }',
    prefer: 'policy p\nenum e { a, b, c, else c }\nfor any { permit ok otherwise }',
  },
  'wrong-type': {
    severity: 'error',
    message: (p: { expected: string; found: string }) => `expected ${p.expected}, found ${p.found}`,
    avoid: 'policy p\nfor any { permit ok when 5 }',
    prefer: 'policy p\nfor any { permit ok when 5 > 4 }',
  },
  'wrong-operands': {
    severity: 'error',
    message: (p: { operator: string; takes: string; found: string }) =>
      `\`${p.operator}\` takes ${p.takes}, found ${p.found}`,
    avoid: 'policy p\nfor any { permit ok when 5 + true is 5 }',
    prefer: 'policy p\nfor any { permit ok when 5 + 1 is 6 }',
  },
  'not-comparable': {
    severity: 'error',
    message: (p: { type: string }) => `values of ${p.type} cannot be compared with \`is\``,
    help: 'compare their members, or use `within` for sets',
    avoid: 'policy p\ncontext { a?: Set<Int> }\nfor any { permit ok when context.a is context.a }',
    prefer: 'policy p\ncontext { a?: Set<Int> }\nfor any { permit ok when context.a within { 5 } }',
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
    avoid: 'policy p\ncontext { a?: { b?: Int } }\nfor any { permit ok when context.a }',
    prefer:
      'policy p\ncontext { a?: { b?: Int } }\nfor any { permit ok when context.a is present }',
  },
  'unknown-function': {
    severity: 'error',
    message: (p: { name: string }) => `there is no function \`${p.name}\``,
    avoid: 'policy p\ncontext { a?: Set<Int> }\nfor any { permit ok when sizes(context.a) > 1 }',
    prefer: 'policy p\ncontext { a?: Set<Int> }\nfor any { permit ok when size(context.a) > 1 }',
  },
  'wrong-arity': {
    severity: 'error',
    message: (p: { name: string; expected: number; found: number }) =>
      `\`${p.name}\` takes ${p.expected}, found ${p.found}`,
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
    avoid: 'policy p\nfor any { permit ok when scopes["a"] is 5 }',
    prefer:
      'policy p\ntable scopes: String -> Int { "a": 5 }\nfor any { permit ok when scopes["a"] is 5 }',
  },
  'bad-table': {
    severity: 'error',
    message: (p: { why: string }) => `${p.why}`,
    avoid: 'policy p\ntable t: String -> Int { "a": 5, "a": 6 }\nfor any { permit ok otherwise }',
    prefer: 'policy p\ntable t: String -> Int { "a": 5, "b": 6 }\nfor any { permit ok otherwise }',
  },
  'unknown-constraint': {
    severity: 'error',
    message: (p: { name: string }) => `no constraint \`${p.name}\` is declared`,
    avoid: 'policy p\nfor any { permit ok otherwise\nnarrow n to { ttl: 5m } }',
    prefer:
      'policy p\nconstraint ttl: Duration smallest wins\nfor any { permit ok otherwise\nnarrow n to { ttl: 5m } }',
  },
  'bad-constraint': {
    severity: 'error',
    message: (p: { merge: string; type: string; takes: string }) =>
      `\`${p.merge}\` takes ${p.takes}, found ${p.type}`,
    avoid: 'policy p\nconstraint a: String smallest wins\nfor any { permit ok otherwise }',
    prefer: 'policy p\nconstraint a: String must agree\nfor any { permit ok otherwise }',
  },
  'duplicate-setting': {
    severity: 'error',
    message: (p: { name: string }) => `\`${p.name}\` is set twice`,
    avoid:
      'policy p\nconstraint ttl: Duration smallest wins\nfor any { permit ok otherwise\nnarrow n to { ttl: 5m, ttl: 6m } }',
    prefer:
      'policy p\nconstraint ttl: Duration smallest wins\nfor any { permit ok otherwise\nnarrow n to { ttl: 5m } }',
  },
  'narrow-without-constraint': {
    severity: 'error',
    message: (p: { name: string }) => `\`${p.name}\` narrows to nothing`,
    help: 'say within which constraints: `to { … }`',
    avoid: 'policy p\nfor any { permit ok otherwise\nnarrow n }',
    prefer:
      'policy p\nconstraint ttl: Duration smallest wins\nfor any { permit ok otherwise\nnarrow n to { ttl: 5m } }',
  },
  'misplaced-clause': {
    severity: 'error',
    message: (p: { clause: string; effect: string }) =>
      `\`${p.clause}\` does not go with \`${p.effect}\``,
    avoid: 'policy p\nconstraint ttl: Duration smallest wins\nfor any { deny n to { ttl: 5m } }',
    prefer: 'policy p\nconstraint ttl: Duration smallest wins\nfor any { narrow n to { ttl: 5m } }',
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
    avoid:
      'policy p\nfor any { permit ok otherwise\nscore s { a counts 1 when true from 2 deny from 1 revoke } }',
    prefer:
      'policy p\nfor any { permit ok otherwise\nscore s { a counts 1 when true from 1 deny from 2 revoke } }',
  },
  'bad-test': {
    severity: 'error',
    message: (p: { why: string }) => `${p.why}`,
    avoid:
      'policy p\nfor any { permit ok otherwise }\ntest "t" { request from "nowhere.json" expect permit }',
    prefer:
      'policy p\nfor any { permit ok otherwise }\ntest "t" { request { "subject": { "type": "a", "id": "b" }, "action": { "name": "c" }, "resource": { "type": "d", "id": "e" } } expect permit }',
  },
  'too-many': {
    severity: 'error',
    message: (p: { what: string; limit: number }) => `${p.what}: at most ${p.limit} are possible`,
    avoid: `policy p\ncontext { ${Array.from({ length: 65 }, (_, i) => `m${i}?: Int`).join(', ')} }\nfor any { permit ok otherwise }`,
    prefer: 'policy p\ncontext { m0?: Int, rest?: { m1?: Int } }\nfor any { permit ok otherwise }',
  },
} satisfies Record<string, Entry>;
