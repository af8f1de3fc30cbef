// Terms that compare their events with the current request, in the evaluator and in a module, against a list of all events
// that is filtered by window and equality. Both are exact as long as no more values occurred than a session stores, and
// otherwise exact or unknown. The list shares no code with the product.

import { compile } from '@nhipol/compiler';
import { createSessions, load } from '@nhipol/runtime';
import { createEvaluatorSessions } from '@nhipol/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../support/budget.ts';
import { checkPolicy } from '../../support/checking.ts';
import { assembleQuickly } from '../../support/modules/assembler.ts';

type Truth = boolean | 'unknown';

interface Recorded {
  readonly name: 'found' | 'given' | 'paid' | 'seen';
  readonly time: number;
  readonly value: string | undefined;
  readonly kind: string | undefined;
  readonly rows: number;
}

interface Present {
  readonly to: string | undefined;
  readonly tenant: string;
}

interface Term {
  readonly text: string;
  readonly name: Recorded['name'];
  readonly within: number;
  readonly limit: number;
  /** Whether an event has the values of the request, as far as its members are known. */
  readonly matches: (event: Recorded, present: Present) => Truth;
  /** The values that a session stores, of which one that is not known takes no place. */
  readonly key: (event: Recorded) => string | undefined;
  /** Whether the term is true for these events, whose rows count. */
  readonly decides: (events: readonly Recorded[]) => boolean;
}

const same = (value: string | undefined, other: string | undefined): Truth =>
  value === undefined || other === undefined ? 'unknown' : value === other;

function both(one: Truth, other: Truth): Truth {
  if (one === false || other === false) return false;
  return one === true && other === true ? true : 'unknown';
}

const isAny = (events: readonly Recorded[]) => events.length > 0;
const areTwo = (events: readonly Recorded[]) => events.length >= 2;
const areMany = (events: readonly Recorded[]) =>
  events.reduce((sum, { rows }) => sum + rows, 0) > 5;
const hasAccount: Term['matches'] = ({ value }, { to }) => same(value, to);
const hasKind: Term['matches'] = (event, present) =>
  both(hasAccount(event, present), same(event.kind, 'k'));

const terms: readonly Term[] = [
  {
    text: 'once(outcome "found" where event.result.account is action.to, within 9s)',
    name: 'found',
    within: 9_000,
    limit: 32,
    matches: hasAccount,
    key: ({ value }) => value,
    decides: isAny,
  },
  {
    text: 'once(signal "seen" where event.kind is "k" and action.to is event.id up to 2, within 4s)',
    name: 'seen',
    within: 4_000,
    limit: 2,
    matches: hasKind,
    key: ({ value }) => value,
    decides: isAny,
  },
  {
    text: 'count(outcome "given" where event.result.account is action.to up to 3, within 6s) >= 2',
    name: 'given',
    within: 6_000,
    limit: 3,
    matches: hasAccount,
    key: ({ value }) => value,
    decides: areTwo,
  },
  {
    text: 'count(signal "seen" where event.id is action.to and event.kind is context.tenant up to 4) >= 2',
    name: 'seen',
    within: Number.POSITIVE_INFINITY,
    limit: 4,
    // A key of which one part is unknown may be any.
    matches: ({ value, kind }, { to, tenant }) =>
      value === undefined || kind === undefined || to === undefined
        ? 'unknown'
        : value === to && kind === tenant,
    key: ({ value, kind }) =>
      value === undefined || kind === undefined ? undefined : `${value} ${kind}`,
    decides: areTwo,
  },
  {
    text: 'sum(event.result.rows of outcome "paid" where event.result.account is action.to up to 8, within 5s) > 5',
    name: 'paid',
    within: 5_000,
    limit: 8,
    matches: hasAccount,
    key: ({ value }) => value,
    decides: areMany,
  },
];

const policy = checkPolicy(`policy p
subject agent {}
action pay { to?: String }
resource any {}
context { time: Timestamp, tenant: String }
signals { seen: { id?: String, kind?: String } }
outcomes {
  found: { account?: String, rows: Int(0..9) = 0 }
  given: { account?: String, rows: Int(0..9) = 0 }
  paid: { account?: String, rows: Int(0..9) = 0 }
}
for agent {
  permit works otherwise
${terms.map(({ text }, index) => `  deny true_${index} when ${text}\n  deny false_${index} when not (${text})`).join('\n')}
}`);

/** The values of terms: of two opposite conditions of a `deny`, both fire if they are unknown. */
function readTruths(reasons: readonly string[]): readonly Truth[] {
  return terms.map((_, index) => {
    const [isTrue, isFalse] = [
      reasons.includes(`true_${index}`),
      reasons.includes(`false_${index}`),
    ];
    return isTrue && isFalse ? 'unknown' : isTrue;
  });
}

function evaluateTerm(
  term: Term,
  events: readonly Recorded[],
  present: Present,
  now: number,
): Truth {
  if (present.to === undefined) return 'unknown';
  const inside = events.filter(({ name, time }) => name === term.name && now - time <= term.within);
  const certain = inside.filter((event) => term.matches(event, present) === true);
  const possible = inside.filter((event) => term.matches(event, present) !== false);
  const [least, most] = [term.decides(certain), term.decides(possible)];
  return least === most ? least : 'unknown';
}

/** Whether a session stores all values that occurred. */
function storesAll(term: Term, events: readonly Recorded[]): boolean {
  const values = events.filter(({ name }) => name === term.name).map(term.key);
  return new Set(values.filter((value) => value !== undefined)).size <= term.limit;
}

const value = fc.constantFrom('a', 'a', 'b', 'b', 'c', 'd', 'e', undefined);
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('event' as const),
      name: fc.constantFrom<Recorded['name'][]>('found', 'given', 'paid', 'seen', 'seen'),
      value,
      of: fc.constantFrom('k', 'k', 'l', undefined),
      rows: fc.constantFrom(0, 1, 3, 9),
      late: fc.constantFrom(0, 0, 0, 1, 2_000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      by: fc.constantFrom(0, 1, 999, 2_000, 4_000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('to' as const), value }) },
  fc.record({ kind: fc.constant('tenant' as const), value: fc.constantFrom('k', 'l') }),
  fc.constant({ kind: 'restore' as const }),
);

const writeRequest = ({ to, tenant }: Present) =>
  JSON.stringify({
    subject: { type: 'agent', id: 's' },
    action: { name: 'pay', properties: { to } },
    resource: { type: 'file', id: 'f' },
    context: { tenant },
  });

const first: Present = { to: 'a', tenant: 'k' };

interface OpenSession {
  receive(name: string, payload: string, time: number, now: number): void;
  change(present: Present): void;
  /** Continues from a snapshot. No two terms have the same pattern: one of them would be restored with the places of the other. */
  restore(): void;
  /** Returns the reasons. */
  judge(now: number): readonly string[];
}

function openEvaluator(): OpenSession {
  const session = createEvaluatorSessions(policy)(writeRequest(first), 0n);
  return {
    receive: (name, payload, time, now) =>
      session.receive({ name, payload, time: BigInt(time) }, BigInt(now)),
    change: (present) => {
      const { action, context } = JSON.parse(writeRequest(present));
      const changes = Object.entries({ action, context });
      session.change(
        changes.map(([root, part]) => ({ path: [root], json: JSON.stringify(part) })),
        new Map(),
      );
    },
    restore: () => {},
    judge: (now) => session.judge(BigInt(now)).reasons,
  };
}

function openModule(module: ReturnType<typeof load>): OpenSession {
  let instant = 0;
  const clock = { now: () => instant, at: () => () => {} };
  const sessions = createSessions(module, { clock, revokedIdLifetime: 0 });
  let session = sessions.open('s', writeRequest(first));
  return {
    receive: (name, payload, time, now) => {
      instant = now;
      session.record(name, payload, time);
    },
    change: (present) => {
      const { action, context } = JSON.parse(writeRequest(present));
      session.replace({ action, context });
    },
    restore: () => {
      const text = session.snapshot();
      session.close();
      session = sessions.restore(text).session;
    },
    judge: (now) => {
      instant = now;
      return session.reevaluate().reasons;
    },
  };
}

test('a term is exact, and unknown only for values that are not stored', async () => {
  const { wasm } = await compile(policy, assembleQuickly, { sessions: true });
  const module = load(wasm);
  const counts = { exact: 0, lost: 0, steps: 0 };
  const seen = new Set<string>();
  const property = fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (steps) => {
    const sessions = [openEvaluator(), openModule(module)];
    const events: Recorded[] = [];
    let present: Present = { to: 'a', tenant: 'k' };
    let now = 0;
    for (const change of steps) {
      if (change.kind === 'wait') now += change.by;
      else if (change.kind === 'event') {
        const { name, value: account, of, rows } = change;
        const time = now - change.late;
        events.push({ name, time, value: account, kind: of, rows });
        const payload = JSON.stringify(
          name === 'seen' ? { id: account, kind: of } : { result: { account, rows } },
        );
        for (const session of sessions) session.receive(name, payload, time, now);
      } else if (change.kind === 'restore') {
        for (const session of sessions) session.restore();
      } else {
        present =
          change.kind === 'to'
            ? { ...present, to: change.value }
            : { ...present, tenant: change.value };
        for (const session of sessions) session.change(present);
      }
      for (const session of sessions) {
        const truths = readTruths(session.judge(now));
        for (const [index, term] of terms.entries()) {
          const expected = evaluateTerm(term, events, present, now);
          seen.add(`${index} ${expected}`);
          counts.steps += 1;
          if (storesAll(term, events)) {
            counts.exact += 1;
            expect([term.text, truths[index]]).toEqual([term.text, expected]);
          } else if (truths[index] !== expected) {
            counts.lost += 1;
            expect([term.text, truths[index]]).toEqual([term.text, 'unknown']);
          }
        }
      }
    }
  });
  fc.assert(property, { numRuns: runs(400, 70), seed: 42 });
  expect(seen.size).toBe(3 * terms.length);
  expect(counts.lost).toBeGreaterThan(0);
  expect(counts.exact).toBeGreaterThan(counts.steps / 2);
});

test('the keys that divide a cluster contain no member that is compared', async () => {
  const shared = checkPolicy(`policy p
subject agent {}
action pay { to: String }
resource any {}
context { time: Timestamp }
for agent doing pay {
  deny often
    when count(
      allowed doing pay where event.action.to is subject.id across sessions per resource.id up to 4,
      within 1h
    )
    > 3
}`);
  const { wasm } = await compile(shared, assembleQuickly, { sessions: true });
  expect(load(wasm).manifest.sessions?.shared_keys).toEqual([['resource.id']]);
});
