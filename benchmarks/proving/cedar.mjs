// Asks nhipol the questions of `cedar/src/main.rs`, and prints the median time of each, from checked policies to the
// verdict, with a formula of its own for each question.

import { readFileSync } from 'node:fs';
import { createRequestSet } from '../../dist/assurance/proving/claims/claims.js';
import { buildDifferenceGoals } from '../../dist/assurance/proving/claims/compare.js';
import { proveSet } from '../../dist/assurance/proving/claims/prove.js';
import { Prover } from '../../dist/assurance/proving/prover.js';
import { createRandomNumbers } from '../../dist/assurance/testing/generate/random.js';
import { check, hasErrors } from '../../dist/language/index.js';

const rounds = 11;

/** @param {string} path */
function readPolicy(path) {
  const text = readFileSync(new URL(`cedar/${path}.nhipol`, import.meta.url), 'utf8');
  const { policy, diagnostics } = check(path, new Map([[path, text]]));
  if (policy === undefined || hasErrors(diagnostics)) throw new Error(`${path} has errors`);
  return policy;
}

const options = () => ({ random: createRandomNumbers(1) });

/**
 * Whether answers differ only in other ways.
 *
 * @param {import('../../dist/language/model/index.js').Policy} before
 * @param {import('../../dist/language/model/index.js').Policy} after
 * @param {readonly ('looser' | 'stricter')[]} kinds
 */
function excludes(before, after, kinds) {
  const prover = new Prover([before, after], [], options());
  const goals = buildDifferenceGoals(...prover.decisions);
  return kinds.every((kind) => prover.decide(goals[kind], () => true).kind === 'proved');
}

for (const example of ['streaming', 'tags', 'documents']) {
  const [own, rewritten, looser] = ['own', 'rewritten', 'looser'].map((name) =>
    readPolicy(`${example}/${name}`),
  );
  /** @type {Readonly<Record<string, () => boolean>>} */
  const questions = {
    'rewritten: equivalent': () => excludes(own, rewritten, ['looser', 'stricter']),
    'looser: allows nothing further': () => excludes(own, looser, ['looser']),
    'looser: allows as much': () => excludes(own, looser, ['stricter']),
    'its claims hold': () =>
      proveSet(createRequestSet(own, options())).verdicts.every(
        ({ verdict }) => verdict.kind === 'proved',
      ),
  };
  for (const [name, ask] of Object.entries(questions)) {
    const times = Array.from({ length: rounds + 1 }, () => {
      const start = performance.now();
      ask();
      return performance.now() - start;
    });
    // The first round is not measured.
    const sorted = times.slice(1).sort((a, b) => a - b);
    console.log(`${example}, ${name}: ${ask()}, ${(sorted[rounds >> 1] ?? 0).toFixed(1)} ms`);
  }
}
