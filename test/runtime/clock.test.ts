// The host's clock: a call at an instant, also one that is further ahead than a timer can wait.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { hostClock } from '../../runtime/sessions/clock.ts';

const day = 86_400_000;
/** What timers wait at most: 2^31 - 1 milliseconds. More is taken for 1. */
const longest = 2_147_483_647;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-03-03T10:00:00Z') });
});
afterEach(() => {
  vi.useRealTimers();
});

test.for([1, day, 60 * day])('a call %i ms ahead', (ahead) => {
  const set = vi.spyOn(globalThis, 'setTimeout');
  const call = vi.fn();
  hostClock.at(hostClock.now() + ahead, call);
  expect(set.mock.lastCall?.[1]).toBeLessThanOrEqual(longest);
  vi.advanceTimersByTime(ahead - 1);
  expect(call).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(call).toHaveBeenCalledOnce();
  expect(vi.getTimerCount()).toBe(0);
});

test('a call that is called off, before its first timer or a later one', () => {
  const call = vi.fn();
  hostClock.at(hostClock.now() + day, call)();
  const callOff = hostClock.at(hostClock.now() + 60 * day, call);
  vi.advanceTimersByTime(40 * day);
  callOff();
  vi.advanceTimersByTime(40 * day);
  expect(call).not.toHaveBeenCalled();
});
