// Sums of many events: with any parts joined, the sum is between the least and the most; without joining it is
// exact; and a module agrees with the evaluator.

import { compile } from '@nhipol/compiler';
import { countWindowParts } from '@nhipol/language';
import type { HistoryWindow } from '@nhipol/language/types';
import { load, toAuthZen } from '@nhipol/runtime';
import { createEvaluatorSessions } from '@nhipol/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createModuleSessions } from '../../../assurance/testing/runner/sessions.ts';
import {
  type HistoryPart,
  sumParts,
  withEvent,
} from '../../../language/evaluator/history/parts.ts';
import { findZone } from '../../../language/types/time/zones.ts';
import { runs } from '../../support/budget.ts';
import { checkPolicy } from '../../support/checking.ts';
import { assembleQuickly } from '../../support/modules/assembler.ts';
import { seed } from '../../support/policies/property-policies.ts';

const minute = 60_000;
const utc = findZone('UTC');
if (utc === undefined) throw new Error('a zone without a name');

const events = fc.array(
  fc.record({
    amount: fc.integer({ min: 0, max: 9 }),
    wait: fc.integer({ min: 0, max: 40 * minute }),
    late: fc.constantFrom(0, 0, 0, 5 * minute, 90 * minute),
  }),
  { minLength: 20, maxLength: 150, size: 'max' },
);

interface Recorded {
  readonly time: bigint;
  readonly recorded: bigint;
  readonly amount: bigint;
}

function recordAmounts(
  drawn: readonly { amount: number; wait: number; late: number }[],
): readonly Recorded[] {
  let now = 100 * minute;
  return drawn.map(({ amount, wait, late }) => {
    now += wait;
    return { time: BigInt(now - late), recorded: BigInt(now), amount: BigInt(amount) };
  });
}

function collectParts(
  all: readonly Recorded[],
  window: HistoryWindow | undefined,
): readonly HistoryPart[] {
  return all.reduce<readonly HistoryPart[]>(
    (parts, { time, recorded, amount }) =>
      withEvent(parts, time, { least: amount, most: amount }, window, recorded),
    [],
  );
}

const age: HistoryWindow = { kind: 'age', milliseconds: BigInt(1500 * minute) };

test('a sum within a duration is between the least and the most, which differ by one part', () => {
  let [exact, joined] = [0, 0];
  fc.assert(
    fc.property(events, fc.nat({ max: 300 * minute }), (drawn, later) => {
      const all = recordAmounts(drawn);
      const now = (all.at(-1)?.recorded ?? 0n) + BigInt(later);
      const parts = collectParts(all, age);
      expect(parts.length).toBeLessThanOrEqual(countWindowParts(age));
      const { least, most } = sumParts(parts, age, now);
      const sum = all
        .filter(({ time }) => time >= now - age.milliseconds)
        .reduce((total, { amount }) => total + amount, 0n);
      expect(least <= sum && sum <= most).toBe(true);
      const cut = parts.filter(
        ({ oldest, newest }) => oldest < now - age.milliseconds && newest >= now - age.milliseconds,
      );
      expect(cut.length).toBeLessThanOrEqual(1);
      expect(most - least).toBe(cut[0]?.most ?? 0n);
      if (least === most) exact += 1;
      else joined += 1;
    }),
    { numRuns: runs(400, 120) },
  );
  expect(Math.min(exact, joined)).toBeGreaterThan(5);
});

test.each([
  undefined,
  { kind: 'period', unit: 'day', zone: utc },
  { kind: 'period', unit: 'week', zone: utc },
] satisfies readonly (HistoryWindow | undefined)[])(
  'a sum of all events or of a period is exact',
  (window) => {
    fc.assert(
      fc.property(events, (drawn) => {
        const all = recordAmounts(drawn);
        const now = all.at(-1)?.recorded ?? 0n;
        const days = window?.unit === 'week' ? 7n : 1n;
        // 1970-01-01 was a Thursday.
        const index = (time: bigint) => (time / 86_400_000n + (days === 7n ? 3n : 0n)) / days;
        const sum = all
          .filter(({ time }) => window === undefined || index(time) === index(now))
          .reduce((total, { amount }) => total + amount, 0n);
        expect(sumParts(collectParts(all, window), window, now)).toEqual({ least: sum, most: sum });
      }),
      { numRuns: runs(200, 30) },
    );
  },
);

const policy = checkPolicy(`policy p
subject agent {}
action call { amount: Int(0..) }
resource any {}
context { time: Timestamp }
signals { paid: { amount?: Int(0..), to?: String, resource?: { id?: String } } }
for agent {
  permit works otherwise
${[40, 60, 80, 100, 130, 160]
  .map(
    (limit) => `  deny hours_${limit}
    when sum(event.amount of signal "paid" where event.to is "x", within 10h) > ${limit}
  deny key_${limit}
    when sum(event.amount of signal "paid" per resource.id up to 2, within 10h) > ${limit}`,
  )
  .join('\n')}
${[40, 80, 120]
  .map(
    (limit) =>
      `  deny day_${limit} when sum(event.amount of signal "paid", within today in "Asia/Tokyo") > ${limit}
  deny all_${limit}
    when sum(event.amount of signal "paid" per resource.id up to 2) is ${limit}`,
  )
  .join('\n')}
}`);

test('a module agrees with the evaluator on sums of many events', async () => {
  const { wasm } = await compile(policy, assembleQuickly, { sessions: true });
  const module = load(wasm);
  const seen = new Set<string>();
  const payments = fc.array(
    fc.record({
      amount: fc.constantFrom(0, 1, 2, 3, 7, 7, undefined),
      to: fc.constantFrom('x', 'x', 'x', 'y', undefined),
      id: fc.constantFrom('1', '1', '1', '2', '3', undefined),
      // Several neighbors cover the same time.
      wait: fc.constantFrom(0, 4, 8, 8, 12, 16).map((minutes) => minutes * minute),
      late: fc.constantFrom(0, 0, 0, 5 * minute, 90 * minute),
      restores: fc.nat({ max: 15 }),
    }),
    { minLength: 60, maxLength: 140, size: 'max' },
  );
  const request = JSON.stringify({
    subject: { type: 'agent', id: 'a' },
    action: { name: 'call', properties: { amount: 1 } },
    resource: { type: 'account', id: '1' },
    context: {},
  });
  fc.assert(
    fc.property(payments, (drawn) => {
      const expected = createEvaluatorSessions(policy)(request, 0n);
      const found = createModuleSessions(module)(request, 0n);
      let now = 0n;
      for (const { amount, to, id, wait, late, restores } of drawn) {
        now += BigInt(wait);
        const payload = JSON.stringify({ amount, to, resource: { id } });
        const signal = { name: 'paid', payload, time: now - BigInt(late) };
        for (const session of [expected, found]) session.receive(signal, now);
        if (restores === 0) found.replacePolicy(module);
        const answer = expected.judge(now);
        for (const reason of answer.reasons) seen.add(reason);
        expect(toAuthZen(found.judge(now))).toEqual(toAuthZen(answer));
      }
    }),
    // Shrinking sessions of this length takes minutes.
    { numRuns: runs(40), seed, endOnFailure: true },
  );
  expect([...seen].sort()).toEqual(policy.rules.map(({ id }) => id).sort());
});
