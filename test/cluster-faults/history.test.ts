// The checker of histories finds each kind of broken promise, and nothing in histories that faults allow.

import { expect, test } from 'vitest';
import {
  type Final,
  findViolations,
  type Operation,
  type SentEvent,
  type Written,
} from './history.ts';

const permit = { status: 200, effect: 'permit', reasons: ['reads'] };
const denied = { status: 200, effect: 'deny', reasons: ['state_unavailable'] };
const done = { status: 200, effect: 'revoke', reasons: ['leaked'] };

function operation(
  kind: Operation['kind'],
  called: number,
  answered: number,
  outcome: Operation['outcome'],
): Operation {
  return { session: 's', group: 'g', kind, node: 0, called, answered, outcome };
}

const revoked: Final = { session: 's', group: 'g', effect: 'revoke', marks: 0 };
const permitted: Final = { session: 's', group: 'g', effect: 'permit', marks: 0 };

function checkHistory(
  operations: readonly Operation[],
  final = revoked,
  written: readonly Written[] = [],
  events: readonly SentEvent[] = [],
) {
  return findViolations({ operations, written, finals: [final], events });
}

test.each(['decide', 'view'] as const)('reports a permit after a revoke: %s', (kind) => {
  const revoke = operation('revoke', 10, 20, done);
  expect(checkHistory([revoke, operation(kind, 21, 30, permit)])).toHaveLength(1);
  expect(checkHistory([revoke, operation(kind, 21, 30, denied)])).toEqual([]);
  expect(checkHistory([revoke, operation(kind, 19, 30, permit)])).toEqual([]);
});

test.each(['decide', 'view'] as const)('reports a permit after an event: %s', (kind) => {
  const event = { group: 'g', sent: 5, acknowledged: 20 };
  const after = (called: number, events: readonly SentEvent[], final = revoked) =>
    checkHistory([operation(kind, called, 30, permit)], final, [], events);
  expect(after(21, [event])).toHaveLength(1);
  expect(after(19, [event])).toEqual([]);
  expect(after(21, [{ ...event, acknowledged: undefined }], permitted)).toEqual([]);
  expect(after(21, [{ ...event, group: 'other' }], permitted)).toEqual([]);
});

test('reports an event that was lost', () => {
  const event = { group: 'g', sent: 5, acknowledged: 20 };
  const unacknowledged = { ...event, acknowledged: undefined };
  expect(checkHistory([], permitted, [], [event])).toHaveLength(1);
  expect(checkHistory([], revoked, [], [event])).toEqual([]);
  expect(checkHistory([], permitted, [], [unacknowledged])).toEqual([]);
  expect(checkHistory([], revoked, [], [unacknowledged])).toEqual([]);
});

test('a revoke without a response may have had its effect or not', () => {
  const revoke = operation('revoke', 10, 20, undefined);
  const later = operation('decide', 30, 40, permit);
  expect(checkHistory([revoke, later], permitted)).toEqual([]);
  expect(checkHistory([revoke, later], revoked)).toEqual([]);
});

test('reports a revoke that was lost, and one that nobody sent', () => {
  expect(checkHistory([operation('revoke', 10, 20, done)], permitted)).toHaveLength(1);
  expect(checkHistory([operation('decide', 10, 20, permit)], revoked)).toHaveLength(1);
});

test('reports signals that were lost, forgotten for a while, or never sent', () => {
  const marks = [operation('mark', 0, 10, permit), operation('mark', 20, 30, permit)];
  const saw = (count: number, called: number) =>
    operation('decide', called, called + 5, { ...permit, reasons: [`marks_${count}`, 'marks_1'] });
  expect(checkHistory([...marks, saw(2, 31)], { ...permitted, marks: 2 })).toEqual([]);
  expect(checkHistory([...marks, saw(1, 25)], { ...permitted, marks: 2 })).toEqual([]);
  expect(checkHistory([...marks, saw(1, 31)], { ...permitted, marks: 2 })).toHaveLength(1);
  expect(checkHistory(marks, { ...permitted, marks: 1 })).toHaveLength(1);
  expect(checkHistory(marks, { ...permitted, marks: 3 })).toHaveLength(1);
});

test('reports a message of an owner after another one took the lease', () => {
  const lease = { partition: 1, isLease: true };
  const state = { partition: 1, isLease: false };
  const written = [
    { ...lease, sequence: 4, epoch: undefined },
    { ...state, sequence: 6, epoch: 4 },
    { ...lease, sequence: 7, epoch: 4 },
    { ...lease, sequence: 9, epoch: undefined },
    { ...state, sequence: 10, epoch: 9 },
  ];
  const operations = [operation('revoke', 10, 20, done)];
  expect(checkHistory(operations, revoked, written)).toEqual([]);
  const late = { ...state, sequence: 11, epoch: 4 };
  expect(checkHistory(operations, revoked, [...written, late])).toHaveLength(1);
  expect(checkHistory(operations, revoked, [...written, { ...late, partition: 2 }])).toHaveLength(
    1,
  );
});
