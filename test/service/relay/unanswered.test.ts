// The requests of one exchange over HTTP: they end ten minutes after the client has left, and nothing stays of them before.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Unanswered } from '../../../service/mcp/http/exchanges/unanswered.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('an exchange ends when the client has left and the server has answered', async () => {
  const onEnd = vi.fn();
  const unanswered = new Unanswered(onEnd);
  let answer: (value: string) => void = () => {};
  const waiting = unanswered.wait(
    new Promise<string>((resolve) => {
      answer = resolve;
    }),
  );
  unanswered.leave();
  expect(onEnd).not.toHaveBeenCalled();
  vi.advanceTimersByTime(599_000);
  expect(unanswered.signal.aborted).toBe(false);
  answer('late');
  expect(await waiting).toBe('late');
  expect(onEnd).toHaveBeenCalledOnce();
  expect(vi.getTimerCount()).toBe(0);
});

test('a server that does not answer is not waited for longer than ten minutes', async () => {
  const onEnd = vi.fn();
  const unanswered = new Unanswered(onEnd);
  const waiting = unanswered.wait(
    new Promise((_, reject) => {
      unanswered.signal.addEventListener('abort', () => reject(new Error('aborted')));
    }),
  );
  unanswered.leave();
  vi.advanceTimersByTime(600_000);
  await expect(waiting).rejects.toThrow('aborted');
  expect(onEnd).toHaveBeenCalledOnce();
});

test('an answered exchange ends when its client leaves', async () => {
  const onEnd = vi.fn();
  const unanswered = new Unanswered(onEnd);
  await unanswered.wait(Promise.resolve());
  expect(onEnd).not.toHaveBeenCalled();
  unanswered.leave();
  expect(onEnd).toHaveBeenCalledOnce();
  expect(vi.getTimerCount()).toBe(0);
});
