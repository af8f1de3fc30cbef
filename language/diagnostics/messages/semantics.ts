// Diagnostics about names, types and rules.

import { answerMessages } from './answers.ts';
import type { Entry } from './entry.ts';
import { historyMessages } from './history.ts';
import { numberMessages } from './numbers.ts';
import { patternMessages } from './patterns.ts';
import { secretMessages } from './secrets.ts';
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
    why: 'A policy is checked as a whole, with every file that it names: a missing file could contain the rules that deny. A policy can come from another author, so it can read only regular files of at most 32 MiB in its project: the nearest folder, at or above the policy, with a `nhipol.toml` or `.git`, or else the folder of the policy. `--allow-read DIR` allows another folder.',
    avoid: 'policy p\nuse "nowhere.nhipol"\nfor any { permit ok otherwise }',
    prefer: 'policy p\nfor any { permit ok otherwise }',
  },
  'missing-policy': {
    severity: 'error',
    message: (p: { file: string }) => `\`${p.file}\` has no \`policy\` declaration`,
    help: 'begin with `policy name version "1.0.0"`',
    why: 'Answers and modules carry the name and version of their policy, so that a log entry can be traced to it. The name is in the policy and not in the file name, which can change.',
    avoid: 'for any { permit ok otherwise }',
    prefer: 'policy p\nfor any { permit ok otherwise }',
  },
  'duplicate-name': {
    severity: 'error',
    message: (p: { name: string }) => `\`${p.name}\` is declared twice`,
    help: 'rename one of them; only rules may share a name',
    why: 'A name has one meaning. With two declarations, the meaning of a rule would depend on which one the compiler uses.',
    avoid: 'policy p\nconst a = 1\nconst a = 2\nfor any { permit ok otherwise }',
    prefer: 'policy p\nconst a = 1\nconst b = 2\nfor any { permit ok otherwise }',
  },
  'duplicate-member': {
    severity: 'error',
    message: (p: { name: string }) => `member \`${p.name}\` is declared twice`,
    help: 'remove or rename one of them',
    why: 'A member is identified by its name, in the request and in the policy. Two members of the same name could have different types, and only one of them would be read.',
    avoid: 'policy p\nrecord r { a: Int, a: Bool }\nfor any { permit ok otherwise }',
    prefer: 'policy p\nrecord r { a: Int, b: Bool }\nfor any { permit ok otherwise }',
  },
  'reserved-name': {
    severity: 'error',
    message: (p: { name: string; use: string }) => `\`${p.name}\` is reserved: ${p.use}`,
    help: 'choose another name',
    why: 'Some words have a fixed meaning in expressions or in answers. A declaration with such a name could not be referred to, or would be misread in a log.',
    avoid: 'policy p\nfor any { deny default_deny }',
    prefer: 'policy p\nfor any { deny nothing_here }',
  },
  'unknown-name': {
    severity: 'error',
    message: (p: { name: string }) => `unknown name \`${p.name}\``,
    help: 'members of the request begin with `subject`, `action`, `resource` or `context`; names of other files are imported with `use`',
    absent: (p: { name: string }) => p.name,
    why: 'Every name is declared before it is used: there are no globals and no implicit values. If a misspelled name were accepted, it would silently disable a rule.',
    avoid: 'policy p\nfor any { permit ok when ready }',
    prefer: 'policy p\nfor any { let ready = true\npermit ok when ready }',
  },
  'unknown-type': {
    severity: 'error',
    message: (p: { name: string }) => `unknown type \`${p.name}\``,
    help: 'the types are `Bool`, `Int`, `Decimal`, `String`, `Timestamp`, `Duration`, `SpiffeId`, `Ip`, `Cidr`, `Set<…>`, `List<…>`, and those that `enum` and `record` declare',
    absent: (p: { name: string }) => p.name,
    why: 'Types define what a request can contain and which values can be compared. Without a declared type, nothing about the member can be checked.',
    avoid: 'policy p\ncontext { a?: Strin }\nfor any { permit ok otherwise }',
    prefer: 'policy p\ncontext { a?: String }\nfor any { permit ok otherwise }',
  },
  'unknown-member': {
    severity: 'error',
    message: (p: { owner: string; name: string }) => `\`${p.owner}\` has no member \`${p.name}\``,
    help: 'declare the member, or correct its name: a policy reads only what it declares',
    absent: (p: { name: string }) => p.name,
    why: 'The members of a request are declared, so that a misspelled one is found here and not in production, where it would always be missing. A rule that reads it would never grant, or would always deny.',
    avoid: 'policy p\ncontext { a?: Bool }\nfor any { permit ok when context.b }',
    prefer: 'policy p\ncontext { a?: Bool }\nfor any { permit ok when context.a }',
  },
  'member-not-everywhere': {
    severity: 'error',
    message: (p: { name: string; root: string; missing: string; of?: 'group' | 'pattern' }) =>
      `\`${p.name}\` does not have the same declaration for every ${p.root} of this ${p.of ?? 'group'} (see ${p.missing})`,
    help: 'narrow the group with `for`, `doing` or `on`, or declare the member in the same way',
    absent: (p: { name: string }) => p.name,
    why: 'The context of a request has the members of the scopes that the request is in, and an event has the members of its action and resource type. A rule or a pattern that applies to requests or events without the member would be about something that they do not have.',
    avoid:
      'policy p\naction a {}\naction b {}\ncontext for any doing a { x?: Bool }\nfor any doing a, b { permit ok when context.x }',
    prefer:
      'policy p\naction a {}\naction b {}\ncontext for any doing a { x?: Bool }\nfor any doing a { permit ok when context.x }',
  },
  'differing-member': {
    severity: 'error',
    message: (p: { name: string; why: string }) => `\`${p.name}\` ${p.why}`,
    help: 'narrow the group with `for`, `doing` or `on`, or declare the member in the same way',
    why: 'A rule about several subject types, actions or resource types reads a member that they declare by the same name as one member. So its type, its default and its `fresh` must be the same; only whether it is optional can differ. A default must be declared for all of them, because without it the member would be missing for some.',
    avoid:
      'policy p\nsubject a { x?: Bool }\nsubject b { x?: Int }\nfor a, b { permit ok when subject.x is present }',
    prefer:
      'policy p\nsubject a { x?: Bool }\nsubject b { x: Bool }\nfor a, b { permit ok when subject.x is present }',
  },
  'unknown-subject': {
    severity: 'error',
    message: (p: { name: string }) => `unknown subject type \`${p.name}\``,
    help: 'declare it: `subject name { … }`',
    absent: (p: { name: string }) => p.name,
    why: 'The properties of a subject are declared by its type. A group for an undeclared type is probably a misspelling, and the rules in it that deny would never be evaluated.',
    avoid: 'policy p\nfor agent { permit ok otherwise }',
    prefer: 'policy p\nsubject agent {}\nfor agent { permit ok otherwise }',
  },
  'shadowed-property': {
    severity: 'error',
    message: (p: { root: string; name: string }) =>
      p.name === 'properties'
        ? `the property \`properties\` is hidden by the ${p.root}'s own \`properties\``
        : `the property \`${p.name}\` is hidden by the request's own \`${p.root}.${p.name}\``,
    help: 'declare it as `properties.name` and read it as `subject.properties.name`, or give the property another name',
    why: '`subject.type`, `subject.id`, `action.name`, `resource.type` and `resource.id` are strings of the request itself. A rule that reads one of them never reads a property of the same name. The prefix `properties.` states that the property is meant.',
    avoid:
      'policy p\nresource any { type?: String }\nfor any { deny secret when resource.type is "secret" }',
    prefer:
      'policy p\nresource any { properties.type?: String }\nfor any { deny secret when resource.properties.type is "secret" }',
  },
  'misplaced-properties': {
    severity: 'error',
    message: (p: { name: string }) => `\`properties.${p.name}\` is not a property of the request`,
    help: 'remove `properties.`: only a subject, an action or a resource has properties',
    why: "The declared members of subjects, actions and resources are in `properties`, apart from the request's own strings. The context, records and obligations have no such strings, so their members need no prefix.",
    avoid:
      'policy p\nrecord r { properties.type?: String }\ncontext { r?: r }\nfor any { permit ok when context.r.type is "a" }',
    prefer:
      'policy p\nrecord r { type?: String }\ncontext { r?: r }\nfor any { permit ok when context.r.type is "a" }',
  },
  'unknown-action': {
    severity: 'error',
    message: (p: { name: string }) => `unknown action \`${p.name}\``,
    help: 'declare it, `action "name" {}`, or declare `action any {}` if requests can have other actions',
    absent: (p: { name: string }) => p.name,
    why: 'The policy declares its actions, and this one is not among them. A group for a misspelled action applies to no request, so a rule in it that denies is never evaluated.',
    avoid: 'policy p\naction "fs.write" {}\nfor any doing "fs.wriet" { deny read_only }',
    prefer: 'policy p\naction "fs.write" {}\nfor any doing "fs.write" { deny read_only }',
  },
  'unknown-resource': {
    severity: 'error',
    message: (p: { name: string }) => `unknown resource type \`${p.name}\``,
    help: 'declare it, `resource name {}`, or declare `resource any {}` if requests can have other types',
    absent: (p: { name: string }) => p.name,
    why: 'The policy declares its resource types, and this one is not among them. A group for a misspelled type applies to no request, so a rule in it that denies is never evaluated.',
    avoid: 'policy p\nresource file {}\nfor any on fiel { deny read_only }',
    prefer: 'policy p\nresource file {}\nfor any on file { deny read_only }',
  },
  'names-nothing': {
    severity: 'error',
    message: (p: { what: string; name: string }) =>
      `${p.name} matches no declared ${p.what === 'action' ? 'action' : 'resource type'}`,
    help: 'correct it, or declare what it should match; in a glob, `*` does not cross a `/`',
    why: 'A glob or a set in a scope stands for the names that it matches. One that matches no declaration is misspelled or left over, and a rule in its group that denies is never evaluated.',
    avoid: 'policy p\naction "fs.write" {}\nfor any doing glob"sf.*" { deny read_only }',
    prefer: 'policy p\naction "fs.write" {}\nfor any doing glob"fs.*" { deny read_only }',
  },
  'wrong-name-set': {
    severity: 'error',
    message: (p: { name: string; of: string; what: string }) =>
      `\`${p.name}\` is a set of ${p.of === 'actions' ? 'actions' : 'resource types'}`,
    help: '`doing` takes sets declared with `actions`, `on` takes sets declared with `resources`',
    why: 'A set contains either actions or resource types, and is used where these are named. In the other place it would match nothing.',
    avoid:
      'policy p\naction read {}\nactions reads = { read }\nfor any on reads { deny read_only }',
    prefer:
      'policy p\naction read {}\nactions reads = { read }\nfor any doing reads { deny read_only }',
  },
  'undeclared-context': {
    severity: 'error',
    message: (_: Record<never, never>) => 'the policy declares no `context`',
    help: 'declare its members: `context { … }`',
    absent: () => 'context',
    why: 'The context of a request is declared like everything else. Without the declaration, the types of its members and whether they are optional are not defined.',
    avoid: 'policy p\nfor any { permit ok when context.a }',
    prefer: 'policy p\ncontext { a?: Bool }\nfor any { permit ok when context.a }',
  },
  'overlapping-contexts': {
    severity: 'error',
    message: (p: { name: string }) => `\`context.${p.name}\` is declared twice for some requests`,
    help: 'give one of the members another name, or give the contexts scopes without a common request',
    why: 'A member of the context has one declaration in each request. Two contexts can declare the same name only if no request is in the scope of both; a context without a scope applies to every request.',
    avoid:
      'policy p\ncontext { a?: Int }\ncontext for any doing pay { a?: String }\nfor any { permit ok otherwise }',
    prefer:
      'policy p\ncontext for any doing read { a?: Int }\ncontext for any doing pay { a?: String }\nfor any { permit ok otherwise }',
  },
  'bad-context': {
    severity: 'error',
    message: (p: { why: string }) => `this context ${p.why}`,
    help: 'declare it as `context for ai_agent doing "payment.send" { … }`',
    why: 'A context with a scope declares members for requests with the listed subject types, actions and resource types. Its scope is therefore a list of names. The instant of evaluation, the digest of the call and the approvals are read by the module or the host in every request, and are declared without a scope.',
    avoid:
      'policy p\ncontext for any doing pay { time: Timestamp }\nfor any { permit ok otherwise }',
    prefer: 'policy p\ncontext { time: Timestamp }\nfor any { permit ok otherwise }',
  },
  ...windowSemanticMessages,
  'bad-time': {
    severity: 'error',
    message: (_: Record<never, never>) =>
      '`context.time` is the instant of evaluation and must be a required `Timestamp`',
    help: 'declare it as `time: Timestamp`, without `?`, `secret` or a default',
    why: 'Everything that depends on time is measured from one instant: freshness, ages, windows, and the validity of an answer. The instant is therefore always present, and it has no default.',
    avoid: 'policy p\ncontext { time?: Timestamp }\nfor any { permit ok otherwise }',
    prefer: 'policy p\ncontext { time: Timestamp }\nfor any { permit ok otherwise }',
  },
  'bad-call-digest': {
    severity: 'error',
    message: (_: Record<never, never>) =>
      '`context.call_digest` is the digest of the call, which the module computes',
    help: 'declare it as `call_digest?: String`',
    why: 'The module computes the digest of the action, the resource, the caller and the policy, so that an approval applies to this call only. The member is optional: a call with a number that canonical JSON might round has no digest, and conditions that read it are then unknown.',
    avoid: 'policy p\ncontext { call_digest: String }\nfor any { permit ok otherwise }',
    prefer: 'policy p\ncontext { call_digest?: String }\nfor any { permit ok otherwise }',
  },
  'undeclared-time': {
    severity: 'error',
    message: (p: { what: string }) => `${p.what} needs the instant of evaluation`,
    help: 'declare `context { time: Timestamp }`',
    absent: () => 'time',
    why: 'A module has no clock: the instant of evaluation comes from the request or from the host. The declaration shows which policies depend on time.',
    avoid: 'policy p\ncontext { at?: Timestamp }\nfor any { deny old when age(context.at) > 5m }',
    prefer:
      'policy p\ncontext { time: Timestamp, at?: Timestamp }\nfor any { deny old when age(context.at) > 5m }',
  },
  'bad-fresh': {
    severity: 'error',
    message: (p: { why: string }) => `\`fresh\` ${p.why}`,
    help: 'declare it as `name?: { …, observed_at?: Timestamp } fresh 5m`',
    why: '`fresh` limits how long a value is valid after it was observed. It needs the instant of the observation in addition to the value, and a duration of 1 millisecond to 100 years.',
    avoid:
      'policy p\ncontext { time: Timestamp, risk?: { level?: Int } fresh 5m }\nfor any { permit ok otherwise }',
    prefer:
      'policy p\ncontext { time: Timestamp, risk?: { level?: Int, observed_at?: Timestamp } fresh 5m }\nfor any { permit ok otherwise }',
  },
  'bad-default': {
    severity: 'error',
    message: (p: { why: string }) => `this default ${p.why}`,
    help: 'a default is a constant that replaces a missing value: `exposed: Bool = false`',
    why: 'A default replaces a missing value, so that the member is always known. It defines the meaning of a missing value once, in the declaration. A `?` declares that a missing value is unknown and therefore contradicts a default.',
    avoid: 'policy p\ncontext { a?: Bool = false }\nfor any { permit ok otherwise }',
    prefer: 'policy p\ncontext { a: Bool = false }\nfor any { permit ok otherwise }',
  },
  'not-constant': {
    severity: 'error',
    message: (p: { what: string }) => `${p.what} must be known when the policy is compiled`,
    help: 'write a value or the name of a constant: a constant cannot read the request, and must not be unknown',
    why: 'Constants, defaults and the rows of tables are evaluated during compilation and become part of the module. The request is not available then, and an unknown result, such as a division by zero, is not a constant.',
    avoid: 'policy p\nconst c = 5 / 0\nfor any { permit ok otherwise }',
    prefer: 'policy p\nconst c = 5 / 1\nfor any { permit ok otherwise }',
  },
  'recursive-record': {
    severity: 'error',
    message: (p: { name: string }) => `record \`${p.name}\` contains itself`,
    help: 'a request has limited depth: declare the inner levels as records of their own',
    why: 'A module reads requests in bounded memory and time, so the declarations must determine their depth. A record that contains itself has no limit.',
    avoid: 'policy p\nrecord r { a?: r }\ncontext { a?: r }\nfor any { permit ok otherwise }',
    prefer: 'policy p\nrecord r { a?: Int }\ncontext { a?: r }\nfor any { permit ok otherwise }',
  },
  'bad-element': {
    severity: 'error',
    message: (p: { type: string; collection?: string }) =>
      `a ${p.collection ?? 'set'} cannot contain ${p.type}`,
    help: 'a set contains single values such as strings, numbers and enum members; a list can also contain records',
    why: 'Membership in a set is decided by equality, which only single values have: a record can have missing members, and the comparison would be unknown. The elements of a list and the values of a map need no equality.',
    avoid: 'policy p\ncontext { a?: Set<{ b?: Int }> }\nfor any { permit ok otherwise }',
    prefer: 'policy p\ncontext { a?: List<{ b?: Int }> }\nfor any { permit ok otherwise }',
  },
  'bad-map-key': {
    severity: 'error',
    message: (p: { type: string }) => `the keys of a map are strings, not \`${p.type}\``,
    help: 'write `Map<String, …>`',
    why: 'A map is a JSON object in a request, and the names of an object are strings. A key of another type could be written in several ways, and a lookup would miss some of them.',
    avoid: 'policy p\ncontext { a?: Map<Int, String> }\nfor any { permit ok otherwise }',
    prefer: 'policy p\ncontext { a?: Map<String, String> }\nfor any { permit ok otherwise }',
  },
  'lookup-needs-table': {
    severity: 'error',
    message: (p: { found: string }) => `\`[…]\` looks up a map or a table, not ${p.found}`,
    help: 'a list has no index: use `any x in xs satisfies …`; read a member with `.name` or `."quoted name"`',
    why: '`[…]` looks up a key in a map of the request, or in a table by its name. The positions in a list of a request are not reliable: use `any` or `all` instead.',
    avoid:
      'policy p\ncontext { names?: List<String> }\nfor any { permit ok when context.names[1] is "a" }',
    prefer:
      'policy p\ncontext { names?: List<String> }\nfor any { permit ok when any name in context.names satisfies name is "a" }',
  },
  'bad-enum': {
    severity: 'error',
    message: (p: { why: string }) => `this enum ${p.why}`,
    help: 'list the member as well: `enum Level { low, high, else high }`',
    why: '`else` names the member that replaces every string that is not listed. It must be one of the members, so that rules can refer to it.',
    avoid: 'policy p\nenum e { a, b, else c }\nfor any { permit ok otherwise }',
    prefer: 'policy p\nenum e { a, b, c, else c }\nfor any { permit ok otherwise }',
  },
  'wrong-type': {
    severity: 'error',
    message: (p: { expected: string; found: string }) => `expected ${p.expected}, found ${p.found}`,
    help: 'types are not converted implicitly: write a value of the expected type',
    why: 'Values of different types are never compared, and there are no implicit conversions. In languages with implicit conversions, `"0"` and `false` have granted access by mistake.',
    avoid: 'policy p\nfor any { permit ok when 5 }',
    prefer: 'policy p\nfor any { permit ok when 5 > 4 }',
  },
  'wrong-operands': {
    severity: 'error',
    message: (p: { operator: string; takes: string; found: string }) =>
      `\`${p.operator}\` takes ${p.takes}, found ${p.found}`,
    help: 'types are not converted implicitly: both operands must fit the operator',
    why: 'Each operator is defined for certain types. With other types it would fail at run time, which a policy never does, or have a meaning that its author did not expect.',
    avoid: 'policy p\nfor any { permit ok when 5 + true is 5 }',
    prefer: 'policy p\nfor any { permit ok when 5 + 1 is 6 }',
  },
  'not-comparable': {
    severity: 'error',
    message: (p: { type: string }) => `values of ${p.type} cannot be compared with \`is\``,
    help: 'compare their members; two sets are equal if `a within b and b within a`',
    why: '`is` compares single values. Whether two sets or records are equal depends on how their missing and unknown parts count, so compare their members, or use `within`.',
    avoid: 'policy p\ncontext { a?: Set<Int> }\nfor any { permit ok when context.a is context.a }',
    prefer: 'policy p\ncontext { a?: Set<Int> }\nfor any { permit ok when 5 in context.a }',
  },
  'not-ordered': {
    severity: 'error',
    message: (p: { type: string }) => `values of ${p.type} have no order`,
    help: 'separate the members of an enum by `<` to give them an order',
    why: '`<` and the other comparisons need an order without ambiguity. Strings have several, depending on language and encoding, and an enum has one only if its declaration states it.',
    avoid: 'policy p\ncontext { a?: String }\nfor any { permit ok when context.a < "b" }',
    prefer: 'policy p\ncontext { a?: Int }\nfor any { permit ok when context.a < 5 }',
  },
  'not-a-value': {
    severity: 'error',
    message: (p: { what: string }) => `${p.what} is not a value`,
    help: 'read one of its members, or test it with `is present`',
    why: 'A record or a declaration has no value that a condition can read. If presence counted as true, two questions would be confused: whether a value exists, and what it is.',
    avoid: 'policy p\ncontext { a?: { b?: Int } }\nfor any { permit ok when context.a }',
    prefer:
      'policy p\ncontext { a?: { b?: Int } }\nfor any { permit ok when context.a is present }',
  },
  'unknown-function': {
    severity: 'error',
    message: (p: { name: string }) => `unknown function \`${p.name}\``,
    help: 'the functions are `size`, `lower`, `length`, `decimal`, `spiffe`, `ip`, `cidr`, `age`, `weekday`, `time_of_day`, `known` and `latest`, and those that `predicate` and `function` declare',
    absent: (p: { name: string }) => p.name,
    why: 'Functions are built in or declared in the policy; none are loaded at run time. The source of a policy therefore shows everything that it can do.',
    avoid: 'policy p\ncontext { a?: Set<Int> }\nfor any { permit ok when sizes(context.a) > 1 }',
    prefer: 'policy p\ncontext { a?: Set<Int> }\nfor any { permit ok when size(context.a) > 1 }',
  },
  'wrong-arity': {
    severity: 'error',
    message: (p: { name: string; expected: number; found: number }) =>
      `\`${p.name}\` takes ${['no arguments', 'one argument'][p.expected] ?? `${p.expected} arguments`}, found ${p.found}`,
    help: 'pass one argument for each parameter; a table with two keys is looked up with both: `table[a, b]`',
    why: 'Each parameter affects the result, and none has a default. A missing argument would have to be guessed, and an extra one ignored.',
    avoid: 'policy p\ncontext { a?: Set<Int> }\nfor any { permit ok when size(context.a, 2) > 1 }',
    prefer: 'policy p\ncontext { a?: Set<Int> }\nfor any { permit ok when size(context.a) > 1 }',
  },
  'presence-of-value': {
    severity: 'error',
    message: (_: Record<never, never>) => 'only a member of the request can be present or missing',
    help: 'write `known(x)` to test whether a value is known',
    why: '`is present` tests whether the request contains a member. A computed value is never contained in a request: it is known or unknown, which `known(…)` tests.',
    avoid: 'policy p\nfor any { permit ok when 5 is present }',
    prefer: 'policy p\ncontext { a?: Int }\nfor any { permit ok when context.a is present }',
  },
  'bad-latest': {
    severity: 'error',
    message: (_: Record<never, never>) => '`latest` takes a member of the request',
    help: 'write `latest(context.risk.level)`: it reads the last value, regardless of its age',
    why: '`latest` ignores the freshness of a member of the request. Nothing else can be stale, so it has no meaning for other expressions.',
    avoid: 'policy p\nfor any { deny no when latest(5) is 5 }',
    prefer: 'policy p\ncontext { a?: Int }\nfor any { deny no when latest(context.a) is 5 }',
  },
  'latest-in-permit': {
    severity: 'error',
    message: (_: Record<never, never>) => 'a permit cannot depend on a stale value',
    help: 'remove `latest`: a stale value then grants nothing',
    why: 'A stale value was true at an earlier time. A restriction may depend on it, but a permit would defeat the purpose of `fresh`: access ends when no one confirms that it may continue.',
    avoid: 'policy p\ncontext { a?: Int }\nfor any { permit ok when latest(context.a) is 5 }',
    prefer: 'policy p\ncontext { a?: Int }\nfor any { permit ok when context.a is 5 }',
  },
  'actor-chain-in-permit': {
    severity: 'error',
    message: (_: Record<never, never>) =>
      'a permit cannot depend on earlier actors of a delegation',
    help: 'restrict with a `deny` instead: RFC 8693 §4.1 allows only the current actor to be considered',
    why: 'Earlier actors of a delegation are reported by later holders of the token, and no one vouches for them. RFC 8693 treats them as information only. A rule that denies may read them, since it can only restrict.',
    avoid:
      'policy p\nsubject a { actor_chain?: List<String> }\nfor a { permit ok when size(subject.actor_chain) < 3 }',
    prefer:
      'policy p\nsubject a { actor_chain?: List<String> }\nfor a { permit ok otherwise\ndeny deep when size(subject.actor_chain) > 3 }',
  },
  'time-not-traceable': {
    severity: 'error',
    message: (_: Record<never, never>) =>
      'the compiler cannot determine when this changes with time',
    help: 'compare the time itself: `context.time >= x`, `age(x) > 5m`',
    why: 'Every answer states until when it is valid, to the millisecond. The compiler can determine this for an instant or an age that is compared with a bound, but not for other computations with them.',
    avoid:
      'policy p\ncontext { time: Timestamp }\nfor any { permit ok when (context.time - 2026-01-01T00:00:00Z) / 2 > 5m }',
    prefer:
      'policy p\ncontext { time: Timestamp }\nfor any { permit ok when context.time - 2026-01-01T00:00:00Z > 10m }',
  },
  'unknown-table': {
    severity: 'error',
    message: (p: { name: string }) => `unknown table \`${p.name}\``,
    help: 'declare it: `table name: String -> Int { … }`, or `from "file.json"`',
    absent: (p: { name: string }) => p.name,
    why: 'The types of a table, and its rows unless the host loads them, are known when the policy is compiled. A lookup in an undeclared table would be unknown for every request.',
    avoid: 'policy p\nfor any { permit ok when scopes["a"] is 5 }',
    prefer:
      'policy p\ntable scopes: String -> Int { "a": 5 }\nfor any { permit ok when scopes["a"] is 5 }',
  },
  'bad-table': {
    severity: 'error',
    message: (p: { why: string }) => `${p.why}`,
    help: 'each key occurs once, and every key and value has the declared type',
    why: 'A lookup has one result of the declared type, or none. A duplicate key, or a value of another type, would make the result depend on the order of the rows.',
    avoid: 'policy p\ntable t: String -> Int { "a": 5, "a": 6 }\nfor any { permit ok otherwise }',
    prefer: 'policy p\ntable t: String -> Int { "a": 5, "b": 6 }\nfor any { permit ok otherwise }',
  },
  'table-cycle': {
    severity: 'error',
    message: (p: { key: string; path: string }) => `\`${p.key}\` leads back to itself: ${p.path}`,
    help: 'remove one of these values',
    why: 'A key of a transitive table has everything that its values lead to: a folder all folders above it, a group all groups that it is part of. In a cycle each key would be above itself, and which of them is the outermost would be open.',
    avoid:
      'policy p\ntransitive table above: String -> Set<String> { "a": { "b" }, "b": { "a" } }\nfor any { permit ok when "b" in above["a"] }',
    prefer:
      'policy p\ntransitive table above: String -> Set<String> { "a": { "b" } }\nfor any { permit ok when "b" in above["a"] }',
  },
  'external-contents': {
    severity: 'error',
    message: (_: Record<never, never>) => 'an external table cannot have rows in the policy',
    help: 'the host fills the table; a test does so with `with { table.name = { … } }`',
    why: 'The host fills an external table when it loads the module, and can replace its rows at run time. Rows in the policy would be replaced as well, and a reader could mistake them for the current ones.',
    avoid: 'policy p\nexternal table t: String -> Int { "a": 5 }\nfor any { permit ok otherwise }',
    prefer: 'policy p\nexternal table t: String -> Int\nfor any { permit ok otherwise }',
  },
  'unknown-constraint': {
    severity: 'error',
    message: (p: { name: string }) => `unknown constraint \`${p.name}\``,
    help: 'declare it: `constraint name: Duration smallest wins`',
    absent: (p: { name: string }) => p.name,
    why: 'The constraints of several rules are merged into one answer as their declarations define. Without a declaration it is not defined which of two values wins, and no enforcement point knows the name.',
    avoid: 'policy p\nfor any { permit ok otherwise\nnarrow n to { ttl: 5m } }',
    prefer:
      'policy p\nconstraint ttl: Duration smallest wins\nfor any { permit ok otherwise\nnarrow n to { ttl: 5m } }',
  },
  'bad-constraint': {
    severity: 'error',
    message: (p: { merge: string; type: string; takes: string }) =>
      `\`${p.merge}\` takes ${p.takes}, found ${p.type}`,
    help: 'the other merge rules are `limits`, `smallest wins`, `largest wins`, `intersects` and `must agree`',
    why: 'Each merge rule requires something of its type: an order to find the smallest value, a set to intersect, equality to agree. This type does not have it, so the values of two rules could not be merged.',
    avoid: 'policy p\nconstraint a: String smallest wins\nfor any { permit ok otherwise }',
    prefer: 'policy p\nconstraint a: String must agree\nfor any { permit ok otherwise }',
  },
  'duplicate-setting': {
    severity: 'error',
    message: (p: { name: string }) => `\`${p.name}\` is set twice`,
    help: 'set each name once; of two values of a constraint, keep the stricter one',
    why: 'A rule gives each constraint or member one value. Only values of different rules are merged; of two values in one rule, one would be lost.',
    avoid:
      'policy p\nconstraint ttl: Duration smallest wins\nfor any { permit ok otherwise\nnarrow n to { ttl: 5m, ttl: 6m } }',
    prefer:
      'policy p\nconstraint ttl: Duration smallest wins\nfor any { permit ok otherwise\nnarrow n to { ttl: 5m } }',
  },
  'narrow-without-constraint': {
    severity: 'error',
    message: (p: { name: string }) => `\`${p.name}\` has no constraint and no obligation`,
    help: 'add constraints, `to { … }`, or obligations, `with …`',
    why: 'A `narrow` permits an action within bounds. Without a bound it would be a permit that looks like a restriction.',
    avoid: 'policy p\nfor any { permit ok otherwise\nnarrow n }',
    prefer:
      'policy p\nconstraint ttl: Duration smallest wins\nfor any { permit ok otherwise\nnarrow n to { ttl: 5m } }',
  },
  'misplaced-clause': {
    severity: 'error',
    message: (p: { clause: string; effect: string }) =>
      `\`${p.clause}\` cannot be used with \`${p.effect}\``,
    help: 'use `to` and `or deny unless` with `narrow`, `otherwise` with `permit`, and `if unknown skip` with all effects except `permit`',
    why: 'The clause has no meaning for this effect. A reader would assume a restriction or an exception that does not exist.',
    avoid:
      'policy p\nconstraint ttl: Duration smallest wins\nfor any { permit ok otherwise\ndeny n to { ttl: 5m } }',
    prefer:
      'policy p\nconstraint ttl: Duration smallest wins\nfor any { permit ok otherwise\nnarrow n to { ttl: 5m } }',
  },
  'permit-without-condition': {
    severity: 'error',
    message: (p: { name: string }) => `\`${p.name}\` permits everything without stating it`,
    help: 'state the condition, `when …`, or write `permit x otherwise`',
    why: 'A permit without a condition permits every request of its group. If that is intended, it must be visible: a forgotten `when` looks the same.',
    avoid: 'policy p\nfor any { permit ok }',
    prefer: 'policy p\nfor any { permit ok otherwise }',
  },
  'given-without-otherwise': {
    severity: 'error',
    message: (p: { name: string }) => `the case that \`${p.name}\` is unknown is not handled`,
    help: 'add `otherwise { … }` with the rules for that case, or `otherwise ignore`',
    why: 'Rules in a `given` do not fire if its value is unknown, and some of them restrict. A caller could bypass them by omitting the value, so the policy must state what happens then, even if it is nothing.',
    avoid:
      'policy p\ncontext { a?: Int }\nfor any { permit ok otherwise\ngiven a = context.a { deny no when a > 5 } }',
    prefer:
      'policy p\ncontext { a?: Int }\nfor any { permit ok otherwise\ngiven a = context.a { deny no when a > 5 } otherwise { deny no } }',
  },
  'bad-score': {
    severity: 'error',
    message: (p: { why: string }) => `this score ${p.why}`,
    help: 'bands rise and become stricter: `from 1 narrow to { … } from 2 deny from 4 revoke`',
    why: 'A score adds up what counts against a request, and its bands define the effects. If a higher sum had a milder effect, a further reason to deny could grant access.',
    avoid:
      'policy p\nfor any { permit ok otherwise\nscore s { a counts 1 when true from 2 deny from 1 revoke } }',
    prefer:
      'policy p\ncontext { n: Int }\nfor any { permit ok otherwise\nscore s { a counts 1 when context.n > 5 b counts 1 when context.n > 9 from 1 deny from 2 revoke } }',
  },
  'too-many': {
    severity: 'error',
    message: (p: { what: string; limit: number }) => `more than ${p.limit} ${p.what}`,
    help: 'split it, or use fewer parts',
    why: 'Modules read requests and report reasons in fixed memory, and the compiler terminates in bounded time. These limits guarantee that.',
    avoid: `policy p\ncontext { ${Array.from({ length: 65 }, (_, i) => `m${i}?: Int`).join(', ')} }\nfor any { permit ok otherwise }`,
    prefer: 'policy p\ncontext { m0?: Int, rest?: { m1?: Int } }\nfor any { permit ok otherwise }',
  },
  ...patternMessages,
  ...secretMessages,
} satisfies Record<string, Entry>;
