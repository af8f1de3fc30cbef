// Advice: what is right in some policies and a trap in others, so that only the author can decide. It is shown by
// `nhipol check --advise` and in editors.

import type { Entry } from './entry.ts';

const agent = 'subject agent {}';
const ordinary = `policy p\n${agent}\n`;
const paying = `${ordinary}action pay { amount: Decimal(0.01..) }\ncontext { time: Timestamp }\nfor agent { permit pays otherwise\n`;
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
  'limit-per-session': {
    severity: 'advice',
    message: (p: { what: string }) => `this limit counts \`${p.what}\` for each session separately`,
    help: 'write `across sessions per subject.owner up to …` if an identity can open several sessions',
    why: 'History is that of one session. An identity that opens a second session starts with the whole limit again, which matters most where money is counted.',
    avoid: `${paying}deny budget when sum(event.action.amount of allowed doing pay, within today in "UTC") + action.amount > 1_000 }`,
    prefer: `${paying}deny budget when sum(event.action.amount of allowed doing pay across sessions per subject.id up to 64, within today in "UTC") + action.amount > 1_000 }`,
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
    message: (p: { what: string }) =>
      `this lists what is denied, and every other ${p.what} is permitted`,
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
    avoid: `${ordinary}action read { rows: Int(0..) }\ncontext { night: Bool }\nconstraint rows: Int smallest wins\nfor agent { permit works otherwise\nnarrow at_night when context.night to { rows: 100 } }`,
    prefer: `${ordinary}action read { rows: Int(0..) }\ncontext { night: Bool }\nconstraint rows: Int limits action.rows\nfor agent { permit works otherwise\nnarrow at_night when context.night to { rows: 100 } }`,
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
} satisfies Record<string, Entry>;
