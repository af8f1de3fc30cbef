// Random edits of the example policies: after each, the analysis that an editor has equals a fresh check, and no feature
// fails. `NHIPOL_EDITS` sets the number of sequences for each policy.

import { readFileSync } from 'node:fs';
import { checkFiles } from '@nhipol/language';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { completionsAt } from '../../editors/language-server/features/completion.ts';
import { codeActions, diagnosticsIn } from '../../editors/language-server/features/diagnostics.ts';
import { hoverAt } from '../../editors/language-server/features/hover.ts';
import { inlayHintsIn } from '../../editors/language-server/features/inlay-hints.ts';
import {
  occurrenceAt,
  referencesTo,
  renamed,
} from '../../editors/language-server/features/navigation.ts';
import { semanticTokensOf } from '../../editors/language-server/features/semantic-tokens.ts';
import { foldingOf, symbolsOf } from '../../editors/language-server/features/structure.ts';
import { Positions } from '../../editors/language-server/positions.ts';
import { Project } from '../../editors/language-server/project.ts';
import { examples } from '../support/examples.ts';

const sequences = Number(process.env.NHIPOL_EDITS ?? 2);

const read = async (path: string) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

/** Texts that break a policy in many ways, and some that do not. */
const fragments = [
  '',
  ' ',
  '\n',
  '{',
  '}',
  '"',
  '.',
  '//',
  'permit',
  'when',
  'is',
  'subject.',
  'x',
  '😀',
  'test "t" {',
];

const edits = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    removed: fc.nat(12),
    added: fc.constantFrom(...fragments),
  }),
  { minLength: 1, maxLength: 5 },
);

test.each(examples)(
  '$path',
  async ({ path }) => {
    const original = readFileSync(path, 'utf8');
    await fc.assert(
      fc.asyncProperty(edits, async (sequence) => {
        const project = new Project({ read });
        let text = original;
        for (const { at, removed, added } of sequence) {
          const start = Math.floor(at * text.length);
          text = text.slice(0, start) + added + text.slice(start + removed);
          project.open(path, text);
          const analysis = await project.analysisFor(path);
          if (analysis === undefined) throw new Error('the file is not open');
          const fresh = await checkFiles(path, text, read);
          expect(analysis.complete().diagnostics).toEqual(fresh.diagnostics);
          const positions = new Positions(analysis.sources);
          const offset = Math.min(start + added.length, text.length);
          const all = { start: { line: 0, character: 0 }, end: { line: 9_999, character: 0 } };
          diagnosticsIn(analysis, path, positions, true);
          codeActions(analysis, path, all, positions);
          hoverAt(analysis, path, offset, positions);
          inlayHintsIn(analysis, path, all, positions);
          semanticTokensOf(analysis, path, positions);
          completionsAt(analysis, analysis.sources, path, offset);
          const found = occurrenceAt(analysis, path, offset);
          if (found !== undefined) {
            referencesTo(analysis, found, true, positions);
            renamed(analysis, found, 'renamed', positions);
          }
          const tree = analysis.files.get(path);
          if (tree !== undefined) {
            symbolsOf(tree.node, positions);
            foldingOf(tree.node, tree.text, positions);
          }
        }
      }),
      { numRuns: sequences },
    );
  },
  600_000,
);
