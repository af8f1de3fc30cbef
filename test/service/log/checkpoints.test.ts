// Checkpoints of a log that another program wrote: each is refused with its reason, and never throws.

import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readCheckpoint, signCheckpoint } from '@nhipol/service';
import { expect, test } from 'vitest';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const last = `sha-256:${'0'.repeat(64)}`;
const time = Date.parse('2026-01-31T09:30:00Z');
const checkpoint = { log: 'l', number: 7, last, time };
const payloadType = 'application/vnd.nhipol.log-checkpoint+json';
const refusal = 'this is not a checkpoint of a log';

/** An envelope of any payload, signed with the key. */
function signPayload(payload: string, key: KeyObject = privateKey): string {
  const signed = Buffer.from(
    `DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} ${payload}`,
  );
  return JSON.stringify({
    payloadType,
    payload: Buffer.from(payload).toString('base64'),
    signatures: [{ sig: sign(null, signed, key).toString('base64') }],
  });
}

const format = 'nhipol-checkpoint/1';
const members = { format, log: 'l', number: 7, last, time: '2026-01-31T09:30:00.000Z' };

test('a signed checkpoint is read', () => {
  expect(readCheckpoint(signCheckpoint(checkpoint, privateKey), publicKey)).toEqual(checkpoint);
  expect(readCheckpoint(signPayload(JSON.stringify(members)), publicKey)).toEqual(checkpoint);
});

test.each([
  '',
  '{',
  'null',
  '[]',
  '7',
  '{}',
  JSON.stringify({ payloadType, payload: 7, signatures: [] }),
  JSON.stringify({ payloadType, payload: '', signatures: {} }),
  `{"payloadType":"other",${signCheckpoint(checkpoint, privateKey).slice(1)}`,
])('the line `%s` is not a checkpoint', (line) => {
  expect(readCheckpoint(line, publicKey)).toBe(refusal);
});

test.each([[], [null], [7], [{ sig: 7 }], [{ sig: '' }]].map((each) => JSON.stringify(each)))(
  'the signatures %s are not those of the key',
  (signatures) => {
    const line = `{"payloadType":"${payloadType}","payload":"","signatures":${signatures}}`;
    expect(readCheckpoint(line, publicKey)).toBe('this checkpoint is not signed with the key');
  },
);

test.each([
  '',
  'null',
  '[]',
  JSON.stringify({ ...members, format: 'other' }),
  JSON.stringify({ ...members, log: 7 }),
  JSON.stringify({ ...members, number: 0 }),
  JSON.stringify({ ...members, number: 1.5 }),
  JSON.stringify({ ...members, last: 'none' }),
  JSON.stringify({ ...members, time: 'soon' }),
  `{"number":1,${JSON.stringify(members).slice(1)}`,
])('the signed payload `%s` is not a checkpoint', (payload) => {
  expect(readCheckpoint(signPayload(payload), publicKey)).toBe(refusal);
});
