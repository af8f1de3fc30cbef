// The keys of an issuer at a URL, as they age.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createKeySource } from '../../../service/tokens/issuer-keys.ts';
import { TestIssuer, thisMachine } from '../signals/signal-issuer.ts';

let issuer: TestIssuer;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  issuer = await TestIssuer.start();
});
afterEach(() => {
  vi.useRealTimers();
  issuer.close();
});

function keys() {
  const source = createKeySource(issuer.jwks, () => thisMachine);
  return async (kid: string) => {
    const found = await source({ alg: 'ES256', kid }, { payload: '', signature: '' }).catch(
      () => undefined,
    );
    return found !== undefined;
  };
}

test('a key that was removed is refused after a minute', async () => {
  const isKnown = keys();
  expect(await isKnown('key-1')).toBe(true);
  await issuer.rotate('key-2');
  await issuer.publish();
  expect(await isKnown('key-1')).toBe(true);
  vi.advanceTimersByTime(60_001);
  expect(await Promise.all([isKnown('key-1'), isKnown('key-1'), isKnown('key-2')])).toEqual([
    false,
    false,
    true,
  ]);
});

test('while the keys cannot be read, the known ones are used for five minutes', async () => {
  const isKnown = keys();
  expect(await isKnown('key-1')).toBe(true);
  issuer.isDown = true;
  for (let minute = 1; minute < 5; minute += 1) {
    vi.advanceTimersByTime(60_001);
    expect(await isKnown('key-1')).toBe(true);
  }
  expect(issuer.reads).toBe(5);
  vi.advanceTimersByTime(61_000);
  expect(await isKnown('key-1')).toBe(false);
});

test('a new key is known if the issuer took long to answer before', async () => {
  const isKnown = keys();
  issuer.onRead = () => vi.advanceTimersByTime(500);
  expect(await isKnown('key-1')).toBe(true);
  await issuer.rotate('key-2');
  await issuer.publish();
  // A second has passed since the keys were requested, and less since they were received.
  vi.advanceTimersByTime(600);
  expect(await isKnown('key-2')).toBe(true);
  expect(issuer.reads).toBe(2);
});
