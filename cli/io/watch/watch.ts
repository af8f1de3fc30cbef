// Runs a command again after each change of a file of its policies. Errors of a run are reported and do not end it; only
// the end of the watcher does, as by Ctrl-C.

import { pluralize } from '@nhipol/language/support';
import type { Console } from '../console.ts';
import { type ExitCode, exitCode, UsageError } from '../exit-codes.ts';
import { checkPolicyFiles } from '../policies/check-policy.ts';

/** Reports changed files. The files do not have to exist. */
export interface Watcher {
  /** Sets the watched files. Resolves when all of their further changes are reported. */
  readonly follow: (files: readonly string[]) => Promise<void>;
  /** Resolves to true after a change since the last call, and to false when the watching ends. */
  readonly change: () => Promise<boolean>;
  readonly close: () => Promise<void>;
}

export async function watchPolicies(
  paths: readonly string[],
  command: (paths: readonly string[]) => Promise<ExitCode>,
  watcher: Watcher,
  console: Console,
): Promise<ExitCode> {
  try {
    do {
      // Before the run, so that a change during the run causes another run.
      const files = await listFiles(paths);
      await watcher.follow(files);
      if (console.interactive) console.clear();
      await runAndReport(() => command(paths), console);
      const what = pluralize(files.length, 'file');
      console.err(`watching ${what}; press Ctrl-C to stop\n`);
    } while (await watcher.change());
  } finally {
    await watcher.close();
  }
  return exitCode.fine;
}

/** Returns all files of the policies; for a policy that cannot be read, only its own. */
async function listFiles(paths: readonly string[]): Promise<readonly string[]> {
  const files = new Set<string>();
  for (const path of paths) {
    try {
      for (const file of (await checkPolicyFiles(path)).files) files.add(file);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      files.add(path);
    }
  }
  return [...files];
}

async function runAndReport(run: () => Promise<unknown>, console: Console): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.err(`nhipol: ${error.message}\n`);
  }
}
