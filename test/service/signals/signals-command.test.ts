// `nhipol signals` and `nhipol serve --signals`, as processes and in this one: events are sent, watched and replayed.

import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Folder } from '../../support/system/run-cli.ts';
import { callService, type ServiceProcess, startService } from '../decisions/service-process.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import { signalPolicy } from './signal-issuer.ts';

const issuer = 'https://idp.example';
let module: Uint8Array;
let files: Folder;
let service: ServiceProcess | undefined;

beforeAll(async () => {
  module = await compileForGuard(signalPolicy);
});
beforeEach(() => {
  files = new Folder();
});
afterEach(async () => {
  service?.child.kill('SIGKILL');
  service = undefined;
  files[Symbol.dispose]();
});

const at = (name: string) => join(files.path, name);
const run = (...args: readonly string[]) => files.run(['signals', ...args]);

async function start(settings: object): Promise<ServiceProcess> {
  writeFileSync(at('policy.wasm'), module);
  writeFileSync(at('signals.json'), JSON.stringify(settings));
  service = await startService([
    at('policy.wasm'),
    '--state',
    at('state.db'),
    '--drain',
    '0',
    '--signals',
    at('signals.json'),
  ]);
  return service;
}

test('a key is written for its owner only, and never over another file', async () => {
  const { code, out } = await run('key', at('test.pem'));
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ keys: [{ kty: 'EC', alg: 'ES256' }] });
  expect(statSync(at('test.pem')).mode & 0o777).toBe(0o600);
  const again = await run('key', at('test.pem'));
  expect([again.code, again.err]).toEqual([2, expect.stringContaining('cannot create')]);
});

test('a key of RS256 signs what the interoperability profile of CAEP accepts', async () => {
  const { code, out } = await run('key', at('rsa.pem'), '--algorithm', 'RS256');
  expect(code).toBe(0);
  const [jwk] = JSON.parse(out).keys;
  expect(jwk).toMatchObject({ kty: 'RSA', alg: 'RS256', use: 'sig' });
  expect(Buffer.from(jwk.n, 'base64url').length * 8).toBeGreaterThanOrEqual(2_048);
  const event = ['--type', 'session-revoked', '--subject', 'a', '--issuer', 'https://idp.example'];
  const token = await run('send', '--key', at('rsa.pem'), ...event, '--print');
  const header = JSON.parse(Buffer.from(token.out.split('.')[0] ?? '', 'base64url').toString());
  expect(header).toMatchObject({ alg: 'RS256', kid: jwk.kid });
  const none = await run('key', at('other.pem'), '--algorithm', 'none');
  expect(none.code).toBe(2);
});

test('events are sent to a service, watched and replayed', { timeout: 60_000 }, async () => {
  const jwks = JSON.parse((await run('key', at('test.pem'))).out);
  const source = {
    name: 'test',
    issuer,
    audience: 'http://pdp.example',
    jwks,
    delivery: 'push',
    manage: false,
  };
  const { url } = await start({ sources: [source] });
  await callService(url, 'POST', '/sessions', {
    id: 's1',
    subject: { type: 'ai_agent', id: 'a-1' },
  });
  const common = ['--key', at('test.pem'), '--issuer', issuer, '--audience', 'http://pdp.example'];
  const to = ['--to', `${url}/signals/test`];
  const watching = run('watch', url, '--json', '--count', '2');
  const readable = run('watch', url, '--count', '2');
  await expect
    .poll(async () => {
      const { out } = await run(
        'send',
        '--type',
        'account-disabled',
        '--subject',
        'nobody',
        ...common,
        ...to,
      );
      return out;
    })
    .toBe('the receiver accepted account-disabled\n');
  const sent = await run(
    'send',
    '--type',
    'session-revoked',
    '--subject',
    '{"format":"opaque","id":"a-1"}',
    '--claim',
    'initiating_entity=admin',
    ...common,
    ...to,
  );
  expect([sent.code, sent.out]).toEqual([0, 'the receiver accepted session-revoked\n']);
  const lines = (await watching).out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.at(-1)).toMatchObject({
    outcome: 'accepted',
    source: 'test',
    issuer,
    sessions: 1,
    events: [{ subject: { format: 'opaque', id: 'a-1' }, claims: { initiating_entity: 'admin' } }],
  });
  expect((await readable).out).toContain(
    'accepted  test: session-revoked {"format":"opaque","id":"a-1"}: 1 session\n',
  );
  writeFileSync(at('arrived.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const replayed = await run('replay', at('arrived.jsonl'), ...common, ...to);
  expect([replayed.code, replayed.out]).toEqual([0, '2 of 2 events were accepted\n']);
  const refused = await run(
    'send',
    '--type',
    'session-revoked',
    '--subject',
    'a-1',
    '--key',
    at('test.pem'),
    '--issuer',
    'https://other.example',
    ...to,
  );
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('400: invalid_issuer')]);
});

test('the stream of a source is paused, resumed and deleted at its transmitter', {
  timeout: 60_000,
}, async () => {
  await run('key', at('test.pem'));
  const { url } = await start({ transmitter: { key_files: ['test.pem'] } });
  const created = await callService(url, 'POST', '/ssf/stream', {
    delivery: { method: 'urn:ietf:rfc:8936' },
  });
  const id = created.body.stream_id;
  const sources = [
    { name: 'idp', issuer: url, delivery: 'poll' },
    { name: 'pushed', issuer: url, delivery: 'push' },
  ];
  writeFileSync(at('receiver.json'), JSON.stringify({ sources }));
  const change = (...args: readonly string[]) => run(...args, '--signals', at('receiver.json'));
  const status = async () =>
    (await callService(url, 'GET', `/ssf/status?stream_id=${id}`)).body?.status;
  for (const [command, word, expected] of [
    ['pause', 'paused', 'paused'],
    ['resume', 'enabled', 'enabled'],
    ['delete', 'deleted', undefined],
  ] as const) {
    const { code, out } = await change(command, 'idp');
    expect([code, out]).toEqual([0, `the stream ${id} of idp is ${word}\n`]);
    expect(expected === undefined || (await status()) === expected).toBe(true);
  }
  const gone = await change('pause', 'idp');
  expect([gone.code, gone.err]).toEqual([1, `nhipol signals pause: idp has no stream at ${url}\n`]);
  const pushed = await change('pause', 'pushed');
  expect([pushed.code, pushed.err]).toEqual([2, expect.stringContaining('--public-url')]);
  const unknown = await change('pause', 'other');
  expect([unknown.code, unknown.err]).toEqual([
    2,
    expect.stringContaining('no source other; there is idp, pushed'),
  ]);
});

describe('a token', () => {
  test('is printed', async () => {
    await run('key', at('test.pem'));
    const { out } = await run(
      'send',
      '--type',
      'risk-level-change',
      '--claim',
      'current_level=HIGH',
      '--subject',
      'a-1',
      '--txn',
      't1',
      '--key',
      at('test.pem'),
      '--issuer',
      issuer,
      '--print',
    );
    const [, payload = ''] = out.split('.');
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
      iss: issuer,
      aud: 'http://127.0.0.1:8181',
      txn: 't1',
      events: {
        'https://schemas.openid.net/secevent/caep/event-type/risk-level-change': {
          current_level: 'HIGH',
        },
      },
    });
  });

  test.for<readonly [string, readonly string[], string]>([
    [
      'a subject that is not valid',
      ['--subject', '{"format":"x"}'],
      '--subject: sub_id: the format',
    ],
    ['a subject that is not JSON', ['--subject', '{'], '--subject:'],
    ['a claim without a value', ['--subject', 'a', '--claim', 'x'], '--claim x: expected a name'],
  ])('needs no %s', async ([, args, message]) => {
    await run('key', at('test.pem'));
    const rest = ['--type', 'x', '--key', at('test.pem'), '--issuer', issuer, '--print'];
    const { code, err } = await run('send', ...args, ...rest);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });
});

test.for<readonly [object | string, string]>([
  ['{', 'this is not JSON'],
  [{ source: [] }, '$.source: unknown'],
  [{ sources: [{ name: 'a b' }] }, '$.sources[0].delivery: expected one of push, poll'],
  [{ sources: [{ name: 'a b', delivery: 'push' }] }, '$.sources[0].name: expected up to 64'],
  [
    { sources: [{ name: 'x', delivery: 'poll', manage: false, audience: 'a' }] },
    '$.sources[0].poll_url',
  ],
  [
    { sources: [{ name: 'x', delivery: 'push', issuer: 'i', algorithms: ['HS256'] }] },
    'HS256 is not one with a public key',
  ],
  [
    { webhooks: [{ name: 'x', secret_files: ['none'] }] },
    '$.webhooks[0].secret_files[0]: cannot read ',
  ],
  [
    { webhooks: [{ name: 'x', secret_files: ['white.secret'] }] },
    '$.webhooks[0].secret_files[0]: white.secret contains only white space: expected a secret',
  ],
  [
    { webhooks: [{ name: 'x', secret_files: ['short.secret'] }] },
    '$.webhooks[0].secret_files[0]: the secret in short.secret has 15 bytes: expected at least 16',
  ],
  [
    { webhooks: [{ name: 'x', secret_files: ['nothing.secret'] }] },
    '$.webhooks[0].secret_files[0]: the secret in nothing.secret has 0 bytes: expected at least 16',
  ],
  [
    {
      sources: [
        {
          name: 'x',
          issuer: 'https://x.example',
          delivery: 'push',
          push_authorization_file: 'white.secret',
        },
      ],
    },
    '$.sources[0].push_authorization_file: white.secret contains only white space',
  ],
  [{ transmitter: { key_files: [] } }, '$.transmitter.key_files: expected a file'],
  [
    { subjects: { any: { format: 'opaque', id: '$nothing.x' } } },
    '$.subjects.any[0].id: unknown variable `nothing`; there is `session`',
  ],
  [
    {
      events: { 'token-claims-change': { facts: { context: { tenant: '$evnt.claims.tenant' } } } },
    },
    '$.events.token-claims-change.facts.context.tenant: unknown variable `evnt`; there is `event`, `set`, `session`',
  ],
  [
    { events: { leak: { payload: { kinds: ['x', '$event.a + body.b'] } } } },
    '$.events.leak.payload.kinds[1]: unknown variable `body`',
  ],
  [{ events: { leak: { payload: { a: '$event.' } } } }, '$.events.leak.payload.a: expression'],
  [
    {
      webhooks: [
        {
          name: 'x',
          secret_files: ['signals.json'],
          event: { type: 'leak', subject: { format: 'opaque', id: '$event.who' } },
        },
      ],
    },
    '$.webhooks[0].event.subject.id: unknown variable `event`; there is `body`, `headers`',
  ],
  [
    {
      transmitter: {
        key_files: ['signals.json'],
        subject: { format: 'opaque', id: '$sesion.id' },
      },
    },
    '$.transmitter.subject.id: unknown variable `sesion`; there is `session`',
  ],
  [{ events: { x: { sessions: 'some' } } }, '$.events.x.sessions: expected one of open, all'],
])('settings %j are refused', async ([settings, message]) => {
  const text = typeof settings === 'string' ? settings : JSON.stringify(settings);
  files.write('policy.wasm', module);
  files.write('signals.json', text);
  files.write('white.secret', ' \n');
  files.write('short.secret', `${'s'.repeat(15)}\n`);
  files.write('nothing.secret', 'whsec_');
  const { code, err } = await files.run([
    'serve',
    '@policy.wasm',
    '--listen',
    '127.0.0.1:0',
    '--state',
    '@state.db',
    '--signals',
    '@signals.json',
  ]);
  expect([code, err]).toEqual([2, expect.stringContaining(message)]);
});
