// docs/cli.md names all that the command line has: each verb, option and choice, each key, and each exit
// code; the configuration in it is one. What help says of a verb ends with examples of it.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fullName, keys } from '../../cli/config/keys.ts';
import { readConfig } from '../../cli/config/read-config.ts';
import { exitCode } from '../../cli/io/exit-codes.ts';
import { Folder } from '../support/run-cli.ts';

const page = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8');

async function help(...verb: readonly string[]): Promise<string> {
  using folder = new Folder();
  return (await folder.run([...verb, '--help'])).out;
}

const overview = await help();
const verbs = [...overview.slice(overview.indexOf('Commands:')).matchAll(/^ {2}(\w+)/gm)]
  .map(([, verb = '']) => verb)
  .filter((verb) => verb !== 'help');

function sectionOf(verb: string): string {
  return page.split(`\n### ${verb}\n`)[1]?.split(/\n##/)[0] ?? '';
}

test('there are verbs', () => {
  expect(verbs).toContain('check');
  for (const option of ['--color', '--no-color']) expect(page).toContain(`\`${option}\``);
});

test.for(verbs)(
  'the options and choices of %s are named in its section, and no others',
  async (verb) => {
    const text = (await help(verb)).split('\nExamples:')[0] ?? '';
    const listed = text.slice(text.indexOf('\nOptions:'));
    const options =
      listed.match(/(?<=^ {2}(?:-\w, )?)--[\w-]+/gm)?.filter((o) => o !== '--help') ?? [];
    const section = sectionOf(verb);
    expect(options.filter((option) => !section.includes(option))).toEqual([]);
    const rows = section.split('\n').filter((line) => /^\| `-/.test(line));
    const named = rows.flatMap((row) => row.split('|')[1]?.match(/--[\w-]+/g) ?? []);
    expect(named.filter((option) => !options.includes(option))).toEqual([]);
    for (const [, list = ''] of listed.replace(/\s+/g, ' ').matchAll(/\(choices: ([^)]*)\)/g)) {
      const choices = list.replace(/, (default|preset):.*/, '').match(/[\w-]+/g) ?? [];
      expect(choices.filter((choice) => !section.includes(`\`${choice}\``))).toEqual([]);
    }
  },
);

test.for(verbs)('the help of %s ends with examples of it', async (verb) => {
  const examples = (await help(verb)).split('\nExamples:\n')[1]?.trimEnd().split('\n') ?? [];
  expect(examples.length).toBeGreaterThan(1);
  for (const line of examples) expect(line).toContain(`nhipol ${verb}`);
});

test('each key is named, and the configuration that is shown is fine and has them all', () => {
  for (const key of keys) expect(page).toContain(`| \`${fullName(key)}\` |`);
  const shown = /```toml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  const { settings, problems } = readConfig(shown);
  expect(problems).toEqual([]);
  expect([...settings.keys()].sort()).toEqual(keys.map(fullName).sort());
});

test('each exit code is told', () => {
  for (const code of Object.values(exitCode)) expect(page).toContain(`\n| ${code} |`);
});
