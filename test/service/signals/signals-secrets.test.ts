// Secret members of payloads and facts, in what operators see of events and in the log; and errors in payloads.

import type { LogEntry } from '@nhipol/service';
import { afterEach, expect, test } from 'vitest';
import type { EventRules } from '../../../service/signals/receive/event-rules.ts';
import { attack } from '../../attacks/attack.ts';
import { type Harness, openHarness } from '../decisions/service-harness.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import { signalSettings } from './signal-issuer.ts';

const policy = `
policy test.secrets version "1.0.0"
subject ai_agent {}
action read {}
resource file {}
context { time: Timestamp, events?: { "credential-compromise"?: { credential_type?: String, key?: secret String } } }
signals {
  "credential-compromise": { credential_type?: String, parts?: List<{ token?: secret String, size?: Int }> },
  "leak": { what?: secret String, size: Int }
}

for ai_agent doing read on file {
  permit all otherwise
  deny leaked when once(signal "leak" where event.what is "keys", within 10m)
}
`;

let harness: Harness;
let lines: LogEntry[];
afterEach(() => harness.close());

async function open(events: EventRules = {}): Promise<void> {
  lines = [];
  const log = { append: (entry: LogEntry) => `${lines.push(entry)}`, close: async () => {} };
  const module = await compileForGuard(policy);
  harness = await openHarness({
    policy: module,
    signals: signalSettings({ events }),
    point: { log },
  });
}

const type = 'https://schemas.openid.net/secevent/risc/event-type/credential-compromise';
const claims = {
  credential_type: 'api-key',
  key: 's3cret-key',
  comment: 's3cret-key',
  other: 'seen',
  parts: [{ token: 's3cret-token', size: 3 }],
};
let sent = 0;

/** The claims in the event stream, and all of it as text. */
async function streamEvent(): Promise<{ readonly text: string; readonly claims: object }> {
  sent += 1;
  const ending = new AbortController();
  const stream = await fetch(`${harness.url}/signals`, { signal: ending.signal });
  const [issuer, jti] = ['https://issuer.example', `e-${sent}`];
  const subject = { format: 'opaque', id: 'a-1' };
  const event = { issuer, jti, txn: undefined, type, time: Date.now(), subject, claims };
  await harness.signals?.receive('source', { issuer, jti, events: [event] });
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of stream.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (/event: signal\ndata: .*\n\n/.test(text)) break;
  }
  ending.abort();
  const data = text.split('event: signal\ndata: ')[1]?.split('\n')[0] ?? '{}';
  return { text, claims: JSON.parse(data).events[0].claims };
}

const mask = expect.stringMatching(/^secret:[0-9a-f]{12}$/);

attack('signals-secret-claims', async () => {
  await open();
  const plain = await streamEvent();
  expect(plain.text).not.toContain('s3cret');
  // A claim with the same value would show it.
  expect(plain.claims).toEqual({
    credential_type: 'api-key',
    key: mask,
    comment: mask,
    other: 'seen',
    parts: [{ token: mask, size: 3 }],
  });
  await harness.close();
  const size = 'size($event.key)';
  await open({
    'credential-compromise': { signal: 'leak', payload: { what: '$event.other', size } },
  });
  const computed = await streamEvent();
  expect(computed.claims).toEqual({
    credential_type: mask,
    key: mask,
    comment: mask,
    other: mask,
    parts: mask,
  });
});

test('the log has the declared members of payloads, with masks', async () => {
  await open();
  const subject = { type: 'ai_agent', id: 'a-1' };
  await harness.post('/sessions', { id: 's1', subject });
  const payload = { what: 'keys', size: 3, undeclared: 'x' };
  await harness.post('/sessions/s1/signals', { signal: 'leak', payload });
  await harness.signals?.receive('source', {
    issuer: 'https://issuer.example',
    jti: 'e-1',
    events: [
      {
        issuer: 'https://issuer.example',
        jti: 'e-1',
        txn: undefined,
        type,
        claims,
        time: Date.now(),
        subject: { format: 'opaque', id: 'a-1' },
      },
    ],
  });
  const events = lines.flatMap((entry) => (entry.kind === 'event' ? [entry.payload] : []));
  expect(events).toEqual([
    { what: mask, size: 3 },
    { credential_type: 'api-key', parts: [{ token: mask, size: 3 }] },
  ]);
  expect(JSON.stringify(lines)).not.toContain('s3cret');
});

test('a payload that is not valid is named by its place in the request', async () => {
  await open();
  await harness.post('/sessions', { id: 's1', subject: { type: 'ai_agent', id: 'a-1' } });
  const send = (payload: unknown) =>
    harness.post('/sessions/s1/signals', { signal: 'leak', payload });
  const wrong = await send({ size: 's3cret' });
  expect([wrong.status, wrong.body.path]).toEqual([400, '$.payload.size']);
  const missing = await send({});
  expect([missing.status, missing.body.path]).toEqual([400, '$.payload.size']);
  await harness.call('DELETE', '/sessions/s1');
  expect((await send({ size: 1 })).status).toBe(404);
});
