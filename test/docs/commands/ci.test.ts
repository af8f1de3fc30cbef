// docs/ci.md: the comparison of a pull request fails, and shows the request that its policy now lets through.

import { expect, test } from 'vitest';
import { readPage } from '../../support/pages/pages.ts';
import { Folder } from '../../support/system/run-cli.ts';

test('a pull request that loosens a policy fails with the request in its summary', async () => {
  const { blocks, text } = readPage('ci.md');
  const block = (name: string) =>
    blocks.find(({ title }) => title === name)?.text ?? expect.fail(`no ${name}`);
  const [base, changed] = ['base/policies/exports.nhipol', 'policies/exports.nhipol'];
  const before = block(base);
  const [condition = ''] = /action\.rows > .*/.exec(before) ?? [];
  using folder = new Folder({
    [base]: before,
    [changed]: before.replace(condition, block(changed).trim()),
  });
  const [, command = ''] = /npx nhipol (diff .*)/.exec(text) ?? [];
  const ran = await folder.run([...command.split(' '), '--samples', '10'], { inside: true });
  expect(ran.code).toBe(1);
  const summary = new TextDecoder().decode(folder.read('diff.md'));
  expect(summary.trimEnd().endsWith(`\`\`\`text\n${block('diff').trimEnd()}\n\`\`\``)).toBe(true);
  const unchanged = await folder.run(['diff', base, base, ...command.split(' ').slice(3)], {
    inside: true,
  });
  expect(unchanged.code).toBe(0);
});
