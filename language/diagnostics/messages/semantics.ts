// Diagnostics of names, types and rules.

import { answerMessages } from './answers.ts';
import type { Entry } from './entry.ts';
import { historyMessages } from './history.ts';
import { numberMessages } from './numbers.ts';
import { patternMessages } from './patterns.ts';
import { windowSemanticMessages } from './windows.ts';

export const semanticMessages = {
  ...answerMessages,
  ...historyMessages,
  ...numberMessages,
  'missing-file': {
    severity: 'error',
    message: ({ path, why }: { path: string; why?: string | undefined }) =>
      `cannot read \`${path}\`${why === undefined ? '' : `: ${why}`}`,
    help: 'paths are relative to the file that names them',
    why: 'A policy is checked as a whole, with every file that it names: a missing file could hold the rules that deny. A policy may come from another author, so these files are confined to its project: the nearest folder, at or above the policy, with a `nhipol.toml` or `.git`, or else the folder of the policy. `--allow-read DIR` allows another folder, and only regular files of at most 32 MiB are read.',
    avoid: 'policy p\nuse "nowhere.nhipol"\nfor any { permit ok otherwise }',
    prefer: 'policy p\nfor any { permit ok otherwise }',
  },
  'missing-policy': {
    severity: 'error',
    message: (p: { file: string }) => `\`${p.file}\` does not say which policy it is`,
    help: 'begin with `policy name version "1.0.0"`',
    why: 'Answers and modules carry the name and version of the policy that made them, so that a log can be traced back. The name stands in the policy itself and not in the name of a file, which can be changed.',
    avoid: 'for any { permit ok otherwise }',
    prefer: 'policy p\nfor any { permit ok otherwise }',
  },
  'duplicate-name': {
    severity: 'error',
    message: (p: { name: string }) => `\`${p.name}\` is declared twice`,
    help: 'rename one of them; rules are the only ones that may share a name',
    why: 'One name means one thing. With two declarations, a rule would depend on which of them the compiler happened to take.',
    avoid: 'policy p\nconst a = 1\nconst a = 2\nfor any { permit ok otherwise }',
    prefer: 'policy p\nconst a = 1\nconst b = 2\nfor any { permit ok otherwise }',
  },
  'duplicate-member': {
    severity: 'error',
    message: (p: { name: string }) => `member \`${p.name}\` is declared twice`,
    help: 'remove or rename one of them',
    why: 'A member is found by its name, in the request as in the policy. Two of one name could have different types, and only one of them would ever be read.',
    avoid: 'policy p\nrecord r { a: Int, a: Bool }\nfor any { permit ok otherwise }',
    prefer: 'policy p\nrecord r { a: Int, b: Bool }\nfor any { permit ok otherwise }',
  },
  'reserved-name': {
    severity: 'error',
    message: (p: { name: string; use: string }) => `\`${p.name}\` is reserved: ${p.use}`,
    help: 'choose another name',
    why: 'Some words have a meaning of their own, in expressions or in answers. What is declared by such a name could never be referred to, or would be taken for something else in a log.',
    avoid: 'policy p\nfor any { deny default_deny }',
    prefer: 'policy p\nfor any { deny nothing_here }',
  },
  'unknown-name': {
    severity: 'error',
    message: (p: { name: string }) => `nothing here is called \`${p.name}\``,
    help: 'members are reached from `subject`, `action`, `resource` or `context`; names of other files are brought in with `use`',
    absent: (p: { name: string }) => p.name,
    why: 'Every name is declared before it counts: there are no globals and no implicit values. A misspelt name that quietly meant nothing would turn a rule off.',
    avoid: 'policy p\nfor any { permit ok when ready }',
    prefer: 'policy p\nfor any { let ready = true\npermit ok when ready }',
  },
  'unknown-type': {
    severity: 'error',
    message: (p: { name: string }) => `there is no type \`${p.name}\``,
    help: 'the types are `Bool`, `Int`, `Decimal`, `String`, `Timestamp`, `Duration`, `SpiffeId`, `Ip`, `Cidr`, `Set<…>`, `List<…>`, and those that `enum` and `record` declare',
    absent: (p: { name: string }) => p.name,
    why: 'Types say what a request may hold, and what is compared with what. With a type that nobody declares, nothing about the member could be checked.',
    avoid: 'policy p\ncontext { a?: Strin }\nfor any { permit ok otherwise }',
    prefer: 'policy p\ncontext { a?: String }\nfor any { permit ok otherwise }',
  },
  'unknown-member': {
    severity: 'error',
    message: (p: { owner: string; name: string }) => `\`${p.owner}\` has no member \`${p.name}\``,
    help: 'a policy reads only what it declares: declare the member, or correct its name',
    absent: (p: { name: string }) => p.name,
    why: 'What a request may hold is declared, so that a misspelt member is found here and not in production, where it would simply always be missing. A rule on such a member would never grant, or always deny.',
    avoid: 'policy p\ncontext { a?: Bool }\nfor any { permit ok when context.b }',
    prefer: 'policy p\ncontext { a?: Bool }\nfor any { permit ok when context.a }',
  },
  'member-not-everywhere': {
    severity: 'error',
    message: (p: { name: string; root: string; missing: string; of?: 'group' | 'pattern' }) =>
      `\`${p.name}\` is not declared alike for every ${p.root} that this ${p.of ?? 'group'} is about (see ${p.missing})`,
    help: 'narrow the group with `for`, `doing` or `on`, or declare the member alike',
    absent: (p: { name: string }) => p.name,
    why: 'A group may be about several types, and each of its rules is evaluated for all of them. Where one type lacks the member, the rule would be unknown for all of its requests: a `deny` would always fire and a `permit` never.',
    avoid:
      'policy p\nsubject a { x?: Bool }\nsubject b { y?: Bool }\nfor a, b { permit ok when subject.x }',
    prefer:
      'policy p\nsubject a { x?: Bool }\nsubject b { x?: Bool }\nfor a, b { permit ok when subject.x }',
  },
  'unknown-subject': {
    severity: 'error',
    message: (p: { name: string }) => `no subject type \`${p.name}\` is declared`,
    help: 'declare what is known of it: `subject name { … }`',
    absent: (p: { name: string }) => p.name,
    why: 'What a subject brings is declared by its type. A group about a type that nobody declares may be a misspelt name, and then the rules in it that deny would never be asked.',
    avoid: 'policy p\nfor agent { permit ok otherwise }',
    prefer: 'policy p\nsubject agent {}\nfor agent { permit ok otherwise }',
  },
  'shadowed-property': {
    severity: 'error',
    message: (p: { root: string; name: string }) =>
      p.name === 'properties'
        ? `a property \`properties\` is hidden by the ${p.root}'s own \`properties\``
        : `a property \`${p.name}\` is hidden by the request's own \`${p.root}.${p.name}\``,
    help: 'declare it as `properties.name` and read it as `subject.properties.name`, or give the property another name',
    why: "`subject.type`, `subject.id`, `action.name`, `resource.type` and `resource.id` are the request's own strings. A rule that reads one of them never sees a property of the same name, so such a property says with `properties.` which of the two is meant.",
    avoid:
      'policy p\nresource any { type?: String }\nfor any { deny secret when resource.type is "secret" }',
    prefer:
      'policy p\nresource any { properties.type?: String }\nfor any { deny secret when resource.properties.type is "secret" }',
  },
  'misplaced-properties': {
    severity: 'error',
    message: (p: { name: string }) => `\`properties.${p.name}\` is not a property of the request`,
    help: 'leave out `properties.`; only a subject, an action or a resource has properties',
    why: 'Subjects, actions and resources have their declared members in `properties`, beside strings of their own. The context, records and obligations have no such strings, so that nothing needs to be told apart.',
    avoid:
      'policy p\nrecord r { properties.type?: String }\ncontext { r?: r }\nfor any { permit ok when context.r.type is "a" }',
    prefer:
      'policy p\nrecord r { type?: String }\ncontext { r?: r }\nfor any { permit ok when context.r.type is "a" }',
  },
  'unknown-action': {
    severity: 'error',
    message: (p: { name: string }) => `no action \`${p.name}\` is declared`,
    help: 'declare it, `action "name" {}`, or declare `action any {}` if there are others than those listed',
    absent: (p: { name: string }) => p.name,
    why: 'The policy lists its actions, and this one is not among them. A group about a misspelled action applies to no request, so a rule in it that denies would never be evaluated.',
    avoid: 'policy p\naction "fs.write" {}\nfor any doing "fs.wriet" { deny read_only }',
    prefer: 'policy p\naction "fs.write" {}\nfor any doing "fs.write" { deny read_only }',
  },
  'unknown-resource': {
    severity: 'error',
    message: (p: { name: string }) => `no resource type \`${p.name}\` is declared`,
    help: 'declare it, `resource name {}`, or declare `resource any {}` if there are others than those listed',
    absent: (p: { name: string }) => p.name,
    why: 'The policy lists its resource types, and this one is not among them. A group about a misspelled type applies to no request, so a rule in it that denies would never be evaluated.',
    avoid: 'policy p\nresource file {}\nfor any on fiel { deny read_only }',
    prefer: 'policy p\nresource file {}\nfor any on file { deny read_only }',
  },
  'names-nothing': {
    severity: 'error',
    message: (p: { what: string; name: string }) =>
      `${p.name} names no declared ${p.what === 'action' ? 'action' : 'resource type'}`,
    help: 'declare what it is to name, or correct it; `*` in a glob stops at `/`',
    why: 'A glob or a set in a scope stands for the names that it matches. One that matches no declaration is misspelled or left over, and a rule that denies would never be evaluated.',
    avoid: 'policy p\naction "fs.write" {}\nfor any doing glob"sf.*" { deny read_only }',
    prefer: 'policy p\naction "fs.write" {}\nfor any doing glob"fs.*" { deny read_only }',
  },
  'wrong-name-set': {
    severity: 'error',
    message: (p: { name: string; of: string; what: string }) =>
      `\`${p.name}\` is a set of ${p.of === 'actions' ? 'actions' : 'resource types'}`,
    help: '`doing` takes sets that are declared with `actions`, `on` those declared with `resources`',
    why: 'A set names either actions or resource types, and stands where these are named. In the other place it would match nothing.',
    avoid:
      'policy p\naction read {}\nactions reads = { read }\nfor any on reads { deny read_only }',
    prefer:
      'policy p\naction read {}\nactions reads = { read }\nfor any doing reads { deny read_only }',
  },
  'undeclared-context': {
    severity: 'error',
    message: (_: Record<never, never>) => 'this policy declares no `context`',
    help: 'declare what it reads: `context { … }`',
    absent: () => 'context',
    why: "What the context of a request may hold is declared like everything else. Without the declaration the types of its members, and whether they may be missing, are anybody's guess.",
    avoid: 'policy p\nfor any { permit ok when context.a }',
    prefer: 'policy p\ncontext { a?: Bool }\nfor any { permit ok when context.a }',
  },
  ...windowSemanticMessages,
  'bad-time': {
    severity: 'error',
    message: (_: Record<never, never>) =>
      '`context.time` is the instant of evaluation, which every answer needs',
    help: 'declare it as `time: Timestamp`, without `?` and without a default',
    why: 'Everything that depends on time is measured from one instant: freshness, ages, windows, and until when an answer holds. So the instant is always there, and no default can stand in for it.',
    avoid: 'policy p\ncontext { time?: Timestamp }\nfor any { permit ok otherwise }',
    prefer: 'policy p\ncontext { time: Timestamp }\nfor any { permit ok otherwise }',
  },
  'bad-call-digest': {
    severity: 'error',
    message: (_: Record<never, never>) =>
      '`context.call_digest` is the digest of the call, which the host sets',
    help: 'declare it as `call_digest?: String`',
    why: 'The host computes the digest of the action, the resource, the caller and the policy, so that an approval holds for this call alone. It is optional, since a call with a number that canonical JSON would round has none; what is asked of it is then unknown.',
    avoid: 'policy p\ncontext { call_digest: String }\nfor any { permit ok otherwise }',
    prefer: 'policy p\ncontext { call_digest?: String }\nfor any { permit ok otherwise }',
  },
  'undeclared-time': {
    severity: 'error',
    message: (p: { what: string }) => `${p.what} needs the instant of evaluation`,
    help: 'declare `context { time: Timestamp }`',
    absent: () => 'time',
    why: 'The module has no clock of its own: the instant of evaluation comes with the request or from the host. It is declared, so that one sees which policies depend on time.',
    avoid: 'policy p\ncontext { at?: Timestamp }\nfor any { deny old when age(context.at) > 5m }',
    prefer:
      'policy p\ncontext { time: Timestamp, at?: Timestamp }\nfor any { deny old when age(context.at) > 5m }',
  },
  'bad-fresh': {
    severity: 'error',
    message: (p: { why: string }) => `\`fresh\` ${p.why}`,
    help: 'declare it as `name?: { …, observed_at?: Timestamp } fresh 5m`',
    why: '`fresh` lets a value count only for so long after it was observed. That needs the instant of the observation beside the value, and a time that is longer than none and shorter than a lifetime.',
    avoid:
      'policy p\ncontext { time: Timestamp, risk?: { level?: Int } fresh 5m }\nfor any { permit ok otherwise }',
    prefer:
      'policy p\ncontext { time: Timestamp, risk?: { level?: Int, observed_at?: Timestamp } fresh 5m }\nfor any { permit ok otherwise }',
  },
  'bad-default': {
    severity: 'error',
    message: (p: { why: string }) => `this default ${p.why}`,
    help: 'a default is a constant that stands for an absent value: `exposed: Bool = false`',
    why: 'A default stands for a value that is absent, so that the member is always known. It says what absence means, once, where a reader looks for it; beside a `?`, which says that nothing stands for it, it would contradict itself.',
    avoid: 'policy p\ncontext { a?: Bool = false }\nfor any { permit ok otherwise }',
    prefer: 'policy p\ncontext { a: Bool = false }\nfor any { permit ok otherwise }',
  },
  'not-constant': {
    severity: 'error',
    message: (p: { what: string }) => `${p.what} must be known when the policy is compiled`,
    help: 'write a value, or a name that stands for one: no request can be read there, and a result must not be unknown',
    why: 'Constants, defaults and the rows of tables are worked out while compiling and become part of the module. What a request holds is not known then, and a result that is unknown, such as a division by zero, is no constant.',
    avoid: 'policy p\nconst c = 5 / 0\nfor any { permit ok otherwise }',
    prefer: 'policy p\nconst c = 5 / 1\nfor any { permit ok otherwise }',
  },
  'recursive-record': {
    severity: 'error',
    message: (p: { name: string }) => `record \`${p.name}\` contains itself`,
    help: 'a request has a bounded depth: declare the inner levels as records of their own',
    why: 'A module reads requests in bounded memory and time, so how deep they go must be known from the declarations. A record within itself has no bottom.',
    avoid: 'policy p\nrecord r { a?: r }\ncontext { a?: r }\nfor any { permit ok otherwise }',
    prefer: 'policy p\nrecord r { a?: Int }\ncontext { a?: r }\nfor any { permit ok otherwise }',
  },
  'bad-element': {
    severity: 'error',
    message: (p: { type: string; collection?: string }) =>
      `a ${p.collection ?? 'set'} cannot hold ${p.type}`,
    help: 'a set holds single values such as strings, numbers and enum members; a list holds records as well',
    why: 'Whether something is in a set is told by equality, and only single values have that: records may lack members, and then one could not tell. A list asks for nothing but an order.',
    avoid: 'policy p\ncontext { a?: Set<{ b?: Int }> }\nfor any { permit ok otherwise }',
    prefer: 'policy p\ncontext { a?: List<{ b?: Int }> }\nfor any { permit ok otherwise }',
  },
  'bad-enum': {
    severity: 'error',
    message: (p: { why: string }) => `this enum ${p.why}`,
    help: 'list the member, too: `enum Level { low, high, else high }`',
    why: '`else` names the member that stands for every string that is not listed. It must be one of the members, so that rules can speak of it.',
    avoid: 'policy p\nenum e { a, b, else c }\nfor any { permit ok otherwise }',
    prefer: 'policy p\nenum e { a, b, c, else c }\nfor any { permit ok otherwise }',
  },
  'wrong-type': {
    severity: 'error',
    message: (p: { expected: string; found: string }) => `expected ${p.expected}, found ${p.found}`,
    help: 'no type is converted by itself: write a value of the type that is expected',
    why: 'Values of different types are never equal, larger or smaller, and nothing is converted behind the reader\'s back. In languages that convert, `"0"` and `false` have granted access that nobody meant to give.',
    avoid: 'policy p\nfor any { permit ok when 5 }',
    prefer: 'policy p\nfor any { permit ok when 5 > 4 }',
  },
  'wrong-operands': {
    severity: 'error',
    message: (p: { operator: string; takes: string; found: string }) =>
      `\`${p.operator}\` takes ${p.takes}, found ${p.found}`,
    help: 'no type is converted by itself: both sides must fit the operator',
    why: 'Each operator is defined for certain types. Elsewhere it would either fail at run time, which a policy never does, or mean something that its author did not think of.',
    avoid: 'policy p\nfor any { permit ok when 5 + true is 5 }',
    prefer: 'policy p\nfor any { permit ok when 5 + 1 is 6 }',
  },
  'not-comparable': {
    severity: 'error',
    message: (p: { type: string }) => `values of ${p.type} cannot be compared with \`is\``,
    help: 'compare their members; two sets are equal if `a within b and b within a`',
    why: '`is` compares single values. Whether two sets or records are equal depends on what absent or unknown parts count for, so the question is asked more exactly: of their members, or with `within`.',
    avoid: 'policy p\ncontext { a?: Set<Int> }\nfor any { permit ok when context.a is context.a }',
    prefer: 'policy p\ncontext { a?: Set<Int> }\nfor any { permit ok when 5 in context.a }',
  },
  'not-ordered': {
    severity: 'error',
    message: (p: { type: string }) => `values of ${p.type} have no order`,
    help: 'an enum whose members are separated by `<` is ordered',
    why: '`<` and its like need an order that everybody agrees on. Texts have several, depending on language and encoding, and an enum has one only if its declaration says so.',
    avoid: 'policy p\ncontext { a?: String }\nfor any { permit ok when context.a < "b" }',
    prefer: 'policy p\ncontext { a?: Int }\nfor any { permit ok when context.a < 5 }',
  },
  'not-a-value': {
    severity: 'error',
    message: (p: { what: string }) => `${p.what} is no value`,
    help: 'name the member that is meant, or ask with `is present`',
    why: 'A record or a declaration has no value of its own that a condition could be about. Taking "it is there" for "true" would confuse two questions: whether a value is there, and what it says.',
    avoid: 'policy p\ncontext { a?: { b?: Int } }\nfor any { permit ok when context.a }',
    prefer:
      'policy p\ncontext { a?: { b?: Int } }\nfor any { permit ok when context.a is present }',
  },
  'unknown-function': {
    severity: 'error',
    message: (p: { name: string }) => `there is no function \`${p.name}\``,
    help: 'the functions are `size`, `lower`, `length`, `decimal`, `spiffe`, `ip`, `cidr`, `age`, `weekday`, `time_of_day`, `known` and `latest`, and those that `predicate` and `function` declare',
    absent: (p: { name: string }) => p.name,
    why: 'Functions are built in or declared in the policy; there is nothing to load at run time. So what a policy can do is known from its text.',
    avoid: 'policy p\ncontext { a?: Set<Int> }\nfor any { permit ok when sizes(context.a) > 1 }',
    prefer: 'policy p\ncontext { a?: Set<Int> }\nfor any { permit ok when size(context.a) > 1 }',
  },
  'wrong-arity': {
    severity: 'error',
    message: (p: { name: string; expected: number; found: number }) =>
      `\`${p.name}\` takes ${['no value', 'one value'][p.expected] ?? `${p.expected} values`}, found ${p.found}`,
    help: 'give one value for each parameter; a table of pairs is looked up with both keys: `table[a, b]`',
    why: 'Every parameter takes part in the result, and none has a default. A missing argument would have to be guessed, and a further one ignored.',
    avoid: 'policy p\ncontext { a?: Set<Int> }\nfor any { permit ok when size(context.a, 2) > 1 }',
    prefer: 'policy p\ncontext { a?: Set<Int> }\nfor any { permit ok when size(context.a) > 1 }',
  },
  'presence-of-value': {
    severity: 'error',
    message: (_: Record<never, never>) => 'only a member of the request can be present or missing',
    help: '`known(x)` asks whether a value can be told',
    why: '`is present` asks whether a request brought something. What is computed is never brought by a request: it is known or unknown, which `known(…)` asks.',
    avoid: 'policy p\nfor any { permit ok when 5 is present }',
    prefer: 'policy p\ncontext { a?: Int }\nfor any { permit ok when context.a is present }',
  },
  'bad-latest': {
    severity: 'error',
    message: (_: Record<never, never>) => '`latest` takes a member of the request',
    help: 'write `latest(context.risk.level)`: it reads the last value, whatever its age',
    why: '`latest` looks past the freshness of a member that a request brings. Nothing else can be stale, so for everything else it would say nothing.',
    avoid: 'policy p\nfor any { deny no when latest(5) is 5 }',
    prefer: 'policy p\ncontext { a?: Int }\nfor any { deny no when latest(context.a) is 5 }',
  },
  'latest-in-permit': {
    severity: 'error',
    message: (_: Record<never, never>) => 'a permit may not rest on a stale value',
    help: 'leave out `latest`: a stale value then grants nothing',
    why: 'A value past its freshness says what was true once. Restricting on it is careful, but granting on it would undo what `fresh` is for: that access ends when nobody confirms that it may continue.',
    avoid: 'policy p\ncontext { a?: Int }\nfor any { permit ok when latest(context.a) is 5 }',
    prefer: 'policy p\ncontext { a?: Int }\nfor any { permit ok when context.a is 5 }',
  },
  'actor-chain-in-permit': {
    severity: 'error',
    message: (_: Record<never, never>) => 'a permit may not rest on earlier actors of a delegation',
    help: 'RFC 8693 §4.1 allows only the current actor to be considered; restrict with a `deny`',
    why: "Earlier actors of a delegation are told by the token's later holders, and nobody vouches for them. RFC 8693 allows them as information only; a rule that denies may look at them, since it can only restrict.",
    avoid:
      'policy p\nsubject a { actor_chain?: List<String> }\nfor a { permit ok when size(subject.actor_chain) < 3 }',
    prefer:
      'policy p\nsubject a { actor_chain?: List<String> }\nfor a { permit ok otherwise\ndeny deep when size(subject.actor_chain) > 3 }',
  },
  'time-not-traceable': {
    severity: 'error',
    message: (_: Record<never, never>) => 'when this changes with time cannot be told',
    help: 'compare the time itself: `context.time >= x`, `age(x) > 5m`',
    why: 'Every answer tells until when it holds, exact to the millisecond. For that the compiler must be able to say when a value turns, which it can for an instant or an age compared with a bound, and not for what is computed from them in other ways.',
    avoid:
      'policy p\ncontext { time: Timestamp }\nfor any { permit ok when (context.time - 2026-01-01T00:00:00Z) / 2 > 5m }',
    prefer:
      'policy p\ncontext { time: Timestamp }\nfor any { permit ok when context.time - 2026-01-01T00:00:00Z > 10m }',
  },
  'unknown-table': {
    severity: 'error',
    message: (p: { name: string }) => `no table \`${p.name}\` is declared`,
    help: 'declare it: `table name: String -> Int { … }`, or `from "file.json"`',
    absent: (p: { name: string }) => p.name,
    why: "A table's rows and types are known when the policy is compiled, or are declared to be filled at run time. Looking up in a table that is not there would be unknown for every request.",
    avoid: 'policy p\nfor any { permit ok when scopes["a"] is 5 }',
    prefer:
      'policy p\ntable scopes: String -> Int { "a": 5 }\nfor any { permit ok when scopes["a"] is 5 }',
  },
  'bad-table': {
    severity: 'error',
    message: (p: { why: string }) => `${p.why}`,
    help: 'each key stands once, and every key and value is of the declared type',
    why: 'A look-up has one result, of the declared type, or none. A key that stands twice, or a value of another type, would make the result depend on the order of the rows.',
    avoid: 'policy p\ntable t: String -> Int { "a": 5, "a": 6 }\nfor any { permit ok otherwise }',
    prefer: 'policy p\ntable t: String -> Int { "a": 5, "b": 6 }\nfor any { permit ok otherwise }',
  },
  'external-contents': {
    severity: 'error',
    message: (_: Record<never, never>) => 'an external table has no contents of its own',
    help: 'whoever loads the module fills it; a test does so with `with { table.name = { … } }`',
    why: 'An external table is filled by whoever loads the module, and refilled while it runs. Rows in the policy would be replaced with the first filling, and a reader would take them for what counts.',
    avoid: 'policy p\nexternal table t: String -> Int { "a": 5 }\nfor any { permit ok otherwise }',
    prefer: 'policy p\nexternal table t: String -> Int\nfor any { permit ok otherwise }',
  },
  'unknown-constraint': {
    severity: 'error',
    message: (p: { name: string }) => `no constraint \`${p.name}\` is declared`,
    help: 'declare it: `constraint name: Duration smallest wins`',
    absent: (p: { name: string }) => p.name,
    why: 'Constraints of several rules are merged into one answer, and the declaration says how. Without it there is no telling which of two values should win, and no enforcement point that knows the name.',
    avoid: 'policy p\nfor any { permit ok otherwise\nnarrow n to { ttl: 5m } }',
    prefer:
      'policy p\nconstraint ttl: Duration smallest wins\nfor any { permit ok otherwise\nnarrow n to { ttl: 5m } }',
  },
  'bad-constraint': {
    severity: 'error',
    message: (p: { merge: string; type: string; takes: string }) =>
      `\`${p.merge}\` takes ${p.takes}, found ${p.type}`,
    help: 'the other merge rules are `limits`, `smallest wins`, `largest wins`, `intersects` and `must agree`',
    why: 'Each merge rule needs something of its type: an order to find the smallest, a set to intersect, equality to agree. The type here does not have it, so two rules could not be brought together.',
    avoid: 'policy p\nconstraint a: String smallest wins\nfor any { permit ok otherwise }',
    prefer: 'policy p\nconstraint a: String must agree\nfor any { permit ok otherwise }',
  },
  'duplicate-setting': {
    severity: 'error',
    message: (p: { name: string }) => `\`${p.name}\` is set twice`,
    help: 'each is set once: keep the one that is meant, of two constraints the tighter one',
    why: 'A rule gives each constraint or member one value. Merging is for values from different rules; two in one rule are a slip, and one of them would be lost.',
    avoid:
      'policy p\nconstraint ttl: Duration smallest wins\nfor any { permit ok otherwise\nnarrow n to { ttl: 5m, ttl: 6m } }',
    prefer:
      'policy p\nconstraint ttl: Duration smallest wins\nfor any { permit ok otherwise\nnarrow n to { ttl: 5m } }',
  },
  'narrow-without-constraint': {
    severity: 'error',
    message: (p: { name: string }) => `\`${p.name}\` narrows to nothing`,
    help: 'say within which constraints, `to { … }`, or with which obligations, `with …`',
    why: '`narrow` lets an action proceed within bounds. Without any bound it would be a permit that looks like a restriction.',
    avoid: 'policy p\nfor any { permit ok otherwise\nnarrow n }',
    prefer:
      'policy p\nconstraint ttl: Duration smallest wins\nfor any { permit ok otherwise\nnarrow n to { ttl: 5m } }',
  },
  'misplaced-clause': {
    severity: 'error',
    message: (p: { clause: string; effect: string }) =>
      `\`${p.clause}\` does not go with \`${p.effect}\``,
    help: '`to` and `or deny unless` go with `narrow`, `otherwise` with `permit`, and `if unknown skip` with all but `permit`',
    why: 'A clause says something about its effect, and about this one it would say nothing. Left in, it would make a reader believe in a restriction or an exception that is not there.',
    avoid:
      'policy p\nconstraint ttl: Duration smallest wins\nfor any { permit ok otherwise\ndeny n to { ttl: 5m } }',
    prefer:
      'policy p\nconstraint ttl: Duration smallest wins\nfor any { permit ok otherwise\nnarrow n to { ttl: 5m } }',
  },
  'permit-without-condition': {
    severity: 'error',
    message: (p: { name: string }) => `\`${p.name}\` permits everything without saying so`,
    help: 'state what it grants with `when …`, or write `permit x otherwise`',
    why: 'A permit without a condition grants everything that the group is about. That may be meant, but it must be visible: a forgotten `when` looks just the same.',
    avoid: 'policy p\nfor any { permit ok }',
    prefer: 'policy p\nfor any { permit ok otherwise }',
  },
  'given-without-otherwise': {
    severity: 'error',
    message: (p: { name: string }) => `nothing is said of \`${p.name}\` being unknown`,
    help: 'add `otherwise { … }` with what to do then, or `otherwise ignore`',
    why: 'Rules within `given` are silent when its value is unknown, and some of them restrict. Whoever leaves the value out of a request would slip past them, so the policy says what happens then, even if it is nothing.',
    avoid:
      'policy p\ncontext { a?: Int }\nfor any { permit ok otherwise\ngiven a = context.a { deny no when a > 5 } }',
    prefer:
      'policy p\ncontext { a?: Int }\nfor any { permit ok otherwise\ngiven a = context.a { deny no when a > 5 } otherwise { deny no } }',
  },
  'bad-score': {
    severity: 'error',
    message: (p: { why: string }) => `this score ${p.why}`,
    help: 'bands rise and get stricter: `from 1 narrow to { … } from 2 deny from 4 revoke`',
    why: 'A score adds up what speaks against a request and answers by bands. Where a higher sum led to a milder effect, adding a reason to deny could open the door.',
    avoid:
      'policy p\nfor any { permit ok otherwise\nscore s { a counts 1 when true from 2 deny from 1 revoke } }',
    prefer:
      'policy p\nfor any { permit ok otherwise\nscore s { a counts 1 when true from 1 deny from 2 revoke } }',
  },
  'too-many': {
    severity: 'error',
    message: (p: { what: string; limit: number }) => `more than ${p.limit} ${p.what}`,
    help: 'split it into several, or say it in fewer parts',
    why: 'Modules read requests and tell their reasons in fixed space, and the compiler promises to end in bounded time. These bounds are part of that promise.',
    avoid: `policy p\ncontext { ${Array.from({ length: 65 }, (_, i) => `m${i}?: Int`).join(', ')} }\nfor any { permit ok otherwise }`,
    prefer: 'policy p\ncontext { m0?: Int, rest?: { m1?: Int } }\nfor any { permit ok otherwise }',
  },
  ...patternMessages,
} satisfies Record<string, Entry>;
