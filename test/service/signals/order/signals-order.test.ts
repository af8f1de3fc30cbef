// Events in any order of arrival, with repetitions and restarts, leave a session as they do in their own order. If
// several have one instant, they never leave it less restricted. `NHIPOL_SIGNAL_ORDERS` is the number of runs.

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
import { beforeAll, expect, test } from 'vitest';
import { parseEventMapping } from '../../../../service/signals/receive/event-rules.ts';
import { FactTimes } from '../../../../service/signals/receive/fact-times.ts';
import { Receiver } from '../../../../service/signals/receive/receiver.ts';
import type { VerifiedSet } from '../../../../service/signals/sets/verify-set.ts';
import { createSessionIdentifiers } from '../../../../service/signals/subjects/session-identifiers.ts';
import { attack } from '../../../attacks/attack.ts';
import { compileForGuard } from '../../guard/guard-policy.ts';
import { signalPolicy } from '../signal-issuer.ts';

const numRuns = Number(process.env.NHIPOL_SIGNAL_ORDERS ?? 12);
const ranks = ['permit', 'narrow', 'challenge', 'deny', 'revoke'];
const begin = Date.now() - 1_800_000;

interface Happening {
  readonly kind: string;
  readonly level: string;
  /** Seconds after the session was opened. */
  readonly at: number;
}

const happening = fc.record({
  kind: fc.constantFrom('risk-level-change', 'account-disabled', 'account-enabled'),
  level: fc.constantFrom('LOW', 'MEDIUM', 'HIGH'),
  at: fc.integer({ min: 1, max: 12 }),
});
/** `arrivals`: indices of happenings, `restarts`: after which arrivals the receiver starts again. */
const run = fc.array(happening, { minLength: 2, maxLength: 6 }).chain((happenings) =>
  fc.record({
    happenings: fc.constant(happenings),
    order: fc.shuffledSubarray([...happenings.keys()], { minLength: happenings.length }),
    repeated: fc.array(fc.nat(happenings.length - 1), { maxLength: 3 }),
    restarts: fc.uniqueArray(fc.nat(happenings.length), { maxLength: 2 }),
  }),
);

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(signalPolicy);
});

function createSet({ kind, level, at }: Happening, index: number): VerifiedSet {
  const issuer = 'https://idp.example';
  const claims = kind === 'risk-level-change' ? { current_level: level } : {};
  const subject = { format: 'opaque', id: 'a-1' };
  const event = {
    issuer,
    jti: `${index}`,
    txn: undefined,
    type: formatEventUri(kind),
    claims,
    subject,
  };
  return { issuer, jti: `${index}`, events: [{ ...event, time: begin + at * 1_000 }] };
}

/** The effect after these events arrived. */
async function receiveSets(
  sets: readonly VerifiedSet[],
  restarts: ReadonlySet<number> = new Set(),
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'nhipol-orders-'));
  const path = join(folder, 'state.db');
  const open = async () => {
    const store = sqliteStore(path);
    const signals = sqliteSignals(path);
    const onWarning = (warning: string) => {
      throw new Error(warning);
    };
    const point = await DecisionPoint.open({ module, store, onWarning });
    const sessions = point.sessions.signals;
    if (sessions === undefined) throw new Error('the sessions are elsewhere');
    const receiver = new Receiver({
      target: sessions.target,
      store: signals,
      now: Date.now,
      retention: 86_400_000,
      identifiers: createSessionIdentifiers(undefined),
      mapping: parseEventMapping(),
      onWarning,
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
  };
  let service = await open();
  try {
    const risk = { level: 'LOW', observed_at: new Date(begin).toISOString() };
    const subject = { type: 'ai_agent', id: 'a-1' };
    await service.point.sessions.open(serviceItself, 's1', { subject, context: { risk } });
    await service.point.sessions.decide(serviceItself, 's1', {
      action: { name: 'read' },
      resource: { type: 'file', id: 'f' },
    });
    for (const [at, set] of sets.entries()) {
      if (restarts.has(at)) {
        await service.close();
        service = await open();
      }
      await service.receiver.receive('idp', set);
    }
    return (await service.point.sessions.view(serviceItself, 's1')).answer.effect;
  } finally {
    await service.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

test('events in any order, repeated and over restarts never loosen', {
  timeout: 600_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(run, async ({ happenings, order, repeated, restarts }) => {
      const sets = happenings.map(createSet);
      const inOrder = sets.toSorted((a, b) => (a.events[0]?.time ?? 0) - (b.events[0]?.time ?? 0));
      const arrivals = [...order, ...repeated].map((at) => sets[at] as VerifiedSet);
      const expected = await receiveSets(inOrder);
      const actual = await receiveSets(arrivals, new Set(restarts));
      const isDistinct = new Set(happenings.map(({ at }) => at)).size === happenings.length;
      if (isDistinct) expect(actual).toBe(expected);
      else expect(ranks.indexOf(actual)).toBeGreaterThanOrEqual(ranks.indexOf(expected));
    }),
    { numRuns, seed: Number(process.env.NHIPOL_SEED ?? 1) },
  );
});

attack('signals-instant-flood', () => {
  const times = new FactTimes();
  let texts = 0;
  /** A finding that counts how often it is written as text. */
  const finding = (n: number) => {
    const value = { kind: 'leak', place: `place ${n}` };
    Object.defineProperty(value, 'toJSON', {
      value: () => {
        texts += 1;
        return { kind: value.kind, place: value.place };
      },
    });
    return { context: { events: { finding: value } } };
  };
  const listKnown = () => times.listDisputed('s').map(({ value }) => value);
  const findings = Array.from({ length: 2_000 }, (_, n) => finding(n));
  for (const each of findings) expect(times.add('s', each, 1)).toHaveLength(1);
  for (const each of findings) {
    expect(times.listContradicted('s', each, 1).map(({ value }) => value)).toEqual([
      each.context.events.finding,
    ]);
  }
  expect(texts).toBeLessThan(5 * findings.length);
  // The members that all of them have in common; beyond the limit nothing, and each is evaluated nevertheless.
  expect(listKnown()).toEqual([{ kind: 'leak' }]);
  const [another, newer] = [finding(2_001), finding(2_002)];
  expect(times.add('s', another, 1)).toHaveLength(1);
  expect([listKnown(), times.listContradicted('s', another, 1)]).toMatchObject([[null], [{}]]);
  expect(times.add('s', newer, 2)).toHaveLength(1);
  expect(listKnown()).toEqual([]);
});

test.each([
  ['first', [null, 'high']],
  ['last', ['high', null]],
])(
  'events of one instant about a record and a member of it are both evaluated, the record %s',
  (_, values) => {
    const times = new FactTimes();
    const facts = values.map((value) => ({
      context: { risk: value === null ? null : { level: value } },
    }));
    for (const each of facts) expect(times.add('s', each, 1)).toHaveLength(1);
    const said = facts.map((each) =>
      times.listContradicted('s', each, 1).map(({ value }) => value),
    );
    expect(said).toEqual(facts.map(({ context }) => [context.risk]));
    expect(times.listDisputed('s').map(({ value }) => value)).toEqual([null]);
  },
);
