// The generated policies protect the files that configure the guard and the agent, however a tool writes their paths.

import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { Engine, Hooks } from '@nhipol/service';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findProgramFolder } from '../../cli/io/paths/program-folder.ts';
import { GuardedFiles } from '../../service/hooks/guarded-files.ts';
import { listRealPaths } from '../../service/hooks/named-paths.ts';
import { attack } from '../attacks/attack.ts';
import { compileForGuard } from '../service/guard/guard-policy.ts';
import { temporaryStore } from '../service/relay/relay-harness.ts';
import { Folder } from '../support/system/run-cli.ts';

type Json = Readonly<Record<string, unknown>>;

const home = new Folder();
afterAll(() => home[Symbol.dispose]());
const workspace = join(home.path, 'shop');
const at = (name: string) => join(workspace, name);
const state = join(home.path, 'state', 'guard.db');
const socket = join(home.path, 'run', 'd.sock');
const own = ['guard.nhipol', 'shared.nhipol', 'guard.tools.json', 'guard.jsonl'].map(at);
const inFolders = [
  `${join(homedir(), '.cache/nhipol/modules')}/`,
  join(homedir(), '.local/state/nhipol/guard.db'),
];

beforeAll(() => {
  for (const folder of ['src', '.claude', '.git/hooks']) mkdirSync(at(folder), { recursive: true });
  mkdirSync(join(home.path, 'state'));
  for (const file of [...own, at('.claude/settings.local.json'), at('CLAUDE.md'), state]) {
    writeFileSync(file, '');
  }
  symlinkSync('..', at('src/up'));
  symlinkSync('../guard.nhipol', at('src/notes.md'));
  symlinkSync('.claude', at('docs'));
  linkSync(at('guard.nhipol'), at('src/hard.md'));
});

const guarded = new GuardedFiles(() => [...own, state, socket]);
const names = (given: Json, tool = 'Write') =>
  guarded.hasNaming({ tool, arguments: given }, workspace);
const realPaths = (given: Json, folder = workspace) =>
  listRealPaths({ tool: 'Read', arguments: given }, folder);

/** Files that no tool may write to. */
const targets = [
  ...own,
  state,
  socket,
  `${state}-wal`,
  `${socket}.log`,
  `${socket}.lock`,
  ...['.claude/settings.local.json', '.claude/settings.json', '.mcp.json', 'CLAUDE.md'].map(at),
  ...['AGENTS.md', 'GEMINI.md', '.codex/hooks.json', '.gemini/settings.json'].map(at),
  ...['.git/hooks/pre-commit', '.husky/pre-push', 'nhipol.toml', 'src/CLAUDE.md'].map(at),
  join(homedir(), '.claude/settings.json'),
  join(homedir(), '.claude.json'),
];

/** Other names of these files. */
const links = ['src/notes.md', 'src/hard.md', 'docs/settings.json', 'src/up/guard.nhipol'].map(at);

/** Ways to write the same path, also for file systems that ignore case or forms of characters. */
const spellings: readonly ((path: string) => string)[] = [
  (path) => relative(workspace, path),
  (path) => `./${relative(workspace, path)}`,
  (path) => path.replaceAll('/', '//'),
  (path) => path.replaceAll('/', '/./'),
  (path) => path.replace(/\/([^/]*)$/, '/src/../$1'),
  (path) => path.replace(/\/([^/]*)$/, '/none/../$1'),
  (path) => `${path}/`,
  (path) => `${path}/.`,
  (path) => path.replace(homedir(), '~'),
  (path) => `file://${path}`,
  (path) => `@${path}`,
  (path) => ` ${path}\n`,
  (path) => path.replace(/([^/]*)$/, 'a\nb/../$1'),
  (path) => `${path}\0`,
  (path) => path.replace(/[a-z]$/, (letter) => `\0${letter}`),
];
const disguises: readonly ((name: string) => string)[] = [
  (name) => name.toUpperCase(),
  (name) => name.replace('s', 'ſ').replace('k', '\u212a'),
  (name) => [...name].join('\u200c'),
  (name) => name.replace(/[a-z]/, (letter) => String.fromCodePoint(letter.charCodeAt(0) + 0xfee0)),
  (name) => `${name}.`,
];
const inFileSystem = (path: string, disguise: (name: string) => string) =>
  path.replace(/[^/]+$/, (name) => disguise(name));

/** The generated policy of an agent, with its hooks. */
async function decider(agent: string) {
  const source = new URL(`../../cli/templates/hooks/${agent}.nhipol`, import.meta.url);
  const engine = new Engine({
    module: await compileForGuard(readFileSync(source, 'utf8')),
    store: temporaryStore().store,
    log: undefined,
    mode: 'enforce',
    entryPoint: 'hook',
    onWarning: () => {},
  });
  const hooks = new Hooks({
    engine,
    store: temporaryStore().store,
    ask: 'agent',
    askTimeout: 10,
    facts: { identity: { type: 'ai_agent', id: 'local', properties: {} }, context: {} },
    isAllowing: false,
    now: () => Date.now(),
    guardedFiles: () => [...own, state, socket, ...inFolders],
  });
  const recorded = new URL(`./inputs/${agent}-before.json`, import.meta.url);
  const input = JSON.parse(readFileSync(recorded, 'utf8'));
  return async (tool: string, given: Json): Promise<string> => {
    const use = { ...input, cwd: workspace, tool_name: tool, tool_input: given };
    const { stdout, stderr } = await hooks.handle(agent, Buffer.from(JSON.stringify(use)));
    return `${stdout}${stderr}`;
  };
}

const configures = /configures the agent or its guard|change what the agent may do/;

attack('hooks-edit-guard', async () => {
  const claude = await decider('claude-code');
  const gemini = await decider('gemini');
  const codex = await decider('codex');
  const paths = [
    ...[...targets, ...links].flatMap((path) => spellings.map((spell) => spell(path))),
    ...targets.flatMap((path) => disguises.map((disguise) => inFileSystem(path, disguise))),
  ];
  for (const path of paths) expect([path, names({ file_path: path })]).toEqual([path, true]);
  for (const [index, path] of [...targets, ...links].entries()) {
    const spelled = spellings[index % spellings.length]?.(path) ?? path;
    const given = { file_path: spelled, content: 'x' };
    for (const tool of ['Write', 'Edit']) expect(await claude(tool, given)).toMatch(configures);
    for (const tool of ['write_file', 'replace']) {
      expect(await gemini(tool, given)).toMatch(configures);
    }
    // A header is one line.
    const line = spelled.replaceAll('\n', '');
    for (const header of ['Update File', 'Delete File', 'Add File', 'Move to']) {
      const patch = `*** Begin Patch\n*** Update File: a\r\n*** ${header}: ${line}\n@@\n-x\n*** End Patch`;
      expect(await codex('apply_patch', { command: patch })).toMatch(configures);
    }
  }
  // Tools that the policy does not declare.
  for (const tool of ['NotebookEdit', 'MultiEdit']) {
    expect(await claude(tool, { notebook_path: at('guard.nhipol') })).toContain(
      'no rule permits it',
    );
  }
  expect(await claude('Write', { file_path: at('src/cart.ts'), content: 'CLAUDE.md' })).toBe(
    '{}\n',
  );
  expect(await claude('Read', { file_path: at('CLAUDE.md') })).toBe('{}\n');
});

attack('hooks-read-link', async () => {
  const claude = await decider('claude-code');
  const gemini = await decider('gemini');
  writeFileSync(join(home.path, 'diary.md'), '');
  writeFileSync(at('.env'), '');
  symlinkSync('../../diary.md', at('src/diary.md'));
  symlinkSync('../.env', at('src/settings.md'));
  symlinkSync(home.path, at('src/home'));
  symlinkSync('../../created.md', at('src/created.md'));
  symlinkSync('created.md', at('src/twice.md'));
  symlinkSync('loop.md', at('src/loop.md'));
  symlinkSync('../.claude/new.json', at('src/new.md'));
  const outside = ['src/diary.md', 'src/home/diary.md', 'src/created.md', 'src/twice.md'];
  for (const file of outside.flatMap((each) => [at(each), `${workspace}/src/up/../shop/${each}`])) {
    for (const tool of ['Read', 'Write']) {
      const given = { file_path: file, content: 'x' };
      expect([file, await claude(tool, given)]).toEqual([file, expect.stringContaining('"ask"')]);
    }
    expect(await gemini('read_file', { file_path: file })).toContain('outside of the working');
  }
  const secret = { file_path: at('src/settings.md') };
  expect(await claude('Read', secret)).toContain('holds a secret');
  expect(await gemini('read_file', secret)).toContain('holds a secret');
  expect(await claude('Grep', { pattern: '.', path: at('src/home') })).toContain('leads out');
  expect(await claude('Grep', { pattern: '.', path: at('src/settings.md') })).toContain('a secret');
  expect(await claude('Glob', { pattern: '/etc/*' })).toContain('outside of the working directory');
  expect(await claude('Write', { file_path: at('src/new.md'), content: 'x' })).toMatch(configures);
  expect(await claude('Read', { file_path: at('src/loop.md') })).toBe('{}\n');
  expect(await claude('Read', { file_path: at('src/cart.ts') })).toBe('{}\n');
});

attack('hooks-bare-repository', async () => {
  const claude = await decider('claude-code');
  const gemini = await decider('gemini');
  for (const file of ['HEAD', 'evil/HEAD', 'evil/head', 'evil/HEAD/']) {
    expect(await claude('Write', { file_path: at(file), content: 'x' })).toMatch(configures);
    expect(await gemini('write_file', { file_path: at(file), content: 'x' })).toMatch(configures);
  }
  mkdirSync(at('fixtures/repo/objects'), { recursive: true });
  writeFileSync(at('fixtures/repo/HEAD'), 'ref: refs/heads/main');
  for (const file of ['config', 'info/attributes', 'new/deep/file']) {
    const given = { file_path: at(`fixtures/repo/${file}`), content: 'x' };
    expect(await claude('Write', given)).toMatch(configures);
  }
  expect(await claude('Write', { file_path: at('fixtures/config'), content: 'x' })).toBe('{}\n');
  expect(names({ command: 'head -n 5 x; git log HEAD' })).toBe(false);
  const command = 'git status';
  expect(await gemini('run_shell_command', { command })).toBe('{}\n');
  expect(await gemini('run_shell_command', { command, dir_path: 'fixtures/repo' })).toContain(
    'it runs a command',
  );
});

/** Files that make a folder a repository, or steer the programs that git runs in one. */
const repositoryParts = [
  'HEAD',
  'config',
  'objects/x',
  'refs/heads/x',
  'info/attributes',
  'hooks/pre-commit',
  'commondir',
  'config.worktree',
];
const heads = ['none', 'ref', 'hash', 'link', 'other', 'folder'] as const;

/** Writes a part as a file tool does, or as it was in the project before. */
function writePart(folder: string, part: string, text = ''): void {
  mkdirSync(dirname(join(folder, part)), { recursive: true });
  writeFileSync(join(folder, part), text);
}

function writeHead(folder: string, head: (typeof heads)[number]): void {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'HEAD');
  if (head === 'link') symlinkSync('refs/heads/main', path);
  else if (head === 'folder') mkdirSync(path);
  else if (head !== 'none') {
    const texts = { ref: 'ref: refs/heads/main\n', hash: '0'.repeat(40), other: '#!/bin/sh\n' };
    writeFileSync(path, texts[head]);
  }
}

/** Whether git takes the folder for a repository, and so runs the programs that its settings name. */
function isRepository(folder: string): boolean {
  const options = ['-C', folder, 'rev-parse', '--absolute-git-dir'];
  const env = { PATH: process.env.PATH, GIT_CEILING_DIRECTORIES: dirname(folder) };
  return spawnSync('git', options, { env }).status === 0;
}

attack(
  'hooks-completed-repository',
  () => {
    let folders = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...heads),
        fc.subarray(repositoryParts.slice(1)),
        fc.shuffledSubarray(repositoryParts),
        (head, earlier, written) => {
          folders += 1;
          const folder = join(home.path, 'orders', String(folders));
          writeHead(folder, head);
          for (const part of earlier) writePart(folder, part, part === 'commondir' ? '.' : '');
          const before = isRepository(folder);
          const permitted = written.filter((part) => {
            if (guarded.hasNaming({ tool: 'Write', arguments: { file_path: part } }, folder)) {
              return false;
            }
            if (part !== 'HEAD' || head !== 'folder') {
              writePart(folder, part, part === 'commondir' ? '.' : '');
            }
            return true;
          });
          expect(isRepository(folder)).toBe(before);
          if (before) expect(permitted).toEqual([]);
        },
      ),
      { numRuns: 150 },
    );
  },
  60_000,
);

attack('hooks-own-programs', async () => {
  const programs = findProgramFolder(at('node_modules/nhipol/dist/bin'));
  const daemon = new GuardedFiles(() => [`${programs}/`]);
  for (const file of [
    'node_modules/nhipol/dist/bin/nhipol.js',
    'node_modules/@nhipol/service/dist/hooks/hooks.js',
    'node_modules/@libsql/linux-x64-gnu/package.json',
    'node_modules/.bin/nhipol',
    'src/../node_modules/tinypool/index.js',
  ]) {
    expect([
      file,
      daemon.hasNaming({ tool: 'Write', arguments: { file_path: file } }, workspace),
    ]).toEqual([file, true]);
  }
  expect(
    daemon.hasNaming({ tool: 'Write', arguments: { file_path: 'src/node_modules.ts' } }, workspace),
  ).toBe(false);
  expect(names({ file_path: at('.npmrc') })).toBe(true);
  expect(findProgramFolder('/opt/nhipol/dist/bin')).toBe('/opt/nhipol/dist/bin');
  expect(findProgramFolder('/a/node_modules/b/node_modules/nhipol/dist')).toBe(
    '/a/node_modules/b/node_modules',
  );
});

attack('hooks-many-stars', () => {
  const started = performance.now();
  const command = `ls ag${'*'.repeat(50)}${'x*'.repeat(50)} gu${'*r'.repeat(40)}X ag${'[a-z]*'.repeat(40)}X`;
  expect(names({ command })).toBe(false);
  expect(names({ command: `rm gu${'*'.repeat(500)}rd.n${'*'.repeat(500)}l` })).toBe(true);
  expect(performance.now() - started).toBeLessThan(5_000);
});

attack('hooks-many-paths', () => {
  const started = performance.now();
  const text = (start: string) => `${start}/${'a/'.repeat(2_000)}`;
  const many = Array.from({ length: 200 }, (_, index) => text(String(index)));
  expect(names({ todos: many })).toBe(true);
  expect(realPaths({ todos: many })).toBeUndefined();
  expect(realPaths({ todos: many.slice(0, 3) })).toHaveLength(3);
  expect(names({ todos: many.slice(0, 3) })).toBe(false);
  expect(performance.now() - started).toBeLessThan(5_000);
});

/** The definition, without regard to time. */
function isMatched(pattern: string, name: string): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return name === '';
  const others = rest.join('');
  if (first !== '*') {
    return name !== '' && (first === '?' || first === name[0]) && isMatched(others, name.slice(1));
  }
  return isMatched(others, name) || (name !== '' && isMatched(pattern, name.slice(1)));
}

test('patterns match as those of a shell', () => {
  const letters = fc.constantFrom('a', 'b', '*', '?');
  const pattern = fc.array(letters, { maxLength: 8 }).map((all) => all.join(''));
  const file = join(workspace, 'gu');
  fc.assert(
    fc.property(pattern, fc.stringMatching(/^[ab]{0,6}$/), (wild, rest) => {
      const found = new GuardedFiles(() => [`${file}${rest}`]).hasNaming(
        { tool: 'Bash', arguments: { command: `rm gu${wild}*` } },
        workspace,
      );
      return found === isMatched(`gu${wild}*`, `gu${rest}`);
    }),
  );
});

test('a workspace below a link is the working directory', async () => {
  const linked = join(home.path, 'linked');
  symlinkSync(workspace, linked);
  expect(realPaths({ file_path: join(linked, 'src/cart.ts') }, linked)).toEqual([
    join(linked, 'src/cart.ts'),
  ]);
  expect(realPaths({ file_path: at('src/cart.ts') }, linked)).toEqual([
    join(linked, 'src/cart.ts'),
  ]);
});

/** Ways to write the folder of the user, which a shell replaces. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: a shell reads it.
const inHome = ['~', '~me', '$HOME', '${HOME}', '"$HOME"', '$(echo ~)', homedir()];

attack('hooks-command-on-guard', async () => {
  const claude = await decider('claude-code');
  const commands = [
    'rm guard.nhipol',
    'sed -i s/deny/permit/ ./guard.nhipol',
    'echo x > guard.nhipol',
    'echo x>guard.nhipol',
    "rm gu'ard'.nhipol",
    'rm "guard".nhipol',
    'rm guar\\d.nhipol',
    'rm guard.*',
    'rm gu?rd.nhipol',
    'rm GUARD.NHIPOL',
    'cp x .claude/settings.json',
    'tee CLAUDE.md < x',
    'mv x .git/hooks/pre-commit',
    'git -C . config --file=.git/config core.hooksPath x',
    'sqlite3 ../state/guard.db "delete from revocations"',
    'rm ../run/d.sock',
    'truncate -s 0 guard.jsonl',
    'nhipol guard approve 7f',
    'npx nhipol guard confirm',
    'node node_modules/.bin/nhipol daemon --stop',
    'ls; nhipol hook remove claude-code',
    '*** Begin Patch\nrm guard.nhipol',
    'npx nhipol@latest guard approve',
    'npx --yes nhipol@1 guard confirm',
    'rm *.nhipol',
    'cat guard.nhipol~',
    'sort x -oguard.nhipol',
    'pkill -f nhip[o]l',
    'rm -r node_modules/nhipol/',
    ...inHome.flatMap((home) => [
      `cp x ${home}/.cache/nhipol/modules/x`,
      `cat x > ${home}/.cache/nhipol/modules/x`,
      `rm -rf ${home}/.cache/nhipol/`,
      `cd ${home}/.cache/nhipol/modules && rm *`,
      `sqlite3 ${home}/.local/state/nhipol/guard.db "delete from revocations"`,
    ]),
    'cp x $XDG_CACHE_HOME/nhipol/modules/x',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell reads it.
    'rm -rf "${XDG_STATE_HOME}/nhipol/guard.db"',
  ];
  for (const command of commands) {
    expect([command, await claude('Bash', { command })]).toEqual([
      command,
      expect.stringContaining('the command names the guard'),
    ]);
  }
  expect(await claude('Bash', { command: 'git log --oneline', description: 'List' })).toBe('{}\n');
  // An agent can work in the folder that has the cache, or in one that is called like the guard.
  const hasNaming = (command: string, folder: string) =>
    new GuardedFiles(() => [...inFolders, join(folder, 'guard.nhipol')]).hasNaming(
      { tool: 'Bash', arguments: { command } },
      folder,
    );
  for (const folder of [homedir(), '/'])
    expect(hasNaming('rm -rf ~/.cache/nhipol/modules', folder)).toBe(true);
  expect(hasNaming('ls /work/nhipol/src', '/work/nhipol')).toBe(false);
  expect(hasNaming('ls ~/.cache/nhipol/modules', '/work/nhipol')).toBe(true);
  for (const command of ['cat .gitignore > x', 'rm -r modules/nhipol.d ~/.cache/pip nhipol/src'])
    expect(await claude('Bash', { command })).toContain('"ask"');
});

describe('other files', () => {
  test.each(['before it exists', 'once it exists'])(
    'can be called like a folder of the guard, %s',
    (time) => {
      const cache = join(home.path, time, 'nhipol/modules');
      if (time === 'once it exists') mkdirSync(cache, { recursive: true });
      const files = new GuardedFiles(() => [`${cache}/`]);
      const isNamed = (command: string) =>
        files.hasNaming({ tool: 'Bash', arguments: { command } }, workspace);
      expect(['rm -r modules', 'cat src/modules.json'].filter(isNamed)).toEqual([]);
      const naming = [`rm -r ${cache}`, 'rm ~/x/nhipol/modules/y', `cp x ${cache}/y`];
      expect(naming.filter(isNamed)).toEqual(naming);
    },
  );

  test('are not taken for those of the guard', () => {
    for (const file_path of [
      'src/cart.ts',
      'guard.ts',
      '.gitignore',
      'claude.ts',
      'x/agents.mdx',
    ]) {
      expect([file_path, names({ file_path })]).toEqual([file_path, false]);
    }
    expect(names({ command: 'npm test', dir_path: '.' })).toBe(false);
    expect(names({ command: '/usr/bin/env ls src', directory: workspace })).toBe(false);
  });

  test('a folder that contains one is, for tools that are not commands', () => {
    expect(names({ path: '.' })).toBe(true);
    expect(names({ source: '../state', destination: '/elsewhere' })).toBe(true);
    expect(names({ paths: ['src', at('guard.tools.json')] })).toBe(true);
  });
});

test('every composition of spellings is found', () => {
  const path = fc.constantFrom(...targets.slice(0, 16));
  const steps = fc.array(fc.constantFrom(...spellings.slice(2, 8)), { maxLength: 3 });
  fc.assert(
    fc.property(path, steps, fc.constantFrom(...disguises), (target, spelled, disguise) => {
      const written = spelled.reduce((text, spell) => spell(text), inFileSystem(target, disguise));
      return names({ file_path: written }) && names({ edits: [{ file: written }] });
    }),
    { numRuns: 300 },
  );
});

test('arguments of any form are read without an exception', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.anything()), fc.string(), (given, text) => {
      const found = names({ ...given, command: text, path: `\0${text}` });
      return typeof found === 'boolean';
    }),
  );
});
