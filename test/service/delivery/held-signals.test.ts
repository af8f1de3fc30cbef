// Settings of signals that wait for a version which is held back: what events mean waits, and who may send them does not.
// As a process; needs `dist/bin/`.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { attack } from '../../attacks/attack.ts';
import { Folder } from '../../support/system/run-cli.ts';
import { callService, type ServiceProcess, startService } from '../decisions/service-process.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import { signWebhook } from './signed-webhook.ts';

const writePolicy = (version: string, permits: string) => `policy acme.held version "${version}"
subject ai_agent {}
action read {}
resource file {}
signals { "credential-compromise": {}, other: {} }
for ai_agent {
  revoke leaked when once(signal "credential-compromise")
  permit reads when ${permits}
}
`;

let [first, second]: readonly Uint8Array[] = [];
beforeAll(async () => {
  [first, second] = await Promise.all(
    [writePolicy('1.0.0', 'subject.id is not "a"'), writePolicy('2.0.0', 'subject.id is "a"')].map(
      (source) => compileForGuard(source),
    ),
  );
});

let files: Folder;
let service: ServiceProcess | undefined;
beforeEach(() => {
  files = new Folder();
});
afterEach(() => {
  service?.child.kill('SIGKILL');
  service = undefined;
  files[Symbol.dispose]();
});

const at = (name: string) => join(files.path, name);
const soon = { timeout: 30_000, interval: 100 };
const createSecret = (name: string) => `the secret ${name} of a webhook`;
const webhook = (name: string, secretFile: string, type = 'credential-compromise') => ({
  name,
  secret_files: [secretFile],
  event: { type, subject: { format: 'opaque', id: '$body.id' } },
});
const source = {
  name: 'idp',
  issuer: 'https://idp.example',
  audience: 'me',
  delivery: 'push',
  manage: false,
  jwks: { keys: [] },
  push_authorization_file: 'push.header',
};
const createSettings = (...webhooks: readonly object[]) => ({ sources: [source], webhooks });
const writeSettings = (settings: object) => files.write('signals.json', JSON.stringify(settings));

async function start(options: readonly string[] = ['--signals', at('signals.json')]) {
  service = await startService([
    at('p.wasm'),
    '--state',
    at('state.db'),
    '--drain',
    '0',
    '--hold-above',
    '5',
    ...options,
  ]);
}

async function startAgain(options?: readonly string[]): Promise<void> {
  service?.child.kill('SIGTERM');
  await service?.ended;
  await start(options);
}

const call = async (method: string, path: string, body?: object) =>
  (await callService(service?.url ?? '', method, path, body)).body;
const versions = async () => {
  const { active, held } = await call('GET', '/policy');
  return [active.version, held?.policy.version];
};
const open = (id: string) =>
  call('POST', '/sessions', {
    id,
    subject: { type: 'ai_agent', id },
    action: { name: 'read' },
    resource: { type: 'file', id: 'f' },
  });
const report = async (name: string, secret: string, identity = 'nobody') => {
  const body = JSON.stringify({ id: identity });
  const signed = signWebhook(createSecret(secret), `${Math.random()}`, body);
  return (await fetch(`${service?.url}/webhooks/${name}`, signed)).status;
};
/** A header that is right is followed by a token that is not. */
const pushEvent = async (authorization: string) => {
  const headers = { 'content-type': 'application/secevent+jwt', authorization };
  const options = { method: 'POST', headers, body: 'x' };
  return (await fetch(`${service?.url}/signals/idp`, options)).status;
};

attack(
  'http-held-secrets',
  async () => {
    for (const name of ['a', 'b', 'c']) files.write(`${name}.secret`, createSecret(name));
    files.write('push.header', 'Bearer old');
    files.write('p.wasm', first ?? '');
    writeSettings(createSettings(webhook('one', 'a.secret'), webhook('two', 'b.secret')));
    await start();
    for (const id of ['a', 'x']) await open(id);
    files.write('p.wasm', second ?? '');
    await expect.poll(versions, soon).toEqual(['1.0.0', '2.0.0']);
    // Another file with the secret and the header, whose names stay.
    files.write('a.secret', createSecret('new'));
    files.write('push.header', 'Bearer new');
    await expect.poll(() => report('one', 'new'), soon).toBe(202);
    expect([await report('one', 'a'), await pushEvent('Bearer old')]).toEqual([401, 401]);
    expect(await pushEvent('Bearer new')).toBe(400);
    // Settings that wait: a secret in another file, the file of the former one removed, and a webhook less.
    writeSettings(
      createSettings(webhook('one', 'c.secret', 'other'), webhook('three', 'b.secret')),
    );
    rmSync(at('a.secret'));
    await expect.poll(() => report('one', 'c'), soon).toBe(202);
    for (let isFirst = true; ; isFirst = false) {
      expect(await versions()).toEqual(['1.0.0', '2.0.0']);
      expect([await report('one', 'new'), await report('two', 'b')]).toEqual([401, 404]);
      expect([await report('three', 'b'), await pushEvent('Bearer old')]).toEqual([404, 401]);
      if (!isFirst) break;
      await startAgain();
    }
    expect(await report('one', 'c', 'x')).toBe(202);
    expect((await call('GET', '/sessions/x')).context.effect).toBe('revoke');
    const { digest } = (await call('GET', '/policy')).held;
    expect((await call('POST', '/policy/activate', { digest })).kind).toBe('activated');
    expect([await report('three', 'b'), await report('one', 'c', 'a')]).toEqual([202, 202]);
    expect((await call('GET', '/sessions/a')).decision).toBe(true);
  },
  180_000,
);

attack(
  'http-held-signals-unnamed',
  async () => {
    files.write('a.secret', createSecret('a'));
    files.write('p.wasm', first ?? '');
    writeSettings({ webhooks: [webhook('one', 'a.secret')] });
    await start();
    for (const id of ['a', 'x']) await open(id);
    expect(await report('one', 'a', 'leaked')).toBe(202);
    files.write('p.wasm', second ?? '');
    await expect.poll(versions, soon).toEqual(['1.0.0', '2.0.0']);
    await startAgain([]);
    expect(await versions()).toEqual(['1.0.0', '2.0.0']);
    expect((await open('leaked')).context.effect).toBe('revoke');
    expect(await report('one', 'a', 'x')).toBe(404);
    await expect
      .poll(() => service?.messages(), soon)
      .toContain('WARNING: --signals: no longer given; what was in use stays until');
  },
  180_000,
);
