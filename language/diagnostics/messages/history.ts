// Diagnostics about signals and history terms.

import type { Entry } from './entry.ts';

const createTestAsk = (condition: string) =>
  `policy p\naction any { tool?: String, amount?: Decimal(0..), balance?: Decimal }\ncontext { time: Timestamp, ticket?: String, most?: Int }\nfor any { deny stop when ${condition} }`;
const signals = (members: string) =>
  `policy p\nsignals { ${members} }\nfor any { revoke stop when once(signal "failed") }`;

export const historySyntaxMessages = {
  'bad-history': {
    severity: 'error',
    message: (p: { why: string }) => p.why,
    help: 'write `once(…)` and `count(…)` with one kind of event and optionally `within 10m` or `within today in "Europe/London"`, `sum(event.rows of …)` likewise, `last(…)` with one kind, `since(a, b)` with two',
    why: '`once`, `count`, `sum` and `last` are about events of one kind, and the first three can be limited to a period. `since` tests whether one event came after another, which takes two kinds and no period.',
    avoid: 'for any { deny stop when since(signal "read") }',
    prefer: 'for any { deny stop when since(signal "read", signal "cleared") }',
  },
} satisfies Record<string, Entry>;

export const historyMessages = {
  'bad-signal': {
    severity: 'error',
    message: (p: { why: string }) => p.why,
    help: 'declare a signal by its name and the members of its payload, which may be empty: `"failed": { reason?: String }`',
    why: 'The payload of a signal describes what was true at the instant of the signal. Its members therefore do not become stale, and `time` is reserved for the instant.',
    avoid: signals('"failed": String'),
    prefer: signals('"failed": { reason?: String }'),
  },
  'unknown-signal': {
    severity: 'error',
    message: (p: { what: string; name: string }) => `unknown ${p.what} \`${p.name}\``,
    help: 'declare it: `signals { "name": { … } }` or `outcomes { "name": { … } }`; `signals Events` for those of a record',
    absent: (p: { name: string }) => p.name,
    why: 'A session rejects signals that its policy does not declare. A rule that waits for this one would never fire.',
    avoid: signals('"faild": {}'),
    prefer: signals('"failed": {}'),
  },
  'count-not-compared': {
    severity: 'error',
    message: (_: Record<never, never>) => '`count` must be compared with a constant of at least 0',
    help: 'write `count(…) > 30`; if the limit depends on the request, compare with each possible value',
    why: 'A session stores one event more than the number that a count is compared with, and drops older ones. Without a constant it would have to store all of them.',
    avoid: createTestAsk('count(allowed, within 1m) > context.most'),
    prefer: createTestAsk('count(allowed, within 1m) > 30'),
  },
  'sum-not-compared': {
    severity: 'error',
    message: (_: Record<never, never>) =>
      'one `sum` must be compared with a value of the request or a constant',
    help: 'write `sum(…) + action.amount > 5_000`: a comparison with one `sum`, which is added or subtracted on one side',
    why: 'A session knows a sum up to the events that may or may not count. Whether it exceeds a limit is often certain nevertheless, so a sum is evaluated together with its comparison, before rules are.',
    avoid: createTestAsk('sum(event.action.amount of allowed, within 1d) * 2 > 5_000'),
    prefer: createTestAsk(
      'sum(event.action.amount of allowed across sessions per subject.id up to 64, within 1d) > 2_500',
    ),
  },
  'bad-summand': {
    severity: 'error',
    message: (p: { why: string }) => `\`sum\` cannot add this: ${p.why}`,
    help: 'add a number of the event whose declared range has a minimum of at least 0',
    why: 'A session stores sums of several events, and not all events are known to count. Because nothing that is added is negative, what certainly counts is a lower limit of the sum.',
    avoid: createTestAsk('sum(event.action.balance of allowed, within 1d) > 2_500'),
    prefer: createTestAsk(
      'sum(event.action.amount of allowed across sessions per subject.id up to 64, within 1d) > 2_500',
    ),
  },
  'count-limit': {
    severity: 'error',
    message: (p: { limit: number; found: string }) =>
      `\`count\` can be compared with at most ${p.limit}, found ${p.found}`,
    help: 'a session stores at most 4096 events for one `count`, over all keys of its `per` (65536 `across sessions`, and any number within a calendar period): lower the number or the number of keys',
    why: 'A session stores one event more than the number that a count is compared with, for each key. With this limit, the memory of a session is known when the policy is compiled. For a larger number, count in the host and pass the result in `context`.',
    avoid: createTestAsk('count(allowed, within 1m) > 5000'),
    prefer: createTestAsk('count(allowed, within 1m) > 4000'),
  },
  'bad-within': {
    severity: 'error',
    message: (_: Record<never, never>) =>
      '`within` takes a duration from 1 millisecond to 100 years',
    help: 'write a duration such as `within 10m`, or omit `within` to include the whole session',
    why: 'An event counts until it is older than the duration. With a duration of zero, only events at the instant of evaluation would count.',
    avoid: createTestAsk('once(refused, within 0s)'),
    prefer: createTestAsk('once(refused, within 10m)'),
  },
  'bad-key': {
    severity: 'error',
    message: (p: { why: string }) => `invalid key of events: ${p.why}`,
    help: 'write `per resource.id up to 16`, or `per (resource.id, action.tool) up to 16` for a key of several members',
    why: 'With `per`, only events count whose members have the same values as in the current request; the same holds for members that `where` compares with the request. A session stores at most the given number of values, and compares each of them exactly.',
    avoid: createTestAsk('once(allowed per context.ticket up to 16)'),
    prefer: createTestAsk('once(allowed per resource.id up to 16)'),
  },
  'not-of-event': {
    severity: 'error',
    message: (p: { what: string }) =>
      `an event pattern can only read its event, and this is ${p.what}`,
    help: 'read members of `event`; compare one with a member of the request by `is`, such as `where event.result.account is action.account`, for events about the same value, or write `per resource.id up to 16`; write other conditions on the request next to the term: `once(…) and …`',
    why: 'Whether an event counts is decided once, when it is recorded, so that a session need not store the whole event. The later request, the clock and external tables are not known at that time, or change afterwards. Only for a comparison by `is`, which must be true together with the rest of `where`, a session stores the values of the member of the event.',
    avoid: createTestAsk('once(allowed where event.action.tool is not context.ticket)'),
    prefer: createTestAsk('once(allowed where event.action.tool is context.ticket)'),
  },
} satisfies Record<string, Entry>;
