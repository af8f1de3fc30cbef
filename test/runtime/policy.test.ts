import { type DecideOptions, load, type Policy } from '@nhipol/runtime';
import { beforeAll, expect, test, vi } from 'vitest';
import {
  assembleCanned,
  cannedManifest,
  encodeCanned,
  withManifest,
} from '../support/modules/canned-module.ts';

let wasm: Uint8Array;
let policy: Policy;
beforeAll(async () => {
  wasm = withManifest(await assembleCanned(), cannedManifest);
  policy = load(wasm);
});

const engineError = (expected: string, found: string) => ({
  effect: 'deny',
  decision: false,
  reasons: ['engine_error'],
  error: { code: 'engine_error', path: '$', expected, found, offset: 0 },
});

test('a trap is a deny, and a new instance answers the next request', () => {
  expect(policy.decideJson('count').validUntil).toBe(1);
  expect(policy.decideJson('count').validUntil).toBe(2);
  expect(policy.decideJson('trap')).toMatchObject(
    engineError('a module that does not trap', 'a trap: unreachable'),
  );
  expect(policy.decideJson('count').validUntil).toBe(1);
});

const host = 'works';
const request = 'acts';
test.each<[string, DecideOptions | undefined, string, number | undefined]>([
  ['a number', { now: 12 }, host, 12],
  ['a fractional number', { now: 12.9 }, host, 12],
  ['before the epoch', { now: -12.9 }, host, -12],
  ['a bigint', { now: 1_767_225_600_000n }, host, 1_767_225_600_000],
  ['a Date', { now: new Date(77) }, host, 77],
  ["the request's", { now: 'request' }, request, undefined],
  ["the request's, by the clock alone", { clock: 'request' }, request, undefined],
  ["the request's, or else a number", { now: 5, clock: 'request' }, request, 5],
  ["the host's, aloud", { now: 5, clock: 'host' }, host, 5],
])('%s is used as the instant', (_, options, clock, until) => {
  const { reasons, validUntil } = policy.decideJson('then', options);
  expect({ reasons, validUntil }).toEqual({ reasons: [clock], validUntil: until });
});

test("the host's clock is the default instant", () => {
  vi.useFakeTimers({ now: 1_700_000_000_123 });
  try {
    for (const options of [undefined, {}, { now: undefined }, { clock: 'host' as const }]) {
      const { reasons, validUntil } = policy.decideJson('then', options);
      expect({ reasons, validUntil }).toEqual({ reasons: [host], validUntil: 1_700_000_000_123 });
    }
  } finally {
    vi.useRealTimers();
  }
});

test.each([
  { now: Number.NaN },
  { now: Number.POSITIVE_INFINITY },
  { now: 8.64e15 + 2 },
  { now: new Date(Number.NaN) },
  { now: 10n ** 30n },
  { now: '2026-01-01T00:00:00Z' },
  { now: null },
  { now: 5, clock: 'mine' },
])('%o is an invalid instant, and a deny', (options) => {
  expect(policy.decideJson('then', options as DecideOptions)).toMatchObject(
    engineError('an instant in milliseconds since the epoch', 'another value'),
  );
});

test('the latest request is evaluated again', () => {
  policy.decideJson('then');
  const { reasons, validUntil } = policy.again(99.5);
  expect({ reasons, validUntil }).toEqual({ reasons: ['later'], validUntil: 99 });
});

test('again without an earlier request is a deny', () => {
  const nothing = engineError('an earlier request', 'none');
  expect(load(wasm).again(0)).toMatchObject(nothing);
  policy.decideJson('then');
  policy.decide({ risk: Number.NaN });
  expect(policy.again(0)).toMatchObject(nothing);
  policy.decideJson('then');
  policy.decideJson('trap');
  expect(policy.again(0)).toMatchObject(nothing);
});

test('an oversized request is not written, and the module reports it', () => {
  expect(policy.decideJson(new Uint8Array(70_000)).validUntil).toBe(70_000);
});

test('bytes may be any view', () => {
  const bytes = new TextEncoder().encode('xcount');
  expect(policy.decideJson(bytes.subarray(1)).effect).toBe('permit');
  const view = new DataView(bytes.buffer, 1) as unknown as Uint8Array;
  expect(policy.decideJson(view).effect).toBe('permit');
});

test('objects are decided like their JSON', () => {
  const image = encodeCanned({});
  expect(policy.decideJson(image).effect).toBe('permit');
  expect(policy.decide(12_345).reasons).toEqual(['works']);
});

test('a value that JSON cannot represent is an invalid request, with its path', () => {
  expect(policy.decide({ context: { risk: 2 ** 53 } })).toMatchObject({
    effect: 'deny',
    reasons: ['invalid_request'],
    read: ['action', 'context', 'resource', 'subject'],
    error: {
      code: 'wrong_type',
      path: '$.context.risk',
      offset: 0,
      expected: 'a number that JSON can represent',
      found: 'an integer beyond 2^53',
    },
  });
});

const unreadable = engineError('a readable request', 'a request that throws when it is read');
test('a getter that throws is a deny', () => {
  const hostile = {
    get subject() {
      throw new Error('no');
    },
  };
  expect(policy.decide(hostile)).toMatchObject(unreadable);
});

test('a thrown value is not read', () => {
  const thrown = new Proxy(new Error('no'), {
    getPrototypeOf() {
      throw new Error('nor this');
    },
  });
  const hostile = new Proxy(
    {},
    {
      ownKeys() {
        throw thrown;
      },
    },
  );
  expect(policy.decide(hostile)).toMatchObject(unreadable);
});

test('neither bytes nor text is a deny', () => {
  for (const request of [undefined, null, 5, {}, []]) {
    expect(policy.decideJson(request as unknown as string)).toMatchObject(unreadable);
  }
});

test('a getter may call the policy itself', () => {
  let inner: string | undefined;
  const nested = {
    get a() {
      inner = policy.decideJson('then', { now: 'request' }).reasons[0];
      return 1;
    },
  };
  policy.decide(nested);
  expect(inner).toBe('acts');
});

test('an answer cannot change another one', () => {
  const keyed = encodeCanned({ key: 1n });
  const first = policy.decideJson(keyed);
  expect(() => (first.read as string[]).push('mine')).toThrow(TypeError);
  const second = policy.decideJson(keyed);
  expect(second.read).not.toContain('mine');
});
