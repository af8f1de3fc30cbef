// A changed policy of a guard or a daemon: it becomes active by itself only if it permits nothing more, and otherwise
// after a person has confirmed it, also over a restart.

import { readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ModuleCache } from '@nhipol/cli/cache';
import { check } from '@nhipol/language';
import { load } from '@nhipol/runtime';
import { sqliteStore } from '@nhipol/service';
import { diff, isLooser } from '@nhipol/testing/diff';
import { MutationTrial, operators as mutationOperators } from '@nhipol/testing/mutation';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  type ConfirmedSource,
  openConfirmedSource,
} from '../../cli/commands/guard/policies/confirmed-source.ts';
import type { GuardModule } from '../../cli/commands/guard/policies/guard-module.ts';
import { createConsole } from '../../cli/io/console.ts';
import { mayBeLooser } from '../../cli/versions/looser.ts';
import { attack } from '../attacks/attack.ts';
import { compileForGuard } from '../service/guard/guard-policy.ts';
import { checkPolicy, entry } from '../support/checking.ts';
import { Folder } from '../support/system/run-cli.ts';

const use = 'use { secret } from "secrets.nhipol"\n';
const policy = `
policy test.confirmed version "1.0.0"

${use}
subject ai_agent {}
action "agent:run" { command: String }
action "agent:read" { path: String }
resource workspace {}
context { time: Timestamp }
constraint max_rows: Int smallest wins
table limits: String -> Int { "small": 10, "large": 100 }

for ai_agent doing "agent:run" {
  permit commands otherwise
  deny removes when action.command contains regex"rm "
}
for ai_agent doing "agent:read" {
  permit reads otherwise
  deny secrets when secret(action.path)
  narrow some when action.path ends_with ".csv" to { max_rows: limits["small"] else 1 }
}
`;
const secrets = `predicate secret(path: String) = path ends_with ".env" or path ends_with ".pem"\n`;

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A policy in files, with a guard that may be started again and again. */
class Place {
  readonly folder = new Folder({ 'guard.nhipol': policy, 'secrets.nhipol': secrets });
  readonly warnings: string[] = [];
  readonly activated: GuardModule[] = [];
  readonly cache = new ModuleCache({
    folder: join(this.folder.path, 'modules'),
    compiler: { version: '0.1.0', build: 'test' },
  });
  printed = '';
  #source: ConfirmedSource | undefined;
  #module: Uint8Array | undefined;

  constructor() {
    cleanups.push(() => this.folder[Symbol.dispose]());
    cleanups.push(() => this.stop());
  }

  async start(path = join(this.folder.path, 'guard.nhipol')): Promise<void> {
    const store = sqliteStore(join(this.folder.path, 'state.db'));
    cleanups.push(() => store.close());
    const { stdin, stdout, stderr } = process;
    const err = (text: string) => {
      this.printed += text;
    };
    const console = { ...createConsole({ stdin, stdout, stderr, env: {} }, false), err };
    const warn = (warning: string) => void this.warnings.push(warning);
    const { cache } = this;
    const source = await openConfirmedSource(path, { console, store, warn, cache });
    if (source === undefined) throw new Error('the policy has errors');
    this.#source = source;
    this.#module = source.module;
    source.watch(
      (next) => {
        this.activated.push(next);
        this.#module = next.module;
      },
      () => {},
    );
  }

  async stop(): Promise<void> {
    await this.#source?.close();
    this.#source = undefined;
  }

  get held(): string | undefined {
    return this.#source?.held();
  }

  change(from: string, to: string, file = 'guard.nhipol'): void {
    const text = Buffer.from(this.folder.read(file)).toString();
    expect(text).toContain(from);
    this.folder.write(file, text.replace(from, to));
  }

  decide(name: string, properties: object): string {
    return load(this.#module ?? new Uint8Array()).decide({
      subject: { type: 'ai_agent', id: 'a' },
      action: { name, properties },
      resource: { type: 'workspace', id: '/work' },
      context: { time: '2026-01-01T00:00:00Z' },
    }).effect;
  }

  /** The effect of a command that the policy denies. */
  get removal(): string {
    return this.decide('agent:run', { command: 'rm -rf /' });
  }

  async expectHeld(): Promise<void> {
    await expect.poll(() => this.held, { timeout: 20_000 }).toContain('nhipol guard confirm');
    expect(this.warnings.join('\n')).toContain('the previous policy stays');
    expect(this.removal).toBe('deny');
  }

  confirm(stdin: readonly string[], terminal = true) {
    const command = ['guard', 'confirm', '@guard.nhipol', '--state', '@state.db'];
    return this.folder.run(command, { stdin, terminal });
  }
}

const removes = '  deny removes when action.command contains regex"rm "\n';
/** The digits of the digest that are to be typed. */
const findDigits = (text: string) => /digest: sha-256:([0-9a-f]{8})/.exec(text)?.[1] ?? '';

describe('a policy that may be looser', () => {
  attack('daemon-looser-policy', async () => {
    const place = new Place();
    await place.start();
    place.change(removes, '');
    await place.expectHeld();
    expect(place.activated).toEqual([]);
  });

  attack('daemon-looser-restart', async () => {
    const place = new Place();
    await place.start();
    await place.stop();
    place.change(removes, '');
    await place.start();
    await place.expectHeld();
    await place.stop();
    await place.start();
    await place.expectHeld();
  });

  const loosened: Readonly<Record<string, readonly [from: string, to: string, file?: string]>> = {
    'an import': ['or path ends_with ".pem"', '', 'secrets.nhipol'],
    'a row of a table': ['"small": 10', '"small": 1000'],
    'a limit': ['{ max_rows: limits["small"] else 1 }', '{ max_rows: 1000 }'],
    'another action': ['action "agent:read"', 'action "agent:send" {}\naction "agent:read"'],
    'another name': ['policy test.confirmed', 'policy test.other'],
  };
  test.each(Object.entries(loosened))('%s waits, too', async (_, [from, to, file]) => {
    const place = new Place();
    await place.start();
    place.change(from, to, file);
    await place.expectHeld();
    expect(place.decide('agent:read', { path: 'a.pem' })).toBe('deny');
  });

  attack('daemon-policy-by-link', async () => {
    const place = new Place();
    await place.start();
    await place.stop();
    place.change(removes, '');
    const link = new Folder();
    cleanups.push(() => link[Symbol.dispose]());
    symlinkSync(place.folder.path, join(link.path, 'project'));
    await place.start(join(link.path, 'project', 'guard.nhipol'));
    await place.expectHeld();
  });

  attack('daemon-removed-policy', async () => {
    const place = new Place();
    await place.start();
    rmSync(join(place.folder.path, 'guard.nhipol'));
    await expect
      .poll(() => place.warnings.join('\n'), { timeout: 20_000 })
      .toContain('the previous policy stays');
    expect(place.removal).toBe('deny');
    await place.stop();
    await expect(place.start()).rejects.toThrow('cannot read');
  });
});

test('a policy that permits nothing more becomes active by itself', async () => {
  const place = new Place();
  await place.start();
  place.change(removes, `${removes}  deny moves when action.command contains regex"mv "\n`);
  await expect.poll(() => place.activated.length, { timeout: 20_000 }).toBe(1);
  expect(place.decide('agent:run', { command: 'mv a b' })).toBe('deny');
  expect(place.held).toBeUndefined();
  // The stricter version is now the one to compare with.
  place.change('  deny moves when action.command contains regex"mv "\n', '');
  await place.expectHeld();
  expect(place.decide('agent:run', { command: 'mv a b' })).toBe('deny');
});

describe('a confirmation', () => {
  test('makes the version active that the person has seen', { timeout: 120_000 }, async () => {
    const place = new Place();
    await place.start();
    place.change(removes, '');
    await place.expectHeld();
    const ended = await place.confirm(['no\n', '00000000\n']);
    expect(ended).toMatchObject({
      code: 2,
      err: expect.stringContaining('an effect is less strict'),
    });
    expect(ended.err).toContain(`-${removes.trimEnd()}`);
    const digits = findDigits(ended.err);
    const confirmed = await place.confirm([`${digits}\n`]);
    expect(confirmed).toMatchObject({ code: 0, out: expect.stringContaining('confirmed: ') });
    await expect.poll(() => place.removal, { timeout: 20_000 }).toBe('permit');
    expect(place.held).toBeUndefined();
    await place.stop();
    await place.start();
    expect(place.removal).toBe('permit');
    expect((await place.confirm([])).out).toContain('is the confirmed version');
  });

  attack('daemon-unseen-change', async () => {
    const place = new Place();
    await place.start();
    place.change('action "agent:read"', 'action "agent:send" {}\naction "agent:read"');
    await place.expectHeld();
    const digits = findDigits((await place.confirm([])).err);
    await place.stop();
    // The person confirms what was shown; the files have another version by then.
    place.change(removes, '');
    expect(await place.confirm([`${digits}\n`])).toMatchObject({ code: 2 });
    await place.start();
    await place.expectHeld();
  });

  attack('daemon-confirmed-by-program', async () => {
    const place = new Place();
    await place.start();
    await place.stop();
    place.change(removes, '');
    const ended = await place.confirm(['y\n'], false);
    expect(ended).toMatchObject({ code: 2, err: expect.stringContaining('only a person') });
    expect(findDigits(ended.err)).toBe('');
    await place.start();
    await place.expectHeld();
  });
});

describe('a policy in the cache', () => {
  let permissive: Uint8Array;
  beforeAll(async () => {
    permissive = await compileForGuard(policy.replace(use, secrets).replace(removes, ''));
  });

  /** Puts a module into the cache that the policy in the files does not compile to: it permits to remove files. */
  const plant = async ({ folder, cache }: Place) => {
    const files = ['guard.nhipol', 'secrets.nhipol'].map((name) => join(folder.path, name));
    const sources = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
    const parts = { sessions: true, possible: true };
    const warnings = { plain: 'a warning\n', colored: '' };
    const compiled = { module: permissive, limits: [], warnings };
    await cache.store(parts, { entry: files[0] as string, sources, files }, compiled);
  };

  test('is used with its warnings, also at the first start', async () => {
    const place = new Place();
    await plant(place);
    await place.start();
    expect(place.removal).toBe('permit');
    expect(place.printed).toBe('a warning\n');
  });

  test('is compiled again after a change of an import', async () => {
    const place = new Place();
    await plant(place);
    place.change('or path ends_with ".pem"', 'or path ends_with ".key"', 'secrets.nhipol');
    await place.start();
    expect(place.removal).toBe('deny');
    expect(place.decide('agent:read', { path: 'a.key' })).toBe('deny');
  });

  attack('daemon-cached-looser', async () => {
    const place = new Place();
    await place.start();
    await place.stop();
    place.change(removes, '');
    await plant(place);
    await place.start();
    await place.expectHeld();
  });

  test('is stored by a guard that compiled it, and printed with the same warnings', async () => {
    const place = new Place();
    const unused = '\npredicate unused(path: String) = path ends_with ".x"\n';
    place.folder.write('guard.nhipol', `${policy}${unused}`);
    await place.start();
    await place.stop();
    const first = place.printed;
    expect(first).toContain('unused');
    const removal = place.removal;
    place.printed = '';
    await place.start();
    expect([place.printed, place.removal]).toEqual([first, removal]);
  });
});

test('a module is not replaced by another one over a restart', async () => {
  const folder = new Folder();
  cleanups.push(() => folder[Symbol.dispose]());
  const store = sqliteStore(join(folder.path, 'state.db'));
  cleanups.push(() => store.close());
  const { stdin, stdout, stderr } = process;
  const console = createConsole({ stdin, stdout, stderr, env: {} }, false);
  const magic = [0x00, 0x61, 0x73, 0x6d];
  const start = () =>
    openConfirmedSource(join(folder.path, 'guard.wasm'), { console, store, warn: () => {} });
  folder.write('guard.wasm', new Uint8Array([...magic, 1]));
  await start();
  await start();
  folder.write('guard.wasm', new Uint8Array([...magic, 2]));
  await expect(start()).rejects.toThrow('nhipol guard confirm');
});

test('a proof that holds only outside of sessions is not sufficient', () => {
  const inSession = (rule: string) =>
    checkPolicy(
      `policy p version "1.0.0"\nsubject ai_agent {}\naction "a" { n: Int }\nresource r {}\nsignals { "ended": {} }
for ai_agent {\n  permit all otherwise\n  revoke ended when once(signal "ended")\n${rule}}`,
    );
  const before = inSession('  deny many when action.n > 3\n');
  expect(mayBeLooser(before, inSession('  deny many when action.n > 4\n'))).toBe(true);
  expect(mayBeLooser(before, inSession('  deny many when action.n > 2\n'))).toBe(false);
});

test('no change that loosens an answer is taken for a stricter one', { timeout: 300_000 }, () => {
  const text = policy.replace(use, secrets);
  const before = checkPolicy(text);
  const trial = new MutationTrial(entry, new Map([[entry, text]]), before, { samples: 1, seed: 1 });
  const counts = { looser: 0, proved: 0 };
  for (const mutant of trial.mutants(mutationOperators)) {
    const { policy: after } = check(entry, new Map([[entry, trial.getMutantSource(mutant)]]));
    if (after === undefined) continue;
    const isShown = diff(before, after, { samples: 200 }).changes.some(isLooser);
    const may = mayBeLooser(before, after);
    if (isShown) expect([mutant.does, may]).toEqual([mutant.does, true]);
    counts.looser += Number(isShown);
    counts.proved += Number(!may);
  }
  expect(counts.looser).toBeGreaterThan(5);
  expect(counts.proved).toBeGreaterThan(3);
});
