// docs/verify.md shows the real output of `nhipol verify` for its policy.

import { expect, test } from 'vitest';
import { readPage } from '../../support/pages/pages.ts';
import { Folder } from '../../support/system/run-cli.ts';

const { blocks } = readPage('verify.md');

function block(title: string): string {
  return blocks.find((each) => each.title === title)?.text ?? expect.fail(`no ${title}`);
}

/** Replaces the durations, which vary. */
const timeless = (text: string) => text.replaceAll(/\d+\.\d s/g, '… s').trimEnd();

test('shows the real output of the command', async () => {
  using folder = new Folder({ 'policy.nhipol': block('policy.nhipol') });
  const args = ['verify', 'policy.nhipol', '--samples', '3000'];
  const { out, err } = await folder.run(args, { inside: true });
  expect(err).toBe('');
  expect(timeless(out)).toBe(timeless(block('verify')));
});
