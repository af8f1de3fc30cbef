// docs/example-proofs.md shows what is decided about the examples: two of them are compared. NHIPOL_WRITE=proofs decides
// all of them, which takes minutes, and writes the page.

import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { samples } from '../../support/policies/samples.ts';
import { decideExample } from './decide.ts';
import { claimRows, mutantRow, tablePage } from './page.ts';

const page = new URL('../../../docs/example-proofs.md', import.meta.url);
const isWriting = process.env.NHIPOL_WRITE === 'proofs';

test.runIf(isWriting)('writes the page', { timeout: 3_600_000 }, () => {
  const decided = samples.map(({ path, sources }) => decideExample(path, sources));
  writeFileSync(page, tablePage(decided));
  expect(decided.length).toBe(samples.length);
});

test.skipIf(isWriting).for(['agent-trifecta', 'api-key'])(
  'the page shows what is decided about %s',
  { timeout: 120_000 },
  (name) => {
    const sample = samples.find(({ path }) => path === `examples/${name}/policy.nhipol`);
    if (sample === undefined) throw new Error(`no ${name}`);
    const lines = readFileSync(page, 'utf8').split('\n');
    const decided = decideExample(sample.path, sample.sources);
    for (const row of [...claimRows(decided), mutantRow(decided)]) expect(lines).toContain(row);
  },
);

test.skipIf(isWriting)(
  'every invariant of an example is proved or refuted, and every mutant is decided',
  () => {
    const text = readFileSync(page, 'utf8');
    expect(text).toContain('refuted and 0 are not proved.');
    expect(text).toMatch(/Of \d+ mutants, 0 are undecided\./);
    for (const { path } of samples) expect(text).toContain(`| ${path.split('/').at(-2)} | `);
  },
);
