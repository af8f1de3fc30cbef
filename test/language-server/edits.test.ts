// Random edits of the example policies: after each, the analysis that an editor has equals a fresh check, and no feature
// fails. `NHIPOL_EDITS` sets the number of sequences for each policy.

import { readFileSync } from 'node:fs';
import { checkFiles } from '@nhipol/language';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { listCompletions } from '../../editors/language-server/features/completion.ts';
import {
  listCodeActions,
  listDiagnostics,
} from '../../editors/language-server/features/diagnostics.ts';
import { findHover } from '../../editors/language-server/features/hover.ts';
import { listTypeHints } from '../../editors/language-server/features/inlay-hints.ts';
import {
  findOccurrence,
  listReferences,
  renameOccurrences,
} from '../../editors/language-server/features/navigation.ts';
import { collectSemanticTokens } from '../../editors/language-server/features/semantic-tokens.ts';
import {
  listFoldingRanges,
  listSymbols,
} from '../../editors/language-server/features/structure.ts';
import { DocumentPositions } from '../../editors/language-server/positions.ts';
import { Project } from '../../editors/language-server/project.ts';
import { examples } from '../support/policies/examples.ts';

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
          const analysis = await project.analyzeFile(path);
          if (analysis === undefined) throw new Error('the file is not open');
          const fresh = await checkFiles(path, text, read);
          expect(analysis.complete().diagnostics).toEqual(fresh.diagnostics);
          const positions = new DocumentPositions(analysis.sources);
          const offset = Math.min(start + added.length, text.length);
          const all = { start: { line: 0, character: 0 }, end: { line: 9_999, character: 0 } };
          listDiagnostics(analysis, path, positions, true);
          listCodeActions(analysis, path, all, positions);
          findHover(analysis, path, offset, positions);
          listTypeHints(analysis, path, all, positions);
          collectSemanticTokens(analysis, path, positions);
          listCompletions(analysis, analysis.sources, path, offset);
          const found = findOccurrence(analysis, path, offset);
          if (found !== undefined) {
            listReferences(analysis, found, true, positions);
            renameOccurrences(analysis, found, 'renamed', positions);
          }
          const tree = analysis.files.get(path);
          if (tree !== undefined) {
            listSymbols(tree.node, positions);
            listFoldingRanges(tree.node, tree.text, positions);
          }
        }
      }),
      { numRuns: sequences },
    );
  },
  600_000,
);
