// Warnings about conditions that do what they say, and hardly what their author meant: notation of other languages,
// patterns that match a part, amounts that are not counted, and approvals of other calls.

import type { Entry } from './entry.ts';

const agent = 'subject agent {}';
const record = `policy p\n${agent}\nresource record {}\nfor agent on record { permit works otherwise\n`;
const fetching = `policy p\n${agent}\naction fetch { host: String }\nfor agent { permit own when `;
const approvals =
  'context { time: Timestamp, call_digest?: String, approvals?: List<Approval> }\naction pay {}';

const paying = `policy p\n${agent}\naction pay { amount: Decimal(0.01..) }\ncontext { time: Timestamp }\nfor agent { permit pays otherwise\n`;

export const trapMessages = {
  'quoted-glob': {
    severity: 'warning',
    message: (p: { text: string; place: string }) =>
      `\`${p.text}\` is ${p.place}, and its \`*\` matches only itself`,
    help: 'write a glob: `glob"fs.*"` in a scope, `x matches glob"secret-*"` in a condition; a table needs a row for each key',
    why: 'A quoted string is compared as it is. Only a glob matches other names, so this scope, comparison or row applies to a name that contains a star, which hardly any request does.',
    avoid: `policy p\n${agent}\naction "fs.read" {}\naction any {}\ncontext { frozen: Bool }\nfor agent { permit works otherwise }\nfor agent doing "fs.*" { deny frozen when context.frozen }`,
    prefer: `policy p\n${agent}\naction "fs.read" {}\naction any {}\ncontext { frozen: Bool }\nfor agent { permit works otherwise }\nfor agent doing glob"fs.*" { deny frozen when context.frozen }`,
  },
  'foreign-placeholder': {
    severity: 'warning',
    message: (p: { placeholder: string }) =>
      `\`${p.placeholder}\` is a placeholder of another language`,
    help: 'write the expression in single braces: `"lock/{subject.id}"`',
    why: 'Placeholders are written in single braces. With the notation of another language, the string contains the other characters as they are, so it is equal to no value of a request, and a restriction with it never fires.',
    avoid: `${record}deny locked when resource.id is "lock/\${subject.id}" }`,
    prefer: `${record}deny locked when resource.id is "lock/{subject.id}" }`,
  },
  'pattern-in-string': {
    severity: 'warning',
    message: (p: { text: string; what: string }) =>
      `\`${p.text}\` looks like ${p.what}, and is compared as it is`,
    help: 'write a pattern, as in `contains regex"curl|wget"`, or a set, as in `in { "guest", "trial" }`',
    why: 'An ordinary string has no alternatives, anchors or wildcards. The condition is true only for a request that contains these characters themselves, so a restriction with it hardly ever fires.',
    avoid: `policy p\n${agent}\naction post { text: String }\nfor agent { permit works otherwise\ndeny words when action.text contains "curl|wget" }`,
    prefer: `policy p\n${agent}\naction post { text: String }\nfor agent { permit works otherwise\ndeny words when action.text contains regex"curl|wget" }`,
  },
  'capital-letters': {
    severity: 'warning',
    message: (p: { text: string }) =>
      `\`${p.text}\` has capital letters, and is compared with a string in lower case`,
    help: 'write the string in lower case',
    why: '`lower(…)` returns a string without the letters A to Z. It is never equal to a string that contains one, so the comparison is always false.',
    avoid: `policy p\n${agent}\naction fetch { host: String }\nfor agent { permit works otherwise\ndeny evil when lower(action.host) is "Evil.test" }`,
    prefer: `policy p\n${agent}\naction fetch { host: String }\nfor agent { permit works otherwise\ndeny evil when lower(action.host) is "evil.test" }`,
  },
  'loose-pattern': {
    severity: 'warning',
    message: (p: { why: string }) => `the pattern is looser than it looks: ${p.why}`,
    help: 'put a backslash before a dot that is meant literally: `api\\.acme\\.test`',
    why: 'An anchor belongs to one alternative, a search accepts every string that contains a match, and a dot stands for any character. What the answer permits is then more than the names in the pattern.',
    avoid: `${fetching}action.host contains regex"^a\\.test|b\\.test$" }`,
    prefer: `${fetching}action.host matches regex"a\\.test|b\\.test" }`,
  },
  'limit-per-session': {
    severity: 'warning',
    message: (p: { what: string }) => `this limit counts \`${p.what}\` for each session separately`,
    help: 'write `across sessions per subject.id up to …`, or `// allow limit-per-session: …` with the reason if an identity cannot have several sessions',
    why: 'History is that of one session. An identity that opens a second session starts with the whole limit again, which matters most where money is counted.',
    avoid: `${paying}deny budget when sum(event.action.amount of allowed doing pay, within today in "UTC") + action.amount > 1_000 }`,
    prefer: `${paying}deny budget when sum(event.action.amount of allowed doing pay across sessions per subject.id up to 64, within today in "UTC") + action.amount > 1_000 }`,
  },
  'sum-over-set': {
    severity: 'warning',
    message: (p: { path: string }) => `this sum adds each value of \`${p.path}\` once`,
    help: 'declare it as a list: `List<Int>`',
    why: 'A set contains each value once. Of three equal amounts only one is added, so a request can exceed the limit by repeating an amount.',
    avoid: `policy p\n${agent}\naction pay { amounts: Set<Int(0..)> }\nfor agent { permit works otherwise\ndeny expensive when sum(amount for amount in action.amounts) > 100 }`,
    prefer: `policy p\n${agent}\naction pay { amounts: List<Int(0..)> }\nfor agent { permit works otherwise\ndeny expensive when sum(amount for amount in action.amounts) > 100 }`,
  },
  'negative-amount': {
    severity: 'warning',
    message: (p: { path: string; type: string }) =>
      `this limit also accepts a negative \`${p.path}\``,
    help: 'declare the smallest value in its type, such as `Decimal(0.01..)` or `Int(0..)`: a value outside is unknown',
    why: 'The declared type has no minimum. A negative amount is below every limit, lowers every total, and often means something else, such as a payment in the other direction or no limit at all.',
    avoid: `policy p\n${agent}\naction pay { amount: Decimal }\nfor agent { permit small when action.amount <= 100 }`,
    prefer: `policy p\n${agent}\naction pay { amount: Decimal(0.01..) }\nfor agent { permit small when action.amount <= 100 }`,
  },
  'other-digest': {
    severity: 'warning',
    message: () => 'an approval is compared with a digest that is not `context.call_digest`',
    help: 'pass `context.call_digest`, which the module computes',
    why: 'Only `context.call_digest` is computed from the call that is decided. Any other digest comes from the request, so a caller can use an approval of another call.',
    avoid: `policy p\nuse nhi.{ Approval, is_approved }\n${agent}\naction pay { digest: String }\ncontext { time: Timestamp, call_digest?: String, approvals?: List<Approval> }\nfor agent { permit pays when is_approved(context.approvals, action.digest) }`,
    prefer: `policy p\nuse nhi.{ Approval, is_approved }\n${agent}\n${approvals}\nfor agent { permit pays when is_approved(context.approvals, context.call_digest) }`,
  },
  'unchecked-approval': {
    severity: 'warning',
    message: (p: { what: string }) => `these approvals are accepted ${p.what}`,
    help: 'write `is_approved(context.approvals, context.call_digest)`, or compare `digest` and `expires_at` of each approval',
    why: 'An approval is for one call and ends at an instant. A condition that only counts approvals, or reads their approver, accepts an approval of another call or of an earlier day.',
    avoid: `policy p\nuse nhi.{ Approval }\n${agent}\n${approvals}\nfor agent { permit pays when size(context.approvals) > 0 }`,
    prefer: `policy p\nuse nhi.{ Approval, is_approved }\n${agent}\n${approvals}\nfor agent { permit pays when is_approved(context.approvals, context.call_digest) }`,
  },
} satisfies Record<string, Entry>;
