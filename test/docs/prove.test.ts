// docs/prove.md shows the real output of `nhipol prove` for its policy, and lists every construct.

import { expect, test } from 'vitest';
import { constructTable } from '../../proving/facts/construct-table.ts';
import { readPage } from '../support/pages.ts';
import { Folder } from '../support/run-cli.ts';

const { blocks, text } = readPage('prove.md');

function block(title: string): string {
  return blocks.find((each) => each.title === title)?.text ?? expect.fail(`no ${title}`);
}

test('shows the real output of the command', async () => {
  using folder = new Folder({ 'policy.nhipol': block('policy.nhipol') });
  const { out } = await folder.run(['prove', 'policy.nhipol'], { inside: true });
  expect(out.trimEnd()).toBe(block('prove').trimEnd());
});

test('lists how each construct is represented', () => {
  expect(text).toContain(constructTable());
});
