// Traps with numbers, sums, counts, budgets, units and session history.

import { one, session, type Traps } from './trap.ts';

const payments = `subject agent { owner: String }
action pay { amount: Decimal(0.01..) }
context { time: Timestamp }`;

const writePayment = (amount: number) =>
  session('pay', { subject: 'owner: o', args: `amount: ${amount}` });

export const money = {
  'sum-without-the-current-amount': {
    meant: 'Payments of a day are at most 1,000 together.',
    policy: `${payments}
for agent { permit pays otherwise
  deny budget when sum(event.action.amount of allowed doing pay across sessions per subject.owner up to 64, within today in "UTC")
    ‹⇒ + action.amount› > 1_000 }`,
    steps: `${writePayment(900)} ask expect permit then ask`,
    got: 'permit',
    wanted: 'deny',
  },
  'permit-by-the-sum-so-far': {
    meant: 'Payments of a day are at most 1,000 together.',
    policy: `${payments}
for agent { permit pays when sum(event.action.amount of allowed doing pay across sessions per subject.owner up to 64, within today in "UTC")
    ‹⇒ + action.amount› <= 1_000 }`,
    steps: `${writePayment(900)} ask expect permit then ask`,
    got: 'permit',
    wanted: 'deny',
  },
  'count-above-the-limit': {
    meant: 'At most two exports a day.',
    policy: `subject agent {}
action export {}
context { time: Timestamp }
for agent { permit works otherwise
  deny enough when count(allowed doing export, within 1d) ‹> ⇒ >=› 2 }`,
    steps: `${session('export')} ask 2 times expect permit then ask`,
    got: 'permit',
    wanted: 'deny',
  },
  'count-up-to-the-limit': {
    meant: 'At most two exports a day.',
    policy: `subject agent {}
action export {}
context { time: Timestamp }
for agent { permit works when count(allowed doing export, within 1d) ‹<= ⇒ <› 2 }`,
    steps: `${session('export')} ask 2 times expect permit then ask`,
    got: 'permit',
    wanted: 'deny',
  },
  'budget-of-one-session': {
    meant: 'An owner spends at most 1,000 a day.',
    policy: `${payments}
for agent { permit pays otherwise
  deny budget when sum(event.action.amount of allowed doing pay ‹⇒ across sessions per subject.owner up to 64›, within today in "UTC")
    + action.amount > 1_000 }`,
    steps: `${writePayment(900)} ask expect permit then in session "other" ask`,
    got: 'permit',
    wanted: 'deny',
  },
  'count-of-payments-in-one-session': {
    meant: 'An owner makes at most one payment a day.',
    policy: `${payments}
for agent { permit pays otherwise
  deny again when count(allowed doing pay ‹⇒ across sessions per subject.owner up to 64›, within 1d) >= 1 }`,
    steps: `${writePayment(900)} ask expect permit then in session "other" ask`,
    got: 'permit',
    wanted: 'deny',
  },
  'negative-amount': {
    meant: 'Payments are at most 100.',
    policy: `subject agent {}
action pay { amount: Decimal‹⇒(0..)› }
for agent { permit small when action.amount <= 100 }`,
    steps: one('pay', { args: 'amount: -5000' }),
    got: 'permit',
    wanted: 'deny',
  },
  'minus-one-for-all': {
    meant: 'At most 100 rows are read.',
    policy: `subject agent {}
action read { rows: Int‹⇒(1..)› }
for agent { permit works otherwise
  deny many when action.rows > 100 }`,
    steps: one('read', { args: 'rows: -1' }),
    got: 'permit',
    wanted: 'deny',
  },
  'negative-item': {
    meant: 'An order costs at most 100.',
    policy: `subject agent {}
action order { items: List<{ price: Decimal(0..), quantity: Int‹⇒(1..1_000)› }> }
for agent { permit works otherwise
  deny expensive when sum(item.price * item.quantity for item in action.items) > 100 }`,
    steps: one('order', {
      args: 'items: [{ price: 500, quantity: 1 }, { price: 500, quantity: -1 }]',
    }),
    got: 'permit',
    wanted: 'deny',
  },
  'sum-over-a-set': {
    meant: 'All amounts together are at most 100.',
    policy: `subject agent {}
action pay { amounts: ‹Set ⇒ List›<Int(0..)> }
for agent { permit works otherwise
  deny expensive when sum(amount for amount in action.amounts) > 100 }`,
    steps: one('pay', { args: 'amounts: [60, 60, 60]' }),
    got: 'permit',
    wanted: 'deny',
  },
  'sum-over-a-set-of-durations': {
    meant: 'All leases together are at most an hour.',
    policy: `subject agent {}
action lease { times: ‹Set ⇒ List›<Duration> }
for agent { permit works otherwise
  deny long when any time in action.times satisfies time < 0s
  deny longer when sum(time for time in action.times) > 1h }`,
    steps: one('lease', { args: 'times: [2400, 2400]' }),
    got: 'permit',
    wanted: 'deny',
  },
  'size-of-a-set': {
    meant: 'At most two mails are sent by one call.',
    policy: `subject agent {}
action mail { to: ‹Set ⇒ List›<String> }
for agent { permit works otherwise
  deny many when size(action.to) > 2 }`,
    steps: one('mail', { args: 'to: [a, a, a, a]' }),
    got: 'permit',
    wanted: 'deny',
    silent:
      'A set is right where the server ignores duplicates, as most do for recipients; only the server shows it.',
  },
  'price-without-quantity': {
    meant: 'An order costs at most 100.',
    policy: `subject agent {}
action order { items: List<{ price: Decimal(0..), quantity: Int(1..1_000) }> }
for agent { permit works otherwise
  deny expensive when sum(item.price ‹⇒ * item.quantity› for item in action.items) > 100 }`,
    steps: one('order', { args: 'items: [{ price: 90, quantity: 9 }]' }),
    got: 'permit',
    wanted: 'deny',
    silent: 'Whether a price is that of a piece or of a line is not in the policy.',
  },
  'quotient-of-whole-numbers': {
    meant: 'Nothing runs if more than 5 percent of calls failed.',
    policy: `subject agent {}
context { failed: Int(0..1_000_000), total: Int(1..1_000_000) }
for agent { permit works otherwise
  deny failing when ‹context.failed / context.total * 100 ⇒ context.failed * 100 / context.total› > 5 }`,
    steps: one('read', { context: 'failed: 50, total: 100' }),
    got: 'permit',
    wanted: 'deny',
  },
  'seconds-as-minutes': {
    meant: 'Sessions of more than an hour need a new login.',
    policy: `subject agent { session_minutes: Int(0..) }
for agent { permit works otherwise
  deny long when subject.session_minutes > ‹3600 ⇒ 60› }`,
    steps: one('read', { subject: 'session_minutes: 120' }),
    got: 'permit',
    wanted: 'deny',
    silent: 'The unit is in a name only; 3,600 minutes are a possible limit.',
  },
  'milliseconds-as-seconds': {
    meant: 'Leases of at most five minutes are granted.',
    policy: `subject agent {}
action lease { ‹ttl: Duration ⇒ ttl_ms: Int(0..)› }
for agent { permit short when action.‹ttl <= 5m and action.ttl > 0s ⇒ ttl_ms <= 300_000› }`,
    steps: one('lease', { args: 'ttl: 60000, ttl_ms: 60000' }),
    got: 'deny',
    wanted: 'permit',
    silent: 'The unit that the caller sends is not in the policy.',
  },
  'percent-as-fraction': {
    meant: 'Above a score of 80 percent nothing is permitted.',
    policy: `subject agent {}
context { score: Decimal(0..1) }
for agent { permit works otherwise
  deny fraud when context.score > ‹80 ⇒ 0.8› }`,
    steps: one('read', { context: 'score: 0.95' }),
    got: 'permit',
    wanted: 'deny',
  },
  'currency-of-a-sum': {
    meant: 'Payments of a day are at most 1,000 in each currency.',
    policy: `subject agent {}
action pay { amount: Decimal(0.01..), currency: String }
context { time: Timestamp }
for agent { permit pays otherwise
  // allow limit-per-session: one session serves all payments
  deny budget when sum(event.action.amount of allowed doing pay ‹⇒ per action.currency up to 8›, within today in "UTC") + action.amount > 1_000 }`,
    steps: `${session('pay', { args: 'amount: 900, currency: JPY' })} ask expect permit then with { action.currency = EUR } ask`,
    got: 'deny',
    wanted: 'permit',
  },
  'allowed-instead-of-decided': {
    meant: 'After three attempts to log in, there is no further one.',
    policy: `subject agent {}
action login { password: String }
context { time: Timestamp }
for agent { permit works when action.password is "right"
  deny attempts when count(‹allowed ⇒ decided› doing login, within 1h) >= 3 }`,
    steps: `${session('login', { args: 'password: wrong' })} ask 3 times expect deny then with { action.password = right } ask`,
    got: 'permit',
    wanted: 'deny',
    silent:
      'Counting only what was allowed is right for limits of use, and the two terms look alike.',
  },
  'first-call-without-history': {
    meant: 'A tool keeps the host of its first call.',
    policy: `subject agent {}
action call { tool: String, host: String }
context { time: Timestamp }
for agent doing call { permit works otherwise
  deny moved when ‹⇒ once(allowed doing call per action.tool up to 8) and› last(allowed doing call per action.tool up to 8).action.host is not action.host }`,
    steps: `${session('call', { args: 'tool: t, host: h' })} ask`,
    got: 'deny',
    wanted: 'permit',
  },
  'payment-of-another-action': {
    meant: 'Payments and refunds of a day are at most 300 together.',
    policy: `subject agent {}
action pay { amount: Int(0..) }
action refund { amount: Int(0..) }
context { time: Timestamp }
for agent doing pay, refund { permit works otherwise
  deny much when sum(event.action.amount of allowed doing pay‹⇒, refund› across sessions per subject.id up to 9, within 1d) + action.amount > 300 }`,
    steps: `${session('refund', { args: 'amount: 200' })} ask expect permit then ask`,
    got: 'permit',
    wanted: 'deny',
  },
  'minus-one-below-a-constraint': {
    meant: 'At most 10 rows are read.',
    policy: `subject agent {}
action read { rows: Int‹⇒(1..)› }
constraint rows: Int limits action.rows
for agent doing read { permit works otherwise narrow few to { rows: 10 } }`,
    steps: one('read', { args: 'rows: -1' }),
    got: 'narrow',
    wanted: 'deny',
  },
  'zero-below-a-constraint': {
    meant: 'At most 10 rows are read.',
    policy: `subject agent {}
action read { limit: Int(‹0⇒1›..) }
constraint limit: Int limits action.limit
for agent doing read { permit works otherwise narrow few to { limit: 10 } }`,
    steps: one('read', { args: 'limit: 0' }),
    got: 'narrow',
    wanted: 'deny',
  },
  'no-fields-below-a-constraint': {
    meant: 'Only the name is read.',
    policy: `subject agent {}
action read { fields: Set<String> }
constraint fields: Set<String> limits action.fields
for agent doing read { permit works otherwise narrow few to { fields: { "name" } }
  ‹⇒ deny all_fields when size(action.fields) is 0› }`,
    steps: one('read', { args: 'fields: []' }),
    got: 'narrow',
    wanted: 'deny',
  },
} satisfies Traps;
