// The host's clock: a call at an instant, even one further ahead than the maximum delay of a timer.

import { hostClock } from '@nhipol/runtime';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const day = 86_400_000;
/** The maximum delay of a timer: 2^31 - 1 milliseconds. A larger delay is treated as 1. */
const maxDelay = 2_147_483_647;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-03-03T10:00:00Z') });
});
afterEach(() => {
  vi.useRealTimers();
});

test.for([1, day, 60 * day])('a call %i ms ahead is made on time', (ahead) => {
  const set = vi.spyOn(globalThis, 'setTimeout');
  const call = vi.fn();
  hostClock.at(hostClock.now() + ahead, call);
  expect(set.mock.lastCall?.[1]).toBeLessThanOrEqual(maxDelay);
  vi.advanceTimersByTime(ahead - 1);
  expect(call).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(call).toHaveBeenCalledOnce();
  expect(vi.getTimerCount()).toBe(0);
});

test('a call is canceled before its first timer or a later one', () => {
  const call = vi.fn();
  hostClock.at(hostClock.now() + day, call)();
  const callOff = hostClock.at(hostClock.now() + 60 * day, call);
  vi.advanceTimersToNextTimer();
  expect(vi.getTimerCount()).toBe(1);
  callOff();
  vi.advanceTimersByTime(40 * day);
  expect(call).not.toHaveBeenCalled();
});
