// docs/prove.md shows the real output of `nhipol prove` for its policy, and lists every construct.

import { expect, test } from 'vitest';
import { constructTable } from '../../proving/facts/construct-table.ts';
import { readPage } from '../support/pages.ts';
import { Folder } from '../support/run-cli.ts';

const { blocks, text } = readPage('prove.md');

function block(title: string): string {
  return blocks.find((each) => each.title === title)?.text ?? expect.fail(`no ${title}`);
}

/** The number of steps depends on the solver. */
function withoutSteps(output: string): string {
  return output.replace(/\d+ steps?/g, 'N steps').trimEnd();
}

test('shows the real output of the command', async () => {
  using folder = new Folder({ 'policy.nhipol': block('policy.nhipol') });
  const { out } = await folder.run(['prove', 'policy.nhipol'], { inside: true });
  expect(withoutSteps(out)).toBe(withoutSteps(block('prove')));
});

test('shows what verify proves about members', async () => {
  using folder = new Folder({ 'policy.nhipol': block('policy.nhipol') });
  const args = ['verify', 'policy.nhipol', '--prove', '--samples', '1'];
  const { out } = await folder.run(args, { inside: true });
  const lines = withoutSteps(out).split('\n');
  for (const line of withoutSteps(block('verify')).split('\n')) expect(lines).toContain(line);
  const claims = [
    'higher context.risk.level never loosens',
    'fewer subject.purposes never loosens',
  ];
  expect(text).toContain(claims.map((each) => `"${each}"`).join(' '));
  const proved = await folder.run(['prove', 'policy.nhipol', ...claims], { inside: true });
  expect(proved.code).toBe(0);
});

test('lists how each construct is represented', () => {
  expect(text).toContain(constructTable());
});
