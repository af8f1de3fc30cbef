// Each option of `nhipol serve` that names a file: the file is read again with the policy, or the list below says why not.

import { expect, test } from 'vitest';
import { createSettingsLister } from '../../../cli/commands/serve/settings.ts';
import { createProgram } from '../../../cli/program.ts';

/** Files that the service writes, and the file of options, most of which cannot change while it runs. */
const readOnce = ['state', 'log', 'config'];

const streams = { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, env: {} };
const program = createProgram(
  streams,
  async () => expect.fail('nothing is watched'),
  () => {},
);
const serve = program.commands.find((command) => command.name() === 'serve');
const files = (serve?.options ?? []).filter(({ flags }) => /<(?:file|name=file)>$/.test(flags));

test('the service has options that name files', () => {
  expect(files.length).toBeGreaterThan(10);
});

test.for(files.map((option) => [option.attributeName(), option] as const))(
  'the file of the option %s is read again after a change',
  async ([name, option]) => {
    const path = `${name}.file`;
    const value = option.flags.includes('name=') ? { name: 'table', path } : path;
    const given = Array.isArray(option.defaultValue) ? [value] : value;
    const others = { entities: [], table: [], grpc: '127.0.0.1:1', logTo: 'https://c.example' };
    const isRead = (await createSettingsLister({ ...others, [name]: given })()).includes(path);
    expect(isRead).toBe(!readOnce.includes(name));
  },
);
