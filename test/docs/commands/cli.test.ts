// docs/cli.md documents the whole command line: each command, option and choice, each key of nhipol.toml, and
// each exit code. The example configuration is valid. The help of each command ends with examples.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formatFullName, keys } from '../../../cli/config/keys.ts';
import { readConfig } from '../../../cli/config/read-config.ts';
import { exitCode } from '../../../cli/io/exit-codes.ts';
import { Folder } from '../../support/system/run-cli.ts';

const page = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8');

async function help(...command: readonly string[]): Promise<string> {
  using folder = new Folder();
  return (await folder.run([...command, '--help'])).out;
}

const overview = await help();
const commands = [...overview.slice(overview.indexOf('Commands:')).matchAll(/^ {2}(\w+)/gm)]
  .map(([, command = '']) => command)
  .filter((command) => command !== 'help');

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function findSection(command: string): string {
  return page.split(`\n### ${command}\n`)[1]?.split(/\n##/)[0] ?? '';
}

/** The pages for operators of the service. */
const operating = ['serve', 'operate', 'scale', 'signals', 'envoy', 'decision-log']
  .map((name) => readFileSync(new URL(`../../../docs/${name}.md`, import.meta.url), 'utf8'))
  .join();

test('the pages of the service say what each of its options is for', async () => {
  const text = (await help('serve')).split('\nExamples:')[0] ?? '';
  const options = text.match(/(?<=^ {2})--[\w-]+/gm)?.filter((option) => option !== '--help') ?? [];
  expect(options.length).toBeGreaterThan(40);
  expect(options.filter((option) => !new RegExp(`${option}(?![\\w-])`).test(operating))).toEqual(
    [],
  );
});

test('documents the options of the program', () => {
  expect(commands).toContain('check');
  for (const option of ['--color', '--no-color', '--allow-read <dir>'])
    expect(page).toContain(`\`${option}\``);
});

test.for(commands)('documents exactly the options and choices of %s', async (command) => {
  const text = (await help(command)).split('\nExamples:')[0] ?? '';
  const listed = text.slice(text.indexOf('\nOptions:'));
  const options =
    listed.match(/(?<=^ {2}(?:-\w, )?)--[\w-]+/gm)?.filter((o) => o !== '--help') ?? [];
  const section = findSection(command);
  expect(options.filter((option) => !section.includes(option))).toEqual([]);
  const rows = section.split('\n').filter((line) => /^\| `-/.test(line));
  const named = rows.flatMap((row) => row.split('|')[1]?.match(/--[\w-]+/g) ?? []);
  expect(named.filter((option) => !options.includes(option))).toEqual([]);
  for (const [, list = ''] of listed.replace(/\s+/g, ' ').matchAll(/\(choices: ([^)]*)\)/g)) {
    const choices = list.replace(/, (default|preset):.*/, '').match(/[\w-]+/g) ?? [];
    expect(choices.filter((choice) => !section.includes(`\`${choice}\``))).toEqual([]);
  }
});

test.for(commands)(
  'the help of %s ends with examples, which the page contains',
  async (command) => {
    const examples = (await help(command)).split('\nExamples:\n')[1]?.trimEnd().split('\n') ?? [];
    expect(examples.length).toBeGreaterThan(1);
    for (const line of examples) {
      const [example = '', description = ''] = line.trim().split(/ {2,}/);
      expect(example).toContain(`nhipol ${command}`);
      expect(findSection(command)).toMatch(
        new RegExp(`^${escapePattern(example)} +# ${escapePattern(description)}$`, 'm'),
      );
    }
  },
);

test('documents each key, and shows a valid configuration with all keys', () => {
  for (const key of keys) expect(page).toContain(`| \`${formatFullName(key)}\` |`);
  const shown = /```toml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  const { settings, problems } = readConfig(shown);
  expect(problems).toEqual([]);
  expect([...settings.keys()].sort()).toEqual(keys.map(formatFullName).sort());
});

test('documents each exit code', () => {
  for (const code of Object.values(exitCode)) expect(page).toContain(`\n| ${code} |`);
});
