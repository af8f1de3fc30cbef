// Runs an SMT solver, such as Z3 or cvc5, with a script.

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { displayText } from '@nhipol/language/support';
import { UsageError } from './exit-codes.ts';

export type SmtResult = 'sat' | 'unsat' | 'unknown';

const maxMilliseconds = 60_000;

/** Runs a solver on SMT-LIB scripts, one after the other. It is `unknown` if a script takes a minute. */
export async function runSmtSolver(
  program: string,
  scripts: readonly string[],
): Promise<readonly SmtResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'nhipol-smt-'));
  try {
    const results: SmtResult[] = [];
    for (const script of scripts) {
      const file = join(folder, 'claim.smt2');
      await writeFile(file, script);
      results.push(await run(program, file));
    }
    return results;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function run(program: string, file: string): Promise<SmtResult> {
  return new Promise((resolve, reject) => {
    execFile(program, [file], { timeout: maxMilliseconds }, (error, stdout, stderr) => {
      const [result] = stdout.trim().split('\n');
      if (result === 'sat' || result === 'unsat' || result === 'unknown') resolve(result);
      else if (error?.killed) resolve('unknown');
      else reject(new UsageError(`cannot use the solver ${displayText(program)}: ${why()}`));

      function why(): string {
        if (error?.code === 'ENOENT') return 'there is no such program';
        const words = `${stdout}${stderr}`.trim().split('\n')[0] ?? '';
        return words === '' ? 'it prints no result' : displayText(words);
      }
    });
  });
}
