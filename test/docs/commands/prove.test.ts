// docs/prove.md shows the real output of `nhipol prove` for its policy, and lists every construct.

import { findTrustPart, parts } from '@nhipol/proving';
import { expect, test } from 'vitest';
import { constructTable } from '../../../assurance/proving/facts/construct-table.ts';
import { countLines, listSourceFiles } from '../../../cli/output/trusted-lines.ts';
import { readPage } from '../../support/pages/pages.ts';
import { Folder } from '../../support/system/run-cli.ts';

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

test('shows what verify proves about members', { timeout: 240_000 }, async () => {
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

test('shows what a proof rests on', { timeout: 240_000 }, async () => {
  using folder = new Folder({ 'policy.nhipol': block('policy.nhipol') });
  const { out } = await folder.run(['prove', 'policy.nhipol', '--explain-trust'], { inside: true });
  expect(withoutSteps(out)).toContain(withoutSteps(block('trust')));
  expect(out).toContain('rests on the evaluator, which confirmed it\n');
  expect(out).toMatch(/\n {2}both proofs: \d{4} lines\n {4}\d{3} the checker of steps: if wrong, /);
});

test('states how many lines are trusted', () => {
  const folder = new URL('../../../assurance/proving/', import.meta.url);
  expect(listSourceFiles(folder).filter((file) => findTrustPart(file) === undefined)).toEqual([]);
  const counted = countLines(folder);
  const isClose = (stated: string | undefined, lines: number) =>
    Math.abs(Number(stated?.replaceAll(',', '')) - lines) <= 50 + lines / 7;
  const totals = { both: 0, lists: 0, lemmas: 0 };
  for (const { name, of, ifWrong } of parts) {
    if (of === 'neither') continue;
    const lines = counted[name] ?? 0;
    totals[of] += lines;
    const row = text.split('\n').find((line) => line.startsWith(`| ${name} | ${of} |`));
    const [, , , stated, why] = row?.split('|').map((cell) => cell.trim()) ?? [];
    expect([name, stated, isClose(stated, lines), why]).toEqual([name, stated, true, ifWrong]);
  }
  const { both, lists, lemmas } = totals;
  const numbers =
    /rest on about ([\d,]+) lines, the one by lists of values on ([\d,]+) others, and the one by lemmas on ([\d,]+) others[\s\S]*?any of ([\d,]+) lines[\s\S]*?common ([\d,]+) lines/;
  const stated = numbers.exec(text)?.slice(1) ?? [];
  const expected = [both, lists, lemmas, both + lists, both];
  expect(stated.map((each, index) => [each, isClose(each, expected[index] ?? 0)])).toEqual(
    expected.map((_, index) => [stated[index], true]),
  );
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
