// Loads the configuration of a command: the nearest nhipol.toml at or above the folder of the first policy on
// the command line, or at or above the working directory if there is none.

import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { UsageError } from '../io/exit-codes.ts';
import { readInputText, toSlashes } from '../io/files.ts';
import { formatProblems } from './parse-toml.ts';
import { type Config, noConfig } from './settings.ts';

export const configName = 'nhipol.toml';

/** Loads the nearest configuration. Throws a UsageError with all problems of the file. */
export async function loadConfig(policies: readonly string[]): Promise<Config> {
  const [first] = policies;
  const found = findNearest(resolve(first === undefined ? '.' : dirname(first)));
  if (found === undefined) return noConfig;
  const file = toSlashes(relative('.', found));
  const { readConfig } = await import('./read-config.ts');
  const { settings, problems } = readConfig(await readInputText(file));
  if (problems.length === 0) return { file, settings };
  throw new UsageError(formatProblems(file, problems));
}

function findNearest(folder: string): string | undefined {
  const file = join(folder, configName);
  if (existsSync(file)) return file;
  const above = dirname(folder);
  return above === folder ? undefined : findNearest(above);
}

/** Converts a path in the configuration to one relative to the working directory. */
export function fromConfig({ file }: Config, path: string): string {
  return toSlashes(relative('.', resolve(dirname(file ?? '.'), path)));
}
