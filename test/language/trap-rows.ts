// The diagnostics of the examples of warnings about traps and of advice, as in diagnostics.test.ts.

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: some of the policies contain placeholders of other languages.

import type { adviceMessages } from '../../language/diagnostics/messages/advice.ts';
import type { trapMessages } from '../../language/diagnostics/messages/traps.ts';

type TrapCode = keyof typeof trapMessages | keyof typeof adviceMessages;

interface TrapRow {
  readonly underlined: string;
  readonly message: string;
  readonly related?: readonly string[];
}

export const trapRows: Readonly<Record<TrapCode, readonly [TrapRow]>> = {
  'quoted-glob': [
    { underlined: '"fs.*"', message: '`fs.*` is a name, and its `*` matches only itself' },
  ],
  'foreign-placeholder': [
    {
      underlined: '${subject.id}',
      message: '`${subject.id}` is a placeholder of another language',
    },
  ],
  'pattern-in-string': [
    {
      underlined: '"curl|wget"',
      message: '`curl|wget` looks like a regular expression, and is compared as it is',
    },
  ],
  'capital-letters': [
    {
      underlined: '"Evil.test"',
      message: '`Evil.test` has capital letters, and is compared with a string in lower case',
    },
  ],
  'loose-pattern': [
    {
      underlined: 'action.host contains regex"^a\\.test|b\\.…',
      message:
        'the pattern is looser than it looks: `^a\\.test|b\\.test$` also matches a part of a longer string',
    },
  ],
  'sum-over-set': [
    {
      underlined: 'sum(amount for amount in action.amounts)',
      message: 'this sum adds each value of `action.amounts` once',
    },
  ],
  'negative-amount': [
    { underlined: 'action.amount', message: 'this limit also accepts a negative `action.amount`' },
  ],
  'other-digest': [
    {
      underlined: 'is_approved(context.approvals, action.d…',
      message: 'an approval is compared with a digest that is not `context.call_digest`',
    },
  ],
  'unchecked-approval': [
    { underlined: 'context.approvals', message: 'these approvals are accepted for any call' },
  ],
  'cap-without-current': [
    {
      underlined: 'count(allowed doing export, within 1h) …',
      message: 'this limit leaves out the current call',
    },
  ],
  'limit-per-session': [
    {
      underlined: 'sum(event.action.amount of allowed doin…',
      message: 'this limit counts `amount` for each session separately',
    },
  ],
  'mixed-currencies': [
    {
      underlined: 'sum(event.action.amount of allowed doin…',
      message: 'this sum adds `amount` regardless of `currency`',
    },
  ],
  'whole-division': [
    {
      underlined: 'context.failed / context.total * 100',
      message: 'the quotient drops its fraction before it is multiplied',
    },
  ],
  'no-separator': [{ underlined: '"acme.test"', message: '`acme.test` also accepts `xacme.test`' }],
  'parent-folder': [
    {
      underlined: 'action.path starts_with "/tenants/acme/"',
      message: '`/tenants/acme/` also accepts `..` after it',
    },
  ],
  'wildcard-host': [
    {
      underlined: 'action.url matches glob"https://*.acme.…',
      message: 'a wildcard in the host of `https://*.acme.test/**` also accepts `#`, `?` and `@`',
    },
  ],
  'other-spellings': [
    {
      underlined: 'action.path starts_with "/etc/"',
      message:
        'this deny misses other spellings of the same path, such as `/a/../b`, `//b` or `%62`',
    },
  ],
  'deny-list': [
    {
      underlined: 'destroys',
      message: 'this lists what is denied, and every other action is permitted',
      related: ['this permits all others: works'],
    },
  ],
  'unenforced-constraint': [
    { underlined: 'rows', message: 'the constraint `rows` does not limit `action.rows`' },
  ],
  'lookup-without-root': [
    {
      underlined: '"finance" in above[resource.folder]',
      message: 'a lookup in `above` does not find the key itself',
    },
  ],
  'future-instant': [
    {
      underlined: 'context.time - subject.iat <= 5m',
      message: 'this also accepts a `subject.iat` in the future',
    },
  ],
  'partial-check': [
    {
      underlined: 'any file in action.files satisfies file…',
      message: 'this permit is decided by `any`, not by `all`',
    },
  ],
  'higher-member': [
    {
      underlined: 'context.risk is HIGH',
      message: 'this restricts `HIGH`, and nothing restricts `CRITICAL` above it',
    },
  ],
  'reversed-order': [
    { underlined: 'Level', message: 'the members of `Level` fall from the first to the last' },
  ],
  'one-ip-version': [
    {
      underlined: 'action.to in { 127.0.0.0/8, 10.0.0.0/8 }',
      message: '`action.to` can also be an IPv6 address, which is in none of these networks',
    },
  ],
  'any-identity': [
    { underlined: 'subject.id is "root"', message: 'an id is compared for subjects of every type' },
  ],
  'last-without-event': [
    {
      underlined: 'last(allowed doing call).action.host is…',
      message: 'without an earlier event this is unknown, and restricts',
    },
  ],
  'caller-decides': [
    {
      underlined: 'works',
      message: 'only `action.confirmed` decides this permit, which the caller sets',
    },
  ],
  'endless-challenge': [
    { underlined: 'large', message: 'nothing that a caller can do ends the challenge `large`' },
  ],
  'open-command': [
    {
      underlined: 'action.command starts_with "git log "',
      message: '`git log ` also accepts a second command, such as `; rm -rf /`',
    },
  ],
  'several-addresses': [
    {
      underlined: 'action.to ends_with "@acme.test"',
      message: '`@acme.test` also accepts several addresses, of which it compares the last',
    },
  ],
  'ambiguous-template': [
    {
      underlined: '"{subject.tenant}-{subject.app}"',
      message: 'another value of `subject.tenant` can make the same string',
    },
  ],
  'exchanged-operands': [
    {
      underlined: 'subject.home under action.path',
      message:
        'the caller chooses `action.path`, and a short value on the right of `under` always fits',
    },
  ],
  'level-as-string': [
    {
      underlined: 'context.risk is "HIGH"',
      message: '`context.risk` is a String, and another spelling of `HIGH` is not restricted',
    },
  ],
  'repeated-element': [
    {
      underlined: 'size(action.approvers) >= 2',
      message: 'an element that `action.approvers` lists twice counts twice',
    },
  ],
  'unlimited-value': [
    {
      underlined: 'rows',
      message:
        'the constraint `rows` also accepts -1 as `action.rows`, which often means that there is no limit',
    },
  ],
  'uncounted-action': [
    {
      underlined: 'sum(event.action.amount of allowed doin…',
      message: 'this sum does not count the `amount` of `refund`, which the rule also applies to',
    },
  ],
  'approval-for-many': [
    {
      underlined: 'is_approved(context.approvals, context.…',
      message: 'one approval permits any number of equal `pay` until it expires',
    },
  ],
  'host-anywhere': [
    {
      underlined: 'action.url contains "acme.test"',
      message: '`acme.test` can also be in another part of the URL, or a part of another host',
    },
  ],
  'widening-constraint': [
    {
      underlined: 'max_rows',
      message: '`max_rows` is a bound, and with `largest wins` the loosest rule decides it',
    },
  ],
  'revoke-for-some': [
    {
      underlined: 'leaked',
      message:
        'this revoke is decided for some requests only, and its condition reads none of them',
      related: ['this permits others: works'],
    },
  ],
};
