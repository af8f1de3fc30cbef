// The configuration that holds for a command: the nearest nhipol.toml, at or above the folder of the
// first policy that is named, else at or above the working directory. One command has one.

import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { UsageError } from '../io/exit-codes.ts';
import { readText, slashed } from '../io/files.ts';
import { type Config, noConfig } from './settings.ts';

export const configName = 'nhipol.toml';

/** Throws a UsageError that tells all that is wrong with the file. */
export async function loadConfig(policies: readonly string[]): Promise<Config> {
  const [first] = policies;
  const found = nearest(resolve(first === undefined ? '.' : dirname(first)));
  if (found === undefined) return noConfig;
  const file = slashed(relative('.', found));
  const { readConfig } = await import('./read-config.ts');
  const { settings, problems } = readConfig(await readText(file));
  if (problems.length === 0) return { file, settings };
  const told = problems.map(({ line, message }) => `${file}:${line}: ${message}`);
  throw new UsageError(told.join('\nnhipol: '));
}

function nearest(folder: string): string | undefined {
  const file = join(folder, configName);
  if (existsSync(file)) return file;
  const above = dirname(folder);
  return above === folder ? undefined : nearest(above);
}

/** A path of the configuration, seen from the working directory. */
export function fromConfig({ file }: Config, path: string): string {
  return slashed(relative('.', resolve(dirname(file ?? '.'), path)));
}
