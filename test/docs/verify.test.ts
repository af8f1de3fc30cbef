// docs/verify.md: what it says that `nhipol verify` tells of its policy is what that tells.

import { expect, test } from 'vitest';
import { readPage } from '../support/pages.ts';
import { Folder } from '../support/run-cli.ts';

const { blocks } = readPage('verify.md');

function block(title: string): string {
  return blocks.find((each) => each.title === title)?.text ?? expect.fail(`no ${title}`);
}

/** How long it took differs. */
const timeless = (text: string) => text.replaceAll(/\d+\.\d s/g, '… s').trimEnd();

test('what is shown is what it tells', async () => {
  using folder = new Folder({ 'policy.nhipol': block('policy.nhipol') });
  const args = ['verify', 'policy.nhipol', '--samples', '3000'];
  const { out, err } = await folder.run(args, { inside: true });
  expect(err).toBe('');
  expect(timeless(out)).toBe(timeless(block('verify')));
});
