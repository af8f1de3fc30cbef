// docs/diff.md shows the real output of a comparison, and documents all kinds of change and all members of the JSON.

import { expect, test } from 'vitest';
import { aspects } from '../../../assurance/testing/diff/policy-diff.ts';
import { readPage } from '../../support/pages/pages.ts';
import { Folder } from '../../support/system/run-cli.ts';

const page = readPage('diff.md');
const old = page.files.get('old.nhipol') ?? '';
const after = old
  .replace('version "1"', 'version "2"')
  .replace('> 60', '> 70')
  .replace('max_rows: 100', 'max_rows: 500');
const files = { 'old.nhipol': old, 'policy.nhipol': after };

test('shows the real output of the comparison', async () => {
  using folder = new Folder(files);
  const { out } = await folder.run(['diff', 'old.nhipol', 'policy.nhipol', '--samples', '1000'], {
    inside: true,
  });
  expect(page.text).toContain(`--samples 1000\n${out}\`\`\``);
});

test('documents the kinds of change', () => {
  for (const aspect of aspects) expect(page.text).toContain(`\`${aspect}\``);
});

test('documents the members of the JSON', async () => {
  using folder = new Folder(files);
  const { out } = await folder.run([
    'diff',
    '@old.nhipol',
    '@policy.nhipol',
    '--samples',
    '100',
    '--format',
    'json',
  ]);
  const { changes, ...report } = JSON.parse(out);
  const [change] = changes;
  const [example] = change.examples;
  const [cause] = example.causes;
  const names = [report, change, example, cause, report.edits[0]].flatMap(Object.keys);
  const section = page.text.split('\n## JSON\n')[1] ?? '';
  expect(
    names.filter((name) => !section.includes(`\`${name}\``) && !section.includes(`\`${name}[]\``)),
  ).toEqual([]);
});
