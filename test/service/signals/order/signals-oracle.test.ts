// The facts of a session are those of the events in the order of their times, as an oracle computes them that knows all events
// at once: in any order of arrival, in sessions that are opened before or after, and over restarts. Of events of one instant that
// contradict each other each is evaluated, and the fact is unknown. `NHIPOL_SIGNAL_ORDERS` is the number of runs.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DecisionPoint,
  formatEventUri,
  serviceItself,
  sqliteSignals,
  sqliteStore,
} from '@nhipol/service';
import fc from 'fast-check';
import { beforeAll, expect } from 'vitest';
import { parseEventMapping } from '../../../../service/signals/receive/event-rules.ts';
import { Receiver } from '../../../../service/signals/receive/receiver.ts';
import type { VerifiedSet } from '../../../../service/signals/sets/verify-set.ts';
import { createSessionIdentifiers } from '../../../../service/signals/subjects/session-identifiers.ts';
import { attack } from '../../../attacks/attack.ts';
import { compileForGuard } from '../../guard/guard-policy.ts';

const numRuns = Number(process.env.NHIPOL_SIGNAL_ORDERS ?? 25);
const policy = `
policy test.oracle version "1.0.0"

use nhi.{ Risk }

subject ai_agent {}
action read {}
resource file {}
context { time: Timestamp, risk?: Risk fresh 1h, net?: { zone?: String, at?: String } }

for ai_agent {
  revoke off when context.net.zone is "off", if unknown skip
}
for ai_agent doing read on file {
  permit reads when context.net.zone is "ok" and context.risk.level is LOW
}
`;
const netEvent = 'https://x.example/net';
const mapping = parseEventMapping({
  [netEvent]: { signal: null, facts: { context: { net: '$event.net' } } },
});
const now = Date.now();
/** Events of the last 100 minutes; after an hour a level is stale. */
const toTime = (step: number) => now - step * 600_000 - 60_000;

type Net = null | string | Readonly<Record<string, unknown>>;
type Happening = { readonly step: number } & (
  | { readonly net: Net }
  | { readonly level: string | undefined }
);

const member = fc.constantFrom<unknown>('ok', 'bad', 'off', null, 5);
const net = fc.oneof(
  fc.constantFrom<Net>(null, 'misfit'),
  fc.record({ zone: member, at: member }, { requiredKeys: [] }),
);
const level = fc.constantFrom('LOW', 'LOW', 'HIGH', 'odd', undefined);
const step = fc.integer({ min: 0, max: 9 });
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ step, net }) },
  { weight: 1, arbitrary: fc.record({ step, level }) },
);
const scene = fc.array(happening, { minLength: 1, maxLength: 7 }).chain((happenings) =>
  fc.record({
    happenings: fc.constant(happenings),
    // Tokens that arrive one after the other, each with one or more events.
    order: fc.shuffledSubarray([...happenings.keys()], { minLength: happenings.length }),
    isOneToken: fc.boolean(),
    openedAt: fc.nat(happenings.length),
    restarts: fc.uniqueArray(fc.nat(happenings.length), { maxLength: 2 }),
  }),
);

/** The known zone, place and level, and the zones that must be evaluated. */
interface Expected {
  readonly facts: { readonly zone?: string; readonly at?: string; readonly level?: string };
  readonly observedAt: number | undefined;
  readonly zones: ReadonlySet<unknown>;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

function computeExpected(happenings: readonly Happening[]): Expected {
  const known = new Map<string, unknown>([
    ['zone', 'ok'],
    ['at', 'here'],
    ['level', 'LOW'],
  ]);
  let [observedAt, zones]: [number, ReadonlySet<unknown>] = [toTime(10), new Set(['ok'])];
  for (let at = 9; at >= 0; at -= 1) {
    const instant = happenings.filter(({ step: of }) => of === at);
    const levels = instant.flatMap((each) =>
      'level' in each && each.level !== undefined ? [each.level] : [],
    );
    if (levels.length > 0) {
      const isKnown = new Set(levels).size === 1 && levels[0] !== 'odd';
      known.set('level', isKnown ? levels[0] : undefined);
      observedAt = toTime(at);
    }
    const nets = instant.flatMap((each) => ('net' in each ? [each.net] : []));
    const wholes = nets.filter((each) => !isRecord(each));
    const claims = (name: string) =>
      nets.filter(isRecord).flatMap((each) => (name in each ? [each[name]] : []));
    if (wholes.length > 0) zones = new Set(claims('zone'));
    for (const name of ['zone', 'at']) {
      const values = new Set(claims(name));
      if (wholes.length > 0) known.set(name, undefined);
      else if (values.size > 0) known.set(name, values.size === 1 ? [...values][0] : undefined);
      if (wholes.length === 0 && name === 'zone' && values.size > 0) zones = values;
    }
  }
  const texts = [...known].filter(([, value]) => typeof value === 'string');
  return { facts: Object.fromEntries(texts), observedAt, zones };
}

function createEvent(each: Happening, jti: string): VerifiedSet['events'][number] {
  const issuer = 'https://idp.example';
  const about = { subject: { format: 'opaque', id: 'a-1' }, time: toTime(each.step) };
  const [type, claims] =
    'net' in each
      ? [netEvent, { net: each.net }]
      : [
          formatEventUri('risk-level-change'),
          each.level === undefined ? { risk_reason: 'x' } : { current_level: each.level },
        ];
  return { issuer, jti, txn: undefined, type, claims, ...about };
}

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(policy);
});

async function open(path: string) {
  const store = sqliteStore(path);
  const signals = sqliteSignals(path);
  const point = await DecisionPoint.open({ module, store, onWarning: () => {} });
  const sessions = point.sessions.signals;
  if (sessions === undefined) throw new Error('the sessions are elsewhere');
  const receiver = new Receiver({
    target: sessions.target,
    store: signals,
    now: Date.now,
    retention: 86_400_000,
    identifiers: createSessionIdentifiers(undefined),
    mapping,
    onWarning: () => {},
  });
  await receiver.start();
  sessions.attach({
    opening: (id, request, opened) => receiver.opening(id, request, opened),
    changing: (id, request, change) => receiver.changing(id, request, change),
    identifiesByFacts: false,
    isIdentified: () => true,
    removeSession: (id) => receiver.removeSession(id),
    flush: async () => {},
  });
  return {
    point,
    receiver,
    close: async () => {
      await receiver.end();
      await point.close();
      await signals.close();
      store.close();
    },
  };
}

type Opened = Awaited<ReturnType<typeof open>>;

async function openSession({ point }: Opened, id: string): Promise<void> {
  const risk = { level: 'LOW', observed_at: new Date(toTime(10)).toISOString() };
  const context = { risk, net: { zone: 'ok', at: 'here' } };
  await point.sessions.open(serviceItself, id, {
    subject: { type: 'ai_agent', id: 'a-1' },
    context,
  });
}

async function readResult({ point }: Opened, id: string) {
  const { effect } = await point.sessions.decide(serviceItself, id, {
    action: { name: 'read' },
    resource: { type: 'file', id: 'f' },
  });
  const { context } = await point.sessions.request(serviceItself, id);
  const at = (...path: string[]) =>
    path.reduce((value, name) => (isRecord(value) ? value[name] : undefined), context as unknown);
  const facts = { zone: at('net', 'zone'), at: at('net', 'at'), level: at('risk', 'level') };
  const known = Object.entries(facts).filter(([, value]) => typeof value === 'string');
  return { effect, facts: Object.fromEntries(known), observed: at('risk', 'observed_at') };
}

attack(
  'signals-late-record',
  async () => {
    await fc.assert(
      fc.asyncProperty(scene, async ({ happenings, order, isOneToken, openedAt, restarts }) => {
        const folder = mkdtempSync(join(tmpdir(), 'nhipol-oracle-'));
        const path = join(folder, 'state.db');
        const issuer = 'https://idp.example';
        const events = order.map((at) => createEvent(happenings[at] as Happening, `${at}`));
        const sets = isOneToken
          ? [{ issuer, jti: 'one', events: events.map((each) => ({ ...each, jti: 'one' })) }]
          : events.map((event) => ({ issuer, jti: event.jti, events: [event] }));
        let service = await open(path);
        try {
          await openSession(service, 'first');
          for (let at = 0; at <= sets.length; at += 1) {
            if (restarts.includes(at)) {
              await service.close();
              service = await open(path);
            }
            if (at === Math.min(openedAt, sets.length)) await openSession(service, 'later');
            const set = sets[at];
            if (set !== undefined) await service.receiver.receive('idp', set);
          }
          const { facts, observedAt, zones } = computeExpected(happenings);
          const isFresh = (observedAt ?? 0) > now - 3_600_000;
          const expected =
            facts.zone === 'ok' && facts.level === 'LOW' && isFresh ? 'permit' : 'deny';
          const isAnyOff = happenings.some(
            (each) => 'net' in each && isRecord(each.net) && each.net.zone === 'off',
          );
          for (const id of ['first', 'later']) {
            const result = await readResult(service, id);
            // Nothing changes a session that is revoked.
            if (result.effect === 'revoke') {
              expect(isAnyOff).toBe(true);
              continue;
            }
            expect(zones.has('off')).toBe(false);
            expect(result.facts).toEqual(facts);
            expect(Date.parse(String(result.observed))).toBe(observedAt);
            expect(result.effect).toBe(expected);
          }
        } finally {
          await service.close();
          rmSync(folder, { recursive: true, force: true });
        }
      }),
      { numRuns, seed: Number(process.env.NHIPOL_SEED ?? 1) },
    );
  },
  600_000,
);
