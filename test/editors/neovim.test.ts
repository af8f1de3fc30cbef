// The instructions for Neovim in docs/editors.md, tried in Neovim itself: its configuration starts the server, and its
// commands install the parser.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Folder } from '../support/system/run-cli.ts';

const folders = (process.env.PATH ?? '').split(delimiter);
/** `.ci/run` installs it in the first one: Debian has an older release. */
const places = ['node_modules/.cache/neovim/bin', ...folders];
const neovim = places.map((folder) => resolve(folder, 'nvim')).find(existsSync);
const release = neovim && /^NVIM v0\.(\d+)/.exec(run(neovim, ['--version'], {}));
/** The configuration of servers is in Neovim since 0.11. */
const isRecent = Number(release?.[1] ?? 0) >= 11;
const title = `Neovim${isRecent ? '' : ' (Neovim 0.11 or later is not installed)'}`;

interface Seen {
  readonly failure?: string;
  readonly filetype: string;
  readonly client: string;
  readonly diagnostics: readonly object[];
  readonly hover: string;
  readonly completion: readonly string[];
  readonly colored: boolean;
  readonly captures: Readonly<Record<string, readonly string[]>>;
  /** The levels of the line of `context` and of the empty one before it. */
  readonly fold: readonly number[];
  readonly formatted: string;
}

const sample = readFileSync('editors/vscode/walkthrough/sample.nhipol', 'utf8');

describe.skipIf(!isRecent)(title, () => {
  const home = new Folder();
  let seen: Seen;

  beforeAll(() => {
    const { lua, sh } = instructions();
    const work = join(home.path, 'work');
    home.write(
      'work/policy.nhipol',
      sample.replace('subject.risk is HIGH', 'subject.risk is HIGHEST'),
    );
    home.write('work/nhipol.toml', '');
    home.write('.config/nvim/init.lua', lua);
    mkdirSync(join(work, 'node_modules/.bin'), { recursive: true });
    // npm makes the command executable, too.
    const command = `#!/bin/sh\nexec node ${resolve('dist/bin/nhipol.js')} "$@"\n`;
    writeFileSync(join(work, 'node_modules/.bin/nhipol'), command, { mode: 0o755 });
    const environment = { HOME: home.path };
    run('sh', ['-ec', sh], environment);
    const probe = resolve('test/editors/neovim/probe.lua');
    const args = ['--headless', 'policy.nhipol', '-c', `luafile ${probe}`];
    const out = run(neovim ?? '', args, environment, work);
    seen = JSON.parse(out.split('\n').find((line) => line.startsWith('{')) ?? out);
  }, 120_000);
  afterAll(() => home[Symbol.dispose]());

  test('starts the server for a policy and shows its diagnostics', () => {
    expect(seen.failure).toBeUndefined();
    expect([seen.filetype, seen.client]).toEqual(['nhipol', 'nhipol']);
    expect(seen.diagnostics).toEqual([
      expect.objectContaining({
        line: 28,
        source: 'nhipol',
        message: expect.stringContaining('HIGHEST'),
      }),
    ]);
  });

  test('shows what a member is, and completes members', () => {
    expect(seen.hover).toContain('RiskLevel');
    expect(seen.completion).toEqual(expect.arrayContaining(['risk', 'scopes']));
  });

  test('formats a policy', () => {
    expect(seen.formatted).toBe('  time: Timestamp');
  });

  test('colors a policy by the parser, and folds it', () => {
    expect(seen.colored).toBe(true);
    expect(seen.captures).toEqual({
      policy: ['keyword.type'],
      comment: ['comment'],
      rule: ['variable', 'function'],
    });
    expect(seen.fold).toEqual([1, 0]);
  });
});

/** The fences of the section. */
function instructions(): { readonly lua: string; readonly sh: string } {
  const page = readFileSync('docs/editors.md', 'utf8');
  const [, section = ''] = /^## Neovim\n(.*?)^## /ms.exec(page) ?? [];
  const fences = (language: string) =>
    [...section.matchAll(/^```(\w+)\n(.*?)^```/gms)]
      .filter(([, found]) => found === language)
      .map(([, , text]) => text)
      .join('\n');
  return { lua: fences('lua'), sh: fences('sh') };
}

function run(command: string, args: readonly string[], environment: object, cwd = '.'): string {
  const env = { ...process.env, ...environment };
  return execFileSync(command, args, { cwd, env, encoding: 'utf8', timeout: 110_000 });
}
