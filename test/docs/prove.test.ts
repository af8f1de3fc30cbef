// docs/prove.md shows the real output of `nhipol prove` for its policy, and lists every construct.

import { expect, test, vi } from 'vitest';
import { constructTable } from '../../proving/facts/construct-table.ts';
import { readPage } from '../support/pages.ts';
import { Folder } from '../support/run-cli.ts';

// asc runs in this thread, with a cache.
vi.mock('../../cli/engines/assembler.ts', async () => {
  const { assemble } = await import('../support/assembler.ts');
  return { sharedAssembler: () => assemble };
});

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

test('shows a session that refutes a claim', async () => {
  using folder = new Folder({ 'guard.nhipol': block('guard.nhipol') });
  const { out } = await folder.run(['prove', 'guard.nhipol'], { inside: true });
  expect(withoutSteps(out)).toBe(withoutSteps(block('sessions')));
});

test('shows what verify proves about members', async () => {
  using folder = new Folder({ 'policy.nhipol': block('policy.nhipol') });
  const args = ['verify', 'policy.nhipol', '--prove', '--samples', '1'];
  const { out } = await folder.run(args, { inside: true });
  const lines = withoutSteps(out).split('\n');
  for (const line of withoutSteps(block('verify')).split('\n')) expect(lines).toContain(line);
  const claims = ['higher context.risk.level never loosens', 'higher action.rows never loosens'];
  expect(text).toContain(claims.map((each) => `"${each}"`).join(' '));
  const proved = await folder.run(['prove', 'policy.nhipol', ...claims], { inside: true });
  expect(proved.code).toBe(0);
});

test('lists how each construct is represented', () => {
  expect(text).toContain(constructTable());
});

test('shows what certify prints for a module', async () => {
  const proved = block('policy.nhipol').replace(/\ninvariant "no reads at[\s\S]*$/, '');
  using folder = new Folder({ 'policy.nhipol': proved });
  const args = ['compile', 'policy.nhipol', '-o', 'policy.wasm', '--prove', '--no-validate'];
  expect((await folder.run(args, { inside: true })).code).toBe(0);
  const { out } = await folder.run(['certify', 'policy.wasm'], { inside: true });
  expect(out.trimEnd()).toBe(block('certify').trimEnd());
});
