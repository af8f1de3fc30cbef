// Files that are deployed with a version that is held back wait with it; a file that changes alone is used at once.

import { mkdirSync, mkdtempSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { attack } from '../../attacks/attack.ts';
import { callService, type ServiceProcess, startService } from '../decisions/service-process.ts';
import { compileForGuard } from '../guard/guard-policy.ts';

const writePolicy = (
  version: string,
  condition: string,
) => `policy acme.settings version "${version}"
external table owners: String -> String
subject ai_agent { team?: String, team2?: String }
action read {}
resource file {}
for ai_agent { permit reads when ${condition} }
`;
const sources = [
  writePolicy('1.0.0', 'subject.team is "web" or owners[subject.id] is "ops"'),
  writePolicy('2.0.0', 'subject.id is "a" or subject.team2 is "web"'),
  writePolicy('3.0.0', 'subject.id is "nobody"'),
];

let [first, second, strict]: readonly Uint8Array[] = [];
beforeAll(async () => {
  [first, second, strict] = await Promise.all(sources.map((source) => compileForGuard(source)));
});

let folder: string;
let service: ServiceProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nhipol-held-'));
  write('p.wasm', first);
  write('owners.json', '{}');
  write('facts.json', writeFacts('team'));
});
afterEach(() => {
  service?.child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string) => join(folder, name);
/** Writes a file as a whole, so that nobody reads a part of it. */
function write(name: string, contents: string | Uint8Array = ''): void {
  writeFileSync(at(`${name}.new`), contents);
  renameSync(at(`${name}.new`), at(name));
}
/** Only the service states the property. */
const writeFacts = (name: string, claim = 'none') =>
  JSON.stringify({ subject: { properties: { [name]: `$token.?${claim}` } } });

const start = (...more: readonly string[]) => startConfigured('--facts', at('facts.json'), ...more);

async function startConfigured(...more: readonly string[]): Promise<ServiceProcess> {
  service = await startService([
    at('p.wasm'),
    '--table',
    `owners=${at('owners.json')}`,
    '--state',
    at('state/state.db'),
    '--drain',
    '0',
    ...more,
  ]);
  return service;
}

async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  service?.child.kill(signal);
  await service?.ended;
}

const read = { action: { name: 'read' }, resource: { type: 'file', id: 'f' } };
const respond = (method: string, path: string, body?: object) =>
  callService(service?.url ?? '', method, path, body);
const call = async (method: string, path: string, body?: object) =>
  (await respond(method, path, body)).body;
const open = (id: string) =>
  call('POST', '/sessions', { id, subject: { type: 'ai_agent', id }, ...read });
const readDecision = async (id: string) => (await call('GET', `/sessions/${id}`)).decision;
const policy = () => call('GET', '/policy');
const versions = async () => {
  const { active, held } = await policy();
  return [active.version, held?.policy.version];
};
/** The decision about somebody who states a property. */
const decideProperties = async (properties: object) => {
  const request = { subject: { type: 'ai_agent', id: 'x', properties }, ...read };
  return (await call('POST', '/access/v1/evaluation', request)).decision;
};
/** How often the service has reported that facts wait. */
const waitingFacts = () =>
  (service?.messages() ?? '').split('facts.json: in use when the version is activated').length - 1;
const soon = { timeout: 20_000 };

attack(
  'http-held-facts',
  async () => {
    await start('--hold-above', '5');
    await open('a');
    expect(await decideProperties({ team: 'web' })).toBe(false);
    write('facts.json', writeFacts('team2'));
    write('p.wasm', second);
    await expect.poll(versions, soon).toEqual(['1.0.0', '2.0.0']);
    for (const signal of ['SIGKILL', 'SIGTERM', undefined] as const) {
      expect(await decideProperties({ team: 'web' })).toBe(false);
      expect(await versions()).toEqual(['1.0.0', '2.0.0']);
      if (signal === undefined) break;
      await end(signal);
      await start('--hold-above', '5');
    }
    const { digest } = (await policy()).held;
    expect((await call('POST', '/policy/activate', { digest })).kind).toBe('activated');
    expect(await decideProperties({ team2: 'web' })).toBe(false);
    // Its files are kept with it.
    write('p.wasm', first);
    await expect.poll(versions, soon).toEqual(['2.0.0', '1.0.0']);
    await end('SIGKILL');
    await start('--hold-above', '5');
    expect([await versions(), await decideProperties({ team2: 'web' })]).toEqual([
      ['2.0.0', '1.0.0'],
      false,
    ]);
  },
  180_000,
);

attack(
  'http-held-facts-edited',
  async () => {
    await start('--hold-above', '5');
    await open('a');
    write('p.wasm', second);
    await expect.poll(versions, soon).toEqual(['1.0.0', '2.0.0']);
    // Also facts that are deployed some seconds after the version, or that are corrected.
    for (const claim of ['none', 'other']) {
      write('facts.json', writeFacts('team2', claim));
      await expect.poll(waitingFacts, soon).toBe(claim === 'none' ? 1 : 2);
      expect(await decideProperties({ team: 'web' })).toBe(false);
    }
    write('facts.json', writeFacts('team'));
    const usedFacts = () => service?.messages().match(/facts\.json[^\n]*: in use as read now/g);
    await expect.poll(usedFacts, soon).toHaveLength(2);
    expect(await decideProperties({ team: 'web' })).toBe(false);
    write('facts.json', writeFacts('team2'));
    await expect.poll(waitingFacts, soon).toBe(3);
    const { digest } = (await policy()).held;
    expect((await call('POST', '/policy/activate', { digest })).kind).toBe('activated');
    expect(await decideProperties({ team2: 'web' })).toBe(false);
  },
  120_000,
);

test('facts that change are used at once while no version is held back', async () => {
  await start('--hold-above', '5');
  write('facts.json', writeFacts('team2'));
  await expect.poll(() => decideProperties({ team: 'web' }), soon).toBe(true);
}, 120_000);

attack(
  'http-held-renamed-facts',
  async () => {
    await start('--hold-above', '5');
    await open('a');
    await end('SIGTERM');
    write('p.wasm', second);
    write('facts-2.json', writeFacts('team2'));
    write('facts.json', writeFacts('team2'));
    for (const path of [at('facts-2.json'), `${folder}/./facts.json`, undefined]) {
      const facts = path === undefined ? [] : ['--facts', path];
      await startConfigured(...facts, '--hold-above', '5');
      expect([await versions(), await decideProperties({ team: 'web' })]).toEqual([
        ['1.0.0', '2.0.0'],
        false,
      ]);
      await end('SIGKILL');
    }
    // The facts of the version in use again, under a name of their own.
    write('facts-1.json', writeFacts('team'));
    await startConfigured('--facts', at('facts-1.json'), '--hold-above', '5');
    expect(service?.messages()).not.toContain('facts-1.json: in use when');
    expect(await decideProperties({ team: 'web' })).toBe(false);
  },
  180_000,
);

attack(
  'http-held-table',
  async () => {
    write('owners.json', '{"a":"ops","b":"ops","c":"ops"}');
    // Each of five sessions is a fifth.
    await start('--hold-above', '26');
    for (const id of ['a', 'b', 'c', 'd', 'e']) await open(id);
    write('p.wasm', strict);
    await expect.poll(versions, soon).toEqual(['1.0.0', '3.0.0']);
    write('owners.json', '{"a":"ops","c":"ops"}');
    await expect.poll(() => readDecision('b'), soon).toBe(false);
    expect([await readDecision('a'), await versions()]).toEqual([true, ['1.0.0', '3.0.0']]);
    await end('SIGKILL');
    await start('--hold-above', '26');
    expect([await readDecision('a'), await readDecision('b')]).toEqual([true, false]);
  },
  180_000,
);

attack(
  'http-held-after-none',
  async () => {
    await start('--hold-above', '5');
    expect(await open('a')).toMatchObject({ decision: false });
    write('owners.json', '{"a":"ops"}');
    await expect.poll(async () => (await policy()).held?.policy.version, soon).toBe('1.0.0');
    await end('SIGTERM');
    write('p.wasm', strict);
    await start();
    expect(await versions()).toEqual(['3.0.0', undefined]);
    await end('SIGTERM');
    await start('--hold-above', '5');
    expect([await versions(), await readDecision('a')]).toEqual([['3.0.0', undefined], false]);
  },
  120_000,
);

attack(
  'http-held-full-disk',
  async () => {
    await start('--hold-above', '5');
    await open('a');
    write('p.wasm', second);
    await expect.poll(versions, soon).toEqual(['1.0.0', '2.0.0']);
    const { digest } = (await policy()).held;
    // Nothing replaces a folder, as nothing is written on a full disk.
    rmSync(at('state/state.db.policy'));
    mkdirSync(at('state/state.db.policy'));
    const refused = await respond('POST', '/policy/activate', { digest });
    expect([refused.status, refused.body.code]).toEqual([503, 'not_kept']);
    expect(await versions()).toEqual(['1.0.0', '2.0.0']);
    rmdirSync(at('state/state.db.policy'));
    expect((await call('POST', '/policy/activate', { digest })).kind).toBe('activated');
  },
  120_000,
);
