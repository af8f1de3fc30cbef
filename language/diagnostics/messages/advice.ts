// Advice: what is right in some policies and a trap in others, so that only the author can decide. It is shown by
// `nhipol check --advise` and in editors.

import type { Entry } from './entry.ts';

const agent = 'subject agent {}';
const ordinary = `policy p\n${agent}\n`;
const session = 'within 1h';
const levels = 'enum Level { LOW < MEDIUM < HIGH < CRITICAL }\ncontext { risk: Level }\n';

export const adviceMessages = {
  'cap-without-current': {
    severity: 'advice',
    message: (p: { what: string }) => `this limit leaves out ${p.what}`,
    help: 'add what the current request adds',
    why: 'A decision is evaluated with the events before it. A limit that is compared with these alone is exceeded by the current request, once by any amount.',
    avoid: `${ordinary}action export {}\ncontext { time: Timestamp }\nfor agent { permit works otherwise\ndeny enough when count(allowed doing export, ${session}) > 10 }`,
    prefer: `${ordinary}action export {}\ncontext { time: Timestamp }\nfor agent { permit works otherwise\ndeny enough when count(allowed doing export, ${session}) >= 10 }`,
  },
  'mixed-currencies': {
    severity: 'advice',
    message: (p: { member: string; unit: string }) =>
      `this sum adds \`${p.member}\` regardless of \`${p.unit}\``,
    help: 'add `per action.currency up to 8`, or compare the currency',
    why: 'The action declares a unit next to the amount. A sum over all of them adds numbers that mean different things.',
    avoid: `${ordinary}action pay { amount: Decimal(0.01..), currency: String }\ncontext { time: Timestamp }\nfor agent { permit pays otherwise\n// allow limit-per-session: one session serves all payments\ndeny budget when sum(event.action.amount of allowed doing pay, ${session}) + action.amount > 1_000 }`,
    prefer: `${ordinary}action pay { amount: Decimal(0.01..), currency: String }\ncontext { time: Timestamp }\nfor agent { permit pays otherwise\n// allow limit-per-session: one session serves all payments\ndeny budget when sum(event.action.amount of allowed doing pay per action.currency up to 8, ${session}) + action.amount > 1_000 }`,
  },
  'whole-division': {
    severity: 'advice',
    message: () => 'the quotient drops its fraction before it is multiplied',
    help: 'multiply first: `failed * 100 / total`',
    why: 'A quotient of whole numbers is truncated. `50 / 100 * 100` is 0, so a percentage that is computed in this order is almost always 0.',
    avoid: `${ordinary}context { failed: Int(0..1_000), total: Int(1..1_000) }\nfor agent { permit works otherwise\ndeny failing when context.failed / context.total * 100 > 5 }`,
    prefer: `${ordinary}context { failed: Int(0..1_000), total: Int(1..1_000) }\nfor agent { permit works otherwise\ndeny failing when context.failed * 100 / context.total > 5 }`,
  },
  'no-separator': {
    severity: 'advice',
    message: (p: { text: string; how: string }) => `\`${p.text}\` ${p.how}`,
    help: 'end a prefix and begin a suffix with the separator, as in `"https://api.test/"` and `".acme.test"`, or write `under` for paths',
    why: 'A prefix without a separator is also one of longer names, and a suffix is also one of other hosts: `/data` begins `/database`, and `acme.test` ends `evilacme.test`. The answer then permits names of somebody else.',
    avoid: `${ordinary}action fetch { host: String }\nfor agent { permit own when action.host ends_with "acme.test" }`,
    prefer: `${ordinary}action fetch { host: String }\nfor agent { permit own when action.host ends_with ".acme.test" }`,
  },
  'parent-folder': {
    severity: 'advice',
    message: (p: { text: string }) => `\`${p.text}\` also accepts \`..\` after it`,
    help: 'write `under` for a path, or require `normal_path(…)` of it; for a URL, also require that it does not contain `..` or `%2e`',
    why: 'A prefix and a pattern compare letters. The program that opens `/tenants/a/../b` opens `/tenants/b`, so the permit covers what is above the folder as well.',
    avoid: `${ordinary}action read { path: String }\nfor agent { permit own when action.path starts_with "/tenants/acme/" }`,
    prefer: `${ordinary}action read { path: String }\nfor agent { permit own when action.path under "/tenants/acme" }`,
  },
  'wildcard-host': {
    severity: 'advice',
    message: (p: { text: string }) =>
      `a wildcard in the host of \`${p.text}\` also accepts \`#\`, \`?\` and \`@\``,
    help: 'list the letters of the host, as in `[a-z0-9-]+`, or compare the host as a member of its own',
    why: 'These characters end the host of a URL, or what comes before it. `https://evil.test#.acme.test/` ends its host like one of acme.test, and opens evil.test.',
    avoid: `${ordinary}action fetch { url: String }\nfor agent { permit own when action.url matches glob"https://*.acme.test/**" }`,
    prefer: `${ordinary}action fetch { url: String }\nfor agent { permit own when action.url matches regex"https://[a-z0-9-]+\\.acme\\.test/[a-z0-9/]*" }`,
  },
  'other-spellings': {
    severity: 'advice',
    message: (p: { what: string; missed: string; name: string }) => `${p.what} misses ${p.missed}`,
    help: 'compare the normal form, or permit what is known instead',
    why: 'The string is compared as it was sent. The program that uses it can read another spelling in the same way, so a restriction that knows only one of them is avoided.',
    avoid: `${ordinary}action read { path: String }\nfor agent { permit works otherwise\ndeny system when action.path starts_with "/etc/" }`,
    prefer: `${ordinary}action read { path: String }\nfor agent { permit works otherwise\ndeny system when action.path under "/etc" }`,
  },
  'deny-list': {
    severity: 'advice',
    message: (p: { what: string; done: string }) =>
      `this lists what is ${p.done}, and every other ${p.what} is permitted`,
    help: 'permit the names that are known, and leave out the list of what is denied',
    why: 'The policy accepts names that it does not declare, and a permit applies to all of them. A new name, or another spelling of a listed one, is permitted until somebody adds it to the list.',
    avoid: `${ordinary}action any {}\nfor agent { permit works otherwise }\nfor agent doing "db.drop" { deny destroys }`,
    prefer: `${ordinary}action any {}\nfor agent doing "db.query" { permit works otherwise }`,
  },
  'unenforced-constraint': {
    severity: 'advice',
    message: (p: { name: string; path: string }) =>
      `the constraint \`${p.name}\` does not limit \`${p.path}\``,
    help: 'declare it as its limit: `constraint rows: Int limits action.rows`; otherwise the host must enforce it',
    why: 'Only a constraint that is declared with `limits` is compared with the request. Others are part of the answer, and a host that does not know them permits the whole request.',
    avoid: `${ordinary}action read { rows: Int(1..) }\ncontext { night: Bool }\nconstraint rows: Int smallest wins\nfor agent { permit works otherwise\nnarrow at_night when context.night to { rows: 100 } }`,
    prefer: `${ordinary}action read { rows: Int(1..) }\ncontext { night: Bool }\nconstraint rows: Int limits action.rows\nfor agent { permit works otherwise\nnarrow at_night when context.night to { rows: 100 } }`,
  },
  'lookup-without-root': {
    severity: 'advice',
    message: (p: { table: string }) => `a lookup in \`${p.table}\` does not find the key itself`,
    help: 'compare the key as well: `folder is "finance" or "finance" in ancestors[folder]`',
    why: 'A transitive table has what a key leads to, and a key does not lead to itself. A restriction for everything below a folder or a person does not include the folder or the person.',
    avoid: `${ordinary}resource file { folder: String }\ntransitive table above: String -> Set<String> { "q3": { "finance" }, "finance": { "all" } }\nfor agent on file { permit works otherwise\ndeny finance when "finance" in above[resource.folder] }`,
    prefer: `${ordinary}resource file { folder: String }\ntransitive table above: String -> Set<String> { "q3": { "finance" }, "finance": { "all" } }\nfor agent on file { permit works otherwise\ndeny finance when resource.folder is "finance" or "finance" in above[resource.folder] }`,
  },
  'future-instant': {
    severity: 'advice',
    message: (p: { path: string }) => `this also accepts a \`${p.path}\` in the future`,
    help: 'write `age(…)`, which is unknown for an instant in the future, or compare it with `context.time`',
    why: 'The difference of an instant in the future is negative, and so below every maximum age. A credential that claims to be issued next year is valid until then.',
    avoid: `policy p\nsubject agent { iat: Timestamp }\ncontext { time: Timestamp }\nfor agent { permit fresh when context.time - subject.iat <= 5m }`,
    prefer: `policy p\nsubject agent { iat: Timestamp }\ncontext { time: Timestamp }\nfor agent { permit fresh when age(subject.iat) <= 5m }`,
  },
  'partial-check': {
    severity: 'advice',
    message: (p: { what: string; found: string; meant: string }) =>
      `${p.what} is decided by \`${p.found}\`, not by \`${p.meant}\``,
    help: 'a permit usually needs all elements of a call (`all`, `within`), a restriction any of them (`any`, `intersects`)',
    why: 'A call is carried out with all of its elements. A permit that needs one good element, or a restriction that needs only bad ones, is passed by a call that mixes them.',
    avoid: `${ordinary}action copy { files: List<String> }\nfor agent { permit works when any file in action.files satisfies file under "/work" }`,
    prefer: `${ordinary}action copy { files: List<String> }\nfor agent { permit works when size(action.files) > 0 and all file in action.files satisfies file under "/work" }`,
  },
  'higher-member': {
    severity: 'advice',
    message: (p: { member: string; above: string }) =>
      `this restricts \`${p.member}\`, and nothing restricts \`${p.above}\` above it`,
    help: 'write `>=` to include all members from this one on',
    why: 'The enum is ordered, and a higher member is usually restricted at least as much. A comparison with `is` does not include it.',
    avoid: `${ordinary}${levels}for agent { permit works otherwise\ndeny risky when context.risk is HIGH }`,
    prefer: `${ordinary}${levels}for agent { permit works otherwise\ndeny risky when context.risk >= HIGH }`,
  },
  'reversed-order': {
    severity: 'advice',
    message: (p: { name: string }) =>
      `the members of \`${p.name}\` fall from the first to the last`,
    help: 'list the lowest member first: `LOW < MEDIUM < HIGH`',
    why: '`A < B` means that A is the lower member. Comparisons with `<` and `>=` have the opposite result if the order is reversed.',
    avoid: `${ordinary}enum Level { HIGH < MEDIUM < LOW }\ncontext { risk: Level }\nfor agent { permit works otherwise\ndeny risky when context.risk >= MEDIUM }`,
    prefer: `${ordinary}enum Level { LOW < MEDIUM < HIGH }\ncontext { risk: Level }\nfor agent { permit works otherwise\ndeny risky when context.risk >= MEDIUM }`,
  },
  'one-ip-version': {
    severity: 'advice',
    message: (p: { path: string }) =>
      `\`${p.path}\` can also be an IPv6 address, which is in none of these networks`,
    help: 'add the IPv6 networks, such as `::/0`, `::1/128` and `fc00::/7`, or compare `.version`',
    why: 'No IPv4 network contains an IPv6 address, not even `0.0.0.0/0`. A restriction on IPv4 networks does not fire for the IPv6 address of the same host.',
    avoid: `${ordinary}action connect { to: Ip }\nfor agent { permit works otherwise\ndeny inside when action.to in { 127.0.0.0/8, 10.0.0.0/8 } }`,
    prefer: `${ordinary}action connect { to: Ip }\nfor agent { permit works otherwise\ndeny inside when action.to in { 127.0.0.0/8, 10.0.0.0/8, ::1/128, fc00::/7 } }`,
  },
  'any-identity': {
    severity: 'advice',
    message: () => 'an id is compared for subjects of every type',
    help: 'write the type after `for`',
    why: 'Ids are unique within a type. Another type of subject can have the same id, and then has the same rights.',
    avoid:
      'policy p\nsubject agent {}\nsubject job {}\nfor any { permit root when subject.id is "root" }',
    prefer:
      'policy p\nsubject agent {}\nsubject job {}\nfor agent { permit root when subject.id is "root" }',
  },
  'last-without-event': {
    severity: 'advice',
    message: () => 'without an earlier event this is unknown, and restricts',
    help: 'write `once(…) and last(…)` with the same events',
    why: 'The last event of a new session is unknown, so the rule fires. If it also restricts the action that it waits for, no such event ever occurs.',
    avoid: `${ordinary}action call { host: String }\ncontext { time: Timestamp }\nfor agent doing call { permit works otherwise\ndeny moved when last(allowed doing call).action.host is not action.host }`,
    prefer: `${ordinary}action call { host: String }\ncontext { time: Timestamp }\nfor agent doing call { permit works otherwise\ndeny moved when once(allowed doing call) and last(allowed doing call).action.host is not action.host }`,
  },
  'caller-decides': {
    severity: 'advice',
    message: (p: { path: string }) =>
      `only \`${p.path}\` decides this permit, which the caller sets`,
    help: 'read what the host knows, such as an approval or a member of the context',
    why: 'The arguments of a call come from the caller. A permit that needs nothing but a flag among them is granted to every caller that sets it.',
    avoid: `${ordinary}action delete { confirmed: Bool }\nfor agent { permit works when action.confirmed }`,
    prefer: `${ordinary}action delete {}\ncontext { confirmed: Bool }\nfor agent { permit works when context.confirmed }`,
  },
  'endless-challenge': {
    severity: 'advice',
    message: (p: { name: string }) =>
      `nothing that a caller can do ends the challenge \`${p.name}\``,
    help: 'read what the step-up or the approval changes, such as `context.acr` or `is_approved(…)`',
    why: 'A challenge is fulfilled by a request that no longer meets its condition. This condition reads only the call, which is the same after the step-up or the approval.',
    avoid: `${ordinary}action pay { amount: Int(0..) }\nfor agent { permit pays otherwise\nchallenge large when action.amount > 100 }`,
    prefer: `${ordinary}action pay { amount: Int(0..) }\ncontext { acr?: String }\nfor agent { permit pays otherwise\nchallenge large when action.amount > 100 and context.acr is not "gold" }`,
  },
  'open-command': {
    severity: 'advice',
    message: (p: { text: string; second: string }) =>
      `\`${p.text}\` also accepts a second ${p.second}`,
    help: 'match the whole command with a regular expression that lists its characters, as in `regex"git (?:log|status)[ a-z0-9-]*"`, or declare the program and its arguments as members of their own',
    why: 'A shell reads `;`, `&`, `|`, a line break and `$(…)` as the end or the beginning of a command, and a database reads `;` so. A prefix or a wildcard accepts these characters, so that the permit covers any other command after the permitted one.',
    avoid: `${ordinary}action run { command: String }\nfor agent { permit reads when action.command starts_with "git log " }`,
    prefer: `${ordinary}action run { command: String }\nfor agent { permit reads when action.command matches regex"git log [a-z0-9 -]*" }`,
  },
  'several-addresses': {
    severity: 'advice',
    message: (p: { text: string }) =>
      `\`${p.text}\` also accepts several addresses, of which it compares the last`,
    help: 'declare a list and compare each address, or accept no separator: `matches regex"[^@,; ]+@acme\\.test"`',
    why: 'Many programs split a string of recipients at commas. `x@evil.test, a@acme.test` ends like an address of acme.test, and the message goes to both.',
    avoid: `${ordinary}action mail { to: String }\nfor agent { permit internal when action.to ends_with "@acme.test" }`,
    prefer: `${ordinary}action mail { to: String }\nfor agent { permit internal when action.to matches regex"[^@,; ]+@acme\\.test" }`,
  },
  'ambiguous-template': {
    severity: 'advice',
    message: (p: { path: string }) => `another value of \`${p.path}\` can make the same string`,
    help: 'separate the placeholders by a character that no value has, such as `/` or `:`, or compare each value as a member of its own',
    why: 'The value of a placeholder can contain letters, digits, `-` and `_`. With `"{tenant}-{app}"`, the app `b-c` of the tenant `a` and the app `c` of the tenant `a-b` are one name, and each permit covers the other.',
    avoid: `policy p\nsubject agent { tenant: String, app: String }\nresource record {}\nfor agent on record { permit own when resource.id is "{subject.tenant}-{subject.app}" }`,
    prefer: `policy p\nsubject agent { tenant: String, app: String }\nresource record {}\nfor agent on record { permit own when resource.id is "{subject.tenant}/{subject.app}" }`,
  },
  'exchanged-operands': {
    severity: 'advice',
    message: (p: { operator: string; chosen: string }) =>
      `the caller chooses \`${p.chosen}\`, and a short value on the right of \`${p.operator}\` always fits`,
    help: 'exchange the operands, as in `action.path under subject.home`; for names in a list, write `in { … }`',
    why: 'Every absolute path is under `/`, and every string contains its own letters. Where the caller chooses the right side, it passes with the shortest one.',
    avoid: `policy p\nsubject agent { home: String }\naction read { path: String }\nfor agent { permit own when subject.home under action.path }`,
    prefer: `policy p\nsubject agent { home: String }\naction read { path: String }\nfor agent { permit own when action.path under subject.home }`,
  },
  'level-as-string': {
    severity: 'advice',
    message: (p: { path: string; text: string }) =>
      `\`${p.path}\` is a String, and another spelling of \`${p.text}\` is not restricted`,
    help: 'declare an enum, as in `enum Level { LOW < HIGH, else HIGH }`: `else` restricts what is not listed',
    why: 'A level has few values, and a String has all of them. A restriction of `HIGH` does not fire for `high`, for `CRITICAL`, or for what another system calls it.',
    avoid: `${ordinary}context { risk: String }\nfor agent { permit works otherwise\ndeny risky when context.risk is "HIGH" }`,
    prefer: `${ordinary}enum Level { LOW < HIGH, else HIGH }\ncontext { risk: Level }\nfor agent { permit works otherwise\ndeny risky when context.risk >= HIGH }`,
  },
  'repeated-element': {
    severity: 'advice',
    message: (p: { path: string }) => `an element that \`${p.path}\` lists twice counts twice`,
    help: 'declare a set, as in `approvers: Set<String>`; of records, require two that differ, as `nhi.{ is_approved_by_two_people_other_than }` does',
    why: 'A list can have one element several times. Two approvals of one person are two elements, so a minimum that stands for different people is reached by one of them.',
    avoid: `${ordinary}action merge { approvers: List<String> }\nfor agent { permit approved when size(action.approvers) >= 2 }`,
    prefer: `${ordinary}action merge { approvers: Set<String> }\nfor agent { permit approved when size(action.approvers) >= 2 }`,
  },
  'unlimited-value': {
    severity: 'advice',
    message: (p: { name: string; path: string; value: string }) =>
      `the constraint \`${p.name}\` also accepts ${p.value} as \`${p.path}\`, which often means that there is no limit`,
    help: 'declare a range for a number, such as `Int(1..)`; deny the empty set: `deny no_fields when size(action.fields) is 0`',
    why: 'A constraint that limits an argument accepts every value up to its own. To many programs `-1` or `0` means that there is no limit, and no fields means all fields, so the smallest value gets the most.',
    avoid: `${ordinary}action read { rows: Int }\nconstraint rows: Int limits action.rows\nfor agent { permit works otherwise\nnarrow few to { rows: 100 } }`,
    prefer: `${ordinary}action read { rows: Int(1..) }\nconstraint rows: Int limits action.rows\nfor agent { permit works otherwise\nnarrow few to { rows: 100 } }`,
  },
  'uncounted-action': {
    severity: 'advice',
    message: (p: { action: string; member: string }) =>
      `this sum does not count the \`${p.member}\` of \`${p.action}\`, which the rule also applies to`,
    help: 'list all actions of the group: `allowed doing pay, refund`',
    why: 'The group has several actions, and the sum has some of them. The others are compared with the limit and never use it up, so that they are not limited together.',
    avoid: `${ordinary}action pay { amount: Int(0..) }\naction refund { amount: Int(0..) }\ncontext { time: Timestamp }\nfor agent doing pay, refund { permit works otherwise\n// allow limit-per-session: one session serves all payments\ndeny budget when sum(event.action.amount of allowed doing pay, ${session}) + action.amount > 300 }`,
    prefer: `${ordinary}action pay { amount: Int(0..) }\naction refund { amount: Int(0..) }\ncontext { time: Timestamp }\nfor agent doing pay, refund { permit works otherwise\n// allow limit-per-session: one session serves all payments\ndeny budget when sum(event.action.amount of allowed doing pay, refund, ${session}) + action.amount > 300 }`,
  },
  'approval-for-many': {
    severity: 'advice',
    message: (p: { action: string }) =>
      `one approval permits any number of equal \`${p.action}\` until it expires`,
    help: 'write `is_approved_for_one_call(…)`, or add a rule that counts the calls before this one',
    why: 'An approval is for a call with these arguments, and not for one call. Until it expires, the same payment is permitted again and again.',
    avoid: `policy p\nuse nhi.{ Approval, is_approved }\n${agent}\naction pay { amount: Int(0..) }\ncontext { time: Timestamp, call_digest?: String, approvals?: List<Approval> }\nfor agent doing pay { permit approved when is_approved(context.approvals, context.call_digest) }`,
    prefer: `policy p\nuse nhi.{ Approval, is_approved }\n${agent}\naction pay { amount: Int(0..) }\ncontext { time: Timestamp, call_digest?: String, approvals?: List<Approval> }\nfor agent doing pay { permit approved when is_approved(context.approvals, context.call_digest)\ndeny again when once(allowed doing pay, within 1d) }`,
  },
  'host-anywhere': {
    severity: 'advice',
    message: (p: { text: string }) =>
      `\`${p.text}\` can also be in another part of the URL, or a part of another host`,
    help: 'compare the host as a member of its own, as in `action.host ends_with ".acme.test"`, or the beginning of the URL: `action.url starts_with "https://api.acme.test/"`',
    why: 'A URL also has a path, a query and a fragment, which the caller writes. `https://evil.test/?acme.test` contains the name of the host, and ends with it, and opens evil.test; `acme.test.evil.test` contains it as well.',
    avoid: `${ordinary}action fetch { url: String }\nfor agent { permit own when action.url contains "acme.test" }`,
    prefer: `${ordinary}action fetch { url: String }\nfor agent { permit own when action.url starts_with "https://acme.test/" }`,
  },
  'widening-constraint': {
    severity: 'advice',
    message: (p: { name: string; merge: string }) =>
      `\`${p.name}\` is a bound, and with \`${p.merge}\` the loosest rule decides it`,
    help: 'write `smallest wins` for a maximum and `largest wins` for a minimum',
    why: 'If several rules set a constraint, its merge rule decides. With `largest wins`, a rule that states a larger maximum undoes one that states a smaller one, so that a further narrow gives more.',
    avoid: `${ordinary}context { night: Bool }\nconstraint max_rows: Int largest wins\nfor agent { permit works otherwise\nnarrow always to { max_rows: 1_000 }\nnarrow at_night when context.night to { max_rows: 10 } }`,
    prefer: `${ordinary}context { night: Bool }\nconstraint max_rows: Int smallest wins\nfor agent { permit works otherwise\nnarrow always to { max_rows: 1_000 }\nnarrow at_night when context.night to { max_rows: 10 } }`,
  },
  'revoke-for-some': {
    severity: 'advice',
    message: () =>
      'this revoke is decided for some requests only, and its condition reads none of them',
    help: 'write it in a group for all actions and resources: `for agent { revoke leaked when … }`',
    why: 'A revoke ends the session when it is decided. In a group for one action, all other actions go on until a request for this one arrives, although the condition is true for all of them.',
    avoid: `${ordinary}action read {}\naction pay {}\nsignals { leak: {} }\nfor agent doing read, pay { permit works otherwise }\nfor agent doing read { revoke leaked when once(signal "leak") }`,
    prefer: `${ordinary}action read {}\naction pay {}\nsignals { leak: {} }\nfor agent doing read, pay { permit works otherwise }\nfor agent { revoke leaked when once(signal "leak") }`,
  },
} satisfies Record<string, Entry>;
