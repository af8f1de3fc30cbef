// A command that runs again whenever a file changes that its policies are made of. What goes wrong in
// a run is told and waited over; only the watcher's end, as by Ctrl-C, ends it.

import { counted } from '../../language/support/words.ts';
import type { Console } from './console.ts';
import { type ExitCode, exitCode, UsageError } from './exit-codes.ts';
import { checkFiles } from './files.ts';

/** What tells of changed files; they need not be there yet. */
export interface Watcher {
  /** From now on these, and no others. Resolves once none of their changes can be missed. */
  readonly follow: (files: readonly string[]) => Promise<void>;
  /** True once something has changed since the last call, false once nobody waits any more. */
  readonly change: () => Promise<boolean>;
  readonly close: () => Promise<void>;
}

const clearScreen = '\u001b[2J\u001b[3J\u001b[H';

export async function watch(
  paths: readonly string[],
  command: (paths: readonly string[]) => Promise<ExitCode>,
  watcher: Watcher,
  console: Console,
): Promise<ExitCode> {
  try {
    do {
      // Before the run, so that whatever changes while it reads brings about another.
      const files = await filesOf(paths);
      await watcher.follow(files);
      if (console.interactive) await console.out(clearScreen);
      await told(() => command(paths), console);
      const what = counted(files.length, 'file');
      console.err(`watching ${what}; Ctrl-C ends\n`);
    } while (await watcher.change());
  } finally {
    await watcher.close();
  }
  return exitCode.fine;
}

/** All that the policies are made of; of one that can't be read, that file alone. */
async function filesOf(paths: readonly string[]): Promise<readonly string[]> {
  const files = new Set<string>();
  for (const path of paths) {
    try {
      for (const file of (await checkFiles(path)).files) files.add(file);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      files.add(path);
    }
  }
  return [...files];
}

async function told(run: () => Promise<unknown>, console: Console): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.err(`nhipol: ${error.message}\n`);
  }
}
