// Writes a generated policy to its file, formatted, and runs its tests.

import { format } from '@nhipol/language/format';
import { pluralize } from '@nhipol/language/support';
import { writeAtomically } from '../../../io/files.ts';
import { runPolicy } from '../../../test-run/run-policy.ts';

export interface WrittenFile {
  readonly hasFailed: boolean;
  /** The result of the tests, for people: `16 tests pass`. */
  readonly tests: string;
}

export async function writePolicyFile(path: string, source: string): Promise<WrittenFile> {
  await writeAtomically(path, format(path, source).text ?? source);
  const run = await runPolicy(path, {
    engine: 'evaluator',
    filter: undefined,
    now: undefined,
    covers: false,
    quick: false,
    cache: false,
    colored: false,
  });
  const all = pluralize(run.tests.length, 'test');
  const failed = run.tests.filter((test) => !test.passed).length;
  return {
    hasFailed: failed > 0,
    tests: failed === 0 ? `${all} pass` : `${failed} of ${all} fail`,
  };
}
