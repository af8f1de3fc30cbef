// Implements `nhipol log verify`: checks the hash chain of a decision log with its rotated files.

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { LogProblem } from '@nhipol/service';
import { counted } from '../../../language/support/words.ts';
import type { Console } from '../../io/console.ts';
import { type ExitCode, exitCode, UsageError } from '../../io/exit-codes.ts';

const problems: Readonly<Record<LogProblem, string>> = {
  broken_link: 'this line, or one before it, was changed, inserted or removed',
  not_an_entry: 'this is not an entry of a decision log',
  incomplete: 'this entry is incomplete: the process or the machine stopped while it was written',
};

export async function verifyCommand(
  path: string,
  head: string | undefined,
  console: Console,
): Promise<ExitCode> {
  const { createVerifier, logPaths } = await import('@nhipol/service');
  const paths = logPaths(path);
  if (paths.length === 0) throw new UsageError(`cannot read ${path}: there is no such file`);
  const verifier = createVerifier(head);
  let found = 0;
  for (const each of paths) {
    let number = 0;
    for await (const line of linesOf(each)) {
      number += 1;
      const kind = verifier.add(line);
      if (kind === undefined) continue;
      found += 1;
      await console.out(`${each}:${number}: ${problems[kind]}\n`);
    }
  }
  const { entries, last, isHeadFound } = verifier.end();
  if (!isHeadFound) {
    found += 1;
    await console.out(
      `no line has the digest ${head}: lines were removed at the end, or changed\n`,
    );
  }
  const summary = `${counted(entries, 'entry', 'entries')}, last ${last}`;
  await console.out(
    found === 0 ? `intact: ${summary}\n` : `${counted(found, 'problem')} in ${summary}\n`,
  );
  return found === 0 ? exitCode.fine : exitCode.findings;
}

async function* linesOf(path: string): AsyncIterable<string> {
  const input = createReadStream(path, 'utf8');
  try {
    yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${(error as Error).message}`);
  }
}
