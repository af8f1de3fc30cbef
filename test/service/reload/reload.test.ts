// Files that are read again while the service runs: everything changes together or not at all, a removed key stops working at once,
// also for streams and for a body that is still on its way, and a batch is decided by one generation.

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createAccess,
  createInventory,
  createReplaceableAccess,
  createVouchedFacts,
  type ReplaceableAccess,
} from '@nhipol/service';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Reloads } from '../../../cli/commands/serve/reloads.ts';
import { fingerprintFiles } from '../../../cli/commands/serve/versions/file-versions.ts';
import { attack } from '../../attacks/attack.ts';
import { type Harness, openHarness } from '../decisions/service-harness.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import { TokenIssuer } from '../http/token-issuer.ts';

const writePolicy = (team: string) => `
policy test.reload version "1.0.0"
subject workload { team?: String }
action read {}
resource file {}
context { time: Timestamp }
for workload doing read on file {
  permit own when subject.team is "${team}"
}
`;
const request = {
  subject: { type: 'workload', id: 'w' },
  action: { name: 'read' },
  resource: { type: 'file', id: 'f' },
};
const createKey = (id: string, roles = ['evaluate', 'sessions', 'operate'] as const) => ({
  id,
  roles,
  sha256: createHash('sha256').update(`k-${id}`).digest('hex'),
});
const of = (id: string) => ({ 'x-api-key': `k-${id}` });
const entity = (team: string) =>
  createInventory([{ type: 'workload', id: 'w', properties: { team } }]);

describe('a service', () => {
  let harness: Harness;
  let issuer: TokenIssuer;
  let replaceable: ReplaceableAccess;
  const tokens = () => [
    { ...issuer.trust, jwks: new URL(issuer.trust.jwks), roles: ['sessions'] as const },
  ];
  const access = (...ids: readonly string[]) =>
    createAccess({ keys: ids.map((id) => createKey(id)), tokens: tokens() });
  beforeEach(async () => {
    issuer = await TokenIssuer.open();
    replaceable = createReplaceableAccess(access('a', 'b'));
    harness = await openHarness({
      policy: writePolicy('ops'),
      point: { inventory: entity('ops') },
      service: { access: replaceable.access },
    });
  });
  afterEach(async () => {
    await harness.close();
    issuer.close();
  });

  function remove(): void {
    replaceable.replace(access('b'));
    harness.service.recheckCallers();
  }

  async function awaitEnd(headers: Record<string, string>, path = '/changes') {
    const response = await fetch(`${harness.url}${path}`, { headers });
    expect(response.status).toBe(200);
    const reader = response.body?.getReader();
    await reader?.read();
    const over = async () => {
      for (;;) if ((await reader?.read())?.done !== false) return true;
    };
    return { over: over() };
  }

  attack('http-removed-key', async () => {
    const [mine, other] = [await awaitEnd(of('a')), await awaitEnd(of('b'))];
    let isOtherOver = false;
    void other.over.then(() => {
      isOtherOver = true;
    });
    const paths = ['/access/v1/evaluation', '/access/v1/evaluations'];
    // Their bodies are on their way when the key is removed.
    const late = paths.map((path) => {
      const body = JSON.stringify(request);
      const headers = {
        ...of('a'),
        'content-type': 'application/json',
        'content-length': body.length,
      };
      const sent = httpRequest({ port: harness.service.port, path, method: 'POST', headers });
      sent.write(body.slice(0, 20));
      const status = new Promise((resolve, reject) => {
        sent.on('response', (response) => resolve(response.resume().statusCode));
        sent.on('error', reject);
      });
      return { status, finish: () => sent.end(body.slice(20)) };
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    remove();
    for (const { finish } of late) finish();
    expect(await Promise.all(late.map(({ status }) => status))).toEqual([401, 401]);
    expect(await mine.over).toBe(true);
    expect((await harness.call('GET', '/sessions', undefined, of('a'))).status).toBe(401);
    expect((await harness.call('GET', '/sessions', undefined, of('b'))).status).toBe(200);
    expect(isOtherOver).toBe(false);
  });

  attack('http-stream-after-expiry', async () => {
    const token = await issuer.token({ sub: 'w' }, {}, Math.floor(Date.now() / 1_000) + 2);
    const stream = await awaitEnd({ authorization: `Bearer ${token}` });
    expect(await stream.over).toBe(true);
  });

  test('decides a batch by one generation', async () => {
    const { point } = harness;
    const evaluations = Array.from({ length: 200 }, () => ({}));
    const { body } = await Promise.all([
      harness.post('/access/v1/evaluations', { ...request, evaluations }, of('a')),
      (async () => {
        for (let turn = 0; turn < 200; turn += 1) {
          await new Promise((resolve) => setImmediate(resolve));
          const team = turn % 2 === 0 ? 'dev' : 'ops';
          point.replaceFacts({ inventory: entity(team), facts: createVouchedFacts(undefined) });
        }
      })(),
    ]).then(([reply]) => reply);
    const decisions = body.evaluations.map(({ decision }: { decision: boolean }) => decision);
    expect(new Set(decisions).size).toBe(1);
  });

  test('shows what was refused, until it is no longer wanted', async () => {
    const { activation, call } = harness;
    const state = async () => (await call('GET', '/policy', undefined, of('a'))).body.refused;
    const metric = async () => (await call('GET', '/metrics', undefined, of('a'))).body;
    expect(await state()).toBeNull();
    expect(await metric()).toContain('nhipol_policy_refused 0');
    activation.refuse('access.json: $.keys: expected an array');
    expect(await state()).toMatchObject({
      policy: null,
      problem: 'access.json: $.keys: expected an array',
    });
    expect(await metric()).toContain('nhipol_policy_refused 1');
    activation.settle();
    expect(await state()).toBeNull();
    activation.offer(new Uint8Array([1, 2, 3]));
    expect(await state()).toMatchObject({ policy: null, problem: expect.any(String) });
    activation.offer(await compileForGuard(writePolicy('dev')));
    expect(await state()).toBeNull();
  });
});

describe('reloads', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'nhipol-reloads-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function openState({ isRemote = false } = {}) {
    const path = join(folder, `${crypto.randomUUID()}.json`);
    writeFileSync(path, 'one');
    const state = { text: 'one', module: '', offered: [] as string[] };
    const alone: string[] = [];
    const problems: string[] = [];
    const credentials: string[] = [];
    let next: (() => Uint8Array | Promise<Uint8Array>) | undefined;
    const reloads = new Reloads<string>(
      {
        source: {
          isRemote,
          interval: 0,
          next: async () => {
            const given = next?.();
            if (given !== undefined) next = undefined;
            return given;
          },
        },
        files: async () => [path],
        read: async () => {
          const { readFile } = await import('node:fs/promises');
          const text = await readFile(path, 'utf8');
          if (text === 'bad') throw new Error('the file is not valid');
          return text;
        },
        apply: (text, module) => {
          const name = module === undefined ? undefined : Buffer.from(module).toString();
          if (name !== undefined) state.offered.push(name);
          if (name === 'bad' || (name === 'strict' && text !== 'fitting')) return false;
          state.text = text;
          if (name !== undefined) state.module = name;
          return true;
        },
        applyAlone: (text) => {
          alone.push(text);
          if (text === 'fitting') return false;
          state.text = text;
          return true;
        },
        applyCredentials: (text) => credentials.push(text),
        onProblem: (problem) => problems.push(problem),
        onSettled: () => problems.push('settled'),
      },
      await fingerprintFiles([path]),
    );
    return {
      state,
      alone,
      problems,
      credentials,
      reloads,
      write: (text: string) => writeFileSync(path, text),
      provide: (what: string | Error) => {
        next = () => {
          if (what instanceof Error) throw what;
          return Buffer.from(what);
        };
      },
      /** Provides a version later, when the function that is returned is called. */
      provideSlowly: () => {
        let finish: (module: Uint8Array) => void = () => {};
        const module = new Promise<Uint8Array>((resolve) => {
          finish = resolve;
        });
        next = () => module;
        return (what: string) => finish(Buffer.from(what));
      },
    };
  }

  test('change everything together, or nothing', async () => {
    const { state, problems, reloads, write, provide } = await openState();
    write('bad');
    provide('p2');
    await reloads.reload();
    expect([state, problems]).toEqual([
      { text: 'one', module: '', offered: [] },
      ['the file is not valid'],
    ]);
    write('three');
    await reloads.reload();
    expect(state).toEqual({ text: 'three', module: 'p2', offered: ['p2'] });
    write('four');
    provide('bad');
    await reloads.reload();
    expect(state).toMatchObject({ text: 'three', module: 'p2' });
    provide(new Error('policy.nhipol has errors'));
    await reloads.reload();
    expect(state).toMatchObject({ text: 'three', module: 'p2' });
    expect(problems).toContain('policy.nhipol has errors');
    provide('p3');
    await reloads.reload();
    expect(state).toMatchObject({ text: 'four', module: 'p3' });
    await reloads.end();
  });

  attack('http-slow-policy-url', async () => {
    const { state, reloads, write, provideSlowly } = await openState({ isRemote: true });
    const finish = provideSlowly();
    write('two');
    // Also on request, which is answered when everything was read.
    const reloading = reloads.reload();
    await expect.poll(() => state.text, { timeout: 20_000 }).toBe('two');
    write('three');
    void reloads.run();
    await expect.poll(() => state.text, { timeout: 20_000 }).toBe('three');
    expect(state.module).toBe('');
    finish('p2');
    await reloading;
    expect(state).toEqual({ text: 'three', module: 'p2', offered: ['p2'] });
    await reloads.end();
  });

  test('of credentials do not wait for a policy that is being compiled', async () => {
    const { state, credentials, reloads, write, provideSlowly } = await openState();
    const finish = provideSlowly();
    write('two');
    const reloading = reloads.reload();
    await expect.poll(() => credentials, { timeout: 20_000 }).toEqual(['two']);
    // Inputs that belong to a version wait for it.
    expect(state).toEqual({ text: 'one', module: '', offered: [] });
    finish('p2');
    await reloading;
    expect(state).toEqual({ text: 'two', module: 'p2', offered: ['p2'] });
    await reloads.end();
  });

  test('of files do not wait for a policy that somebody else provides', async () => {
    const { state, problems, reloads, write, provide } = await openState({ isRemote: true });
    write('two');
    provide(new Error('cannot read https://policies.example/p.wasm'));
    await reloads.reload();
    expect([state.text, problems]).toEqual([
      'two',
      ['cannot read https://policies.example/p.wasm'],
    ]);
    write('three');
    provide('bad');
    await reloads.reload();
    expect(state).toMatchObject({ text: 'three', module: '' });
    await reloads.end();
  });

  attack('http-refused-url-version', async () => {
    const { state, alone, problems, reloads, write, provide } = await openState({ isRemote: true });
    provide('strict');
    await reloads.reload();
    expect(state).toEqual({ text: 'one', module: '', offered: ['strict'] });
    // The files of the operator are used without it, and each of them may be the one that it needs.
    write('two');
    await reloads.reload();
    expect(state).toEqual({ text: 'two', module: '', offered: ['strict', 'strict'] });
    await reloads.reload();
    expect(alone).toEqual(['two']);
    expect(problems).toEqual([]);
    write('fitting');
    await reloads.reload();
    expect(state).toMatchObject({ text: 'fitting', module: 'strict' });
    await reloads.reload();
    expect(state.offered).toHaveLength(4);
    await reloads.end();
  });
});
