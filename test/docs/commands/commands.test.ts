// Every `nhipol` command on every page: its options and operands are those of the program, and commands that end by
// themselves run in a folder with the files that they name. test/docs/guides/guard.test.ts runs those of the guard with a server,
// and the tests of the other pages those that go on until they are stopped.

import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { globSync } from 'tinyglobby';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createProgram } from '../../../cli/program.ts';
import { isFull } from '../../support/budget.ts';
import { readCommands, splitWords } from '../../support/pages/page-commands.ts';
import { listPages, readPage } from '../../support/pages/pages.ts';
import { Folder } from '../../support/system/run-cli.ts';

const root = new URL('../../../', import.meta.url);
// The commands of docs/policy-faults.md were run to write it: scripts/search/policy-faults.mjs.
const paths = listPages(['docs/policy-faults.md', 'CHANGELOG.md', 'CONTRIBUTING.md']);
const commands = paths.flatMap((path) =>
  readCommands(readPage(`../${path}`))
    .filter(({ text }) => /^nhipol (?!\w+: )/.test(text) && !text.includes('[options]'))
    .map(({ text, block }) => ({ path, text, place: `${path}:${block}` })),
);

test('the pages have commands', () => {
  expect(commands.length).toBeGreaterThan(170);
});

/** The program with actions that do nothing, so that only its arguments are parsed. */
function createParser() {
  const messages: string[] = [];
  const stream = { write: (text: string) => messages.push(text) } as never;
  const streams = { stdin: process.stdin, stdout: stream, stderr: stream, env: {} };
  const program = createProgram(
    streams,
    async () => expect.fail('nothing is watched'),
    () => {},
  );
  const visit = (command: CommandUnknownOpts) => {
    command.action(() => {});
    command.commands.forEach(visit);
  };
  program.commands.forEach(visit);
  return { program, messages };
}

describe('the arguments', () => {
  // Its options are read before the action.
  const settings = new Folder({ 'serve.toml': 'policy = "policy.wasm"\n' });
  afterAll(() => settings[Symbol.dispose]());

  test.for(commands)('$place can be parsed: $text', async ({ text }) => {
    const { program, messages } = createParser();
    const args = splitWords(text).words.slice(1);
    const present = args.map((arg) =>
      settings.names.includes(arg) ? join(settings.path, arg) : arg,
    );
    const parsed = await program.parseAsync(present, { from: 'user' }).then(
      () => 'parsed',
      (error: Error) => error.message,
    );
    expect([parsed, messages]).toEqual(['parsed', []]);
  });
});

/** Commands that are not run here, and the reason. */
const others: readonly (readonly [RegExp, string])[] = [
  [/^nhipol (?:serve|daemon|lsp|complete)\b/, 'goes on until it is stopped, or is for a shell'],
  [
    /^nhipol (?:guard|hook|log)\b/,
    'needs a server or an agent: test/docs/guides/guard.test.ts, test/hooks',
  ],
  [/^nhipol signals (?!key)/, 'needs a service: test/service/signals/signals-command.test.ts'],
  [/^nhipol init$/, 'prompts'],
  [/--watch\b/, 'goes on until it is stopped'],
  [/--solver\b/, 'needs another program: test/proving'],
  [/^nhipol (?:mutate|bench)\b|--samples 100000/, 'takes long: test/cli'],
  [/https:\/\//, 'needs the network'],
  [/\.\.\/before\//, 'needs a second checkout'],
];
/** Commands that try thousands of requests by default: they try fewer here, unless all runs are wanted. */
const searches = /^nhipol (?:verify|diff)\b(?!.*--samples)/;
const executed = commands.filter(({ text }) => !others.some(([pattern]) => pattern.test(text)));

describe('commands that end', () => {
  let files: Readonly<Record<string, string | Uint8Array>> = {};
  beforeAll(async () => {
    files = await createFiles();
  });

  test('are most of those about policies', () => {
    expect(executed.length).toBeGreaterThan(60);
  });

  // The commands of a page follow each other; those of the reference do not.
  const folders = new Map<string, Folder>();
  const chooseFolder = ({ path, place }: { path: string; place: string }) =>
    path === 'docs/cli.md' ? place : path;
  const namesExamples = (key: string) =>
    executed.some((command) => chooseFolder(command) === key && command.text.includes('examples'));
  const openFolder = (path: string, place: string) => {
    const key = chooseFolder({ path, place });
    const known = folders.get(key);
    if (known !== undefined) return known;
    const folder = new Folder({ ...files, ...readTitledBlocks(path) });
    if (namesExamples(key)) {
      cpSync(fileURLToPath(new URL('examples', root)), join(folder.path, 'examples'), {
        recursive: true,
      });
    }
    folders.set(key, folder);
    return folder;
  };
  afterAll(() => {
    for (const folder of folders.values()) folder[Symbol.dispose]();
  });

  test.for(executed)('$place runs: $text', { timeout: 120_000 }, async ({ path, text, place }) => {
    const folder = openFolder(path, place);
    const { words, input, output } = splitWords(text);
    const stdin = input === undefined ? [] : [folder.read(input)];
    const args = words.flatMap((word) =>
      word.includes('*') && word.includes('.nhipol')
        ? globSync(word, { cwd: folder.path })
        : [word],
    );
    const options = isFull || !searches.test(text) ? [] : ['--samples', '200'];
    const ran = await folder.run([...args.slice(1), ...options], { inside: true, stdin });
    if (output !== undefined) folder.write(output, ran.out);
    // Findings are results, too; wrong usage and bugs are not.
    expect([0, 1], ran.err).toContain(ran.code);
  });
});

/** The files that a page shows with their names. */
function readTitledBlocks(path: string): Readonly<Record<string, string>> {
  const { files } = readPage(`../${path}`);
  return Object.fromEntries([...files].filter(([name]) => /^[\w.-]+\.\w+$/.test(name)));
}

/** A project as `nhipol init` writes it, another version of its policy, its module, and requests. */
async function createFiles(): Promise<Readonly<Record<string, string | Uint8Array>>> {
  using folder = new Folder();
  await folder.run(['init', '--kind', 'ai-agent', '--name', 'acme.my', '--yes'], { inside: true });
  for (const command of [
    'compile policy.nhipol -o policy.wasm --sessions --prove --no-validate',
    'prove policy.nhipol --certificate proof.json',
  ]) {
    await folder.run(command.split(' '), { inside: true });
  }
  const read = (name: string) => new TextDecoder().decode(folder.read(name));
  const [policy, request] = [read('policy.nhipol'), read('fixtures/baseline.json')];
  const line = `${JSON.stringify(JSON.parse(request))}\n`;
  const open = { at: '2026-03-03T10:00:00Z', session: 's1', open: JSON.parse(request) };
  const events = `${JSON.stringify(open)}\n`;
  return {
    'nhipol.toml': read('nhipol.toml'),
    'policy.nhipol': policy,
    'policies/agent.nhipol': policy,
    'guard.nhipol': policy,
    'old.nhipol': policy.replace('ttl: 60s }\n    because', 'ttl: 30s }\n    because'),
    'new.nhipol': policy,
    'fixtures/baseline.json': request,
    'policies/fixtures/baseline.json': request,
    'policy.wasm': folder.read('policy.wasm'),
    'proof.json': folder.read('proof.json'),
    'request.json': request,
    'r.json': request,
    'part.json': request,
    'requests.jsonl': line,
    'requests.json': request,
    'today.jsonl': line,
    'incident.jsonl': events,
    'sessions.jsonl': events,
    'guard.jsonl': events,
  };
}
