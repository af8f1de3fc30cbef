// Diagnostics of signals, and of what is asked of a session's events.

import type { Entry } from './entry.ts';

const asking = (condition: string) =>
  `policy p\naction any { tool?: String }\ncontext { time: Timestamp, ticket?: String, most?: Int }\nfor any { deny stop when ${condition} }`;
const signals = (members: string) =>
  `policy p\nsignals { ${members} }\nfor any { revoke stop when once(signal "failed") }`;

export const historySyntaxMessages = {
  'bad-history': {
    severity: 'error',
    message: (p: { why: string }) => p.why,
    help: 'write `once(…)` and `count(…)` with one kind of events and perhaps `within 10m`, `last(…)` with one kind, `since(a, b)` with two',
    why: '`once`, `count` and `last` ask for events of one kind, and the first two may look at a window of time alone. `since` asks whether something came after something else, which takes two kinds and no window.',
    avoid: 'for any { deny stop when since(signal "read") }',
    prefer: 'for any { deny stop when since(signal "read", signal "cleared") }',
  },
} satisfies Record<string, Entry>;

export const historyMessages = {
  'bad-signal': {
    severity: 'error',
    message: (p: { why: string }) => p.why,
    help: 'a signal is declared by its name and a record of what it tells, which may be empty: `"failed": { reason?: String }`',
    why: 'A signal tells what was so when it came about, at an instant of its own. So it holds members and nothing that ages, and `time` is taken.',
    avoid: signals('"failed": String'),
    prefer: signals('"failed": { reason?: String }'),
  },
  'unknown-signal': {
    severity: 'error',
    message: (p: { name: string }) => `no signal is called \`${p.name}\``,
    help: 'signals are declared: `signals { "name": { … } }`, or `signals Events` for those of a record',
    absent: (p: { name: string }) => p.name,
    why: 'A session refuses signals that its policy does not declare. A rule that waits for one of them would wait for ever.',
    avoid: signals('"faild": {}'),
    prefer: signals('"failed": {}'),
  },
  'count-not-compared': {
    severity: 'error',
    message: (_: Record<never, never>) =>
      '`count` is compared with a constant, which is not below zero',
    help: 'write `count(…) > 30`; for a limit that depends on the request, compare with each value that it may have',
    why: 'A session keeps one instant more than the number that a count is compared with, and forgets the rest. Without a number that is known beforehand it would have to keep everything.',
    avoid: asking('count(allowed, within 1m) > context.most'),
    prefer: asking('count(allowed, within 1m) > 30'),
  },
  'count-limit': {
    severity: 'error',
    message: (p: { limit: number; found: string }) =>
      `\`count\` can be compared with at most ${p.limit}, found ${p.found}`,
    help: 'a session stores at most 4096 events for one `count`, over all keys of its `per`: lower the number or the number of keys',
    why: 'A session stores one event more than the number that a count is compared with, for each key. The bound keeps the memory of every session known when the policy is compiled; a larger limit belongs into the host, which can pass its result in `context`.',
    avoid: asking('count(allowed, within 1m) > 5000'),
    prefer: asking('count(allowed, within 1m) > 4000'),
  },
  'bad-within': {
    severity: 'error',
    message: (_: Record<never, never>) =>
      '`within` takes a duration from a millisecond to a hundred years',
    help: 'write a duration such as `within 10m`, or leave `within` out to look at the whole session',
    why: 'An event counts until it is older than the duration says. One of nothing would count nothing but what happens at this very instant.',
    avoid: asking('once(refused, within 0s)'),
    prefer: asking('once(refused, within 10m)'),
  },
  'bad-key': {
    severity: 'error',
    message: (p: { why: string }) => `events are told apart \`per\` a member: ${p.why}`,
    help: 'write `per resource.id up to 16`',
    why: 'With `per`, only events count whose member has the value that it has in the present request. A session keeps so many values as are said, and each of them is compared as it stands.',
    avoid: asking('once(allowed per context.ticket up to 16)'),
    prefer: asking('once(allowed per resource.id up to 16)'),
  },
  'not-of-event': {
    severity: 'error',
    message: (p: { what: string }) => `a pattern speaks of its event alone, and this is ${p.what}`,
    help: 'read members of `event`; put what is asked of the request beside it: `once(…) and …`, or `per resource.id up to 16` for events like the present request',
    why: 'Whether an event counts is decided once, when it is recorded, so that a session need not keep it. The request that asks later, the clock and external tables are then not known yet, or no longer the same.',
    avoid: asking('once(allowed where event.action.tool is context.ticket)'),
    prefer: asking('once(allowed where event.action.tool is "mail") and context.ticket is missing'),
  },
} satisfies Record<string, Entry>;
