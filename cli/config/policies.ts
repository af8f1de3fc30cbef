// The policies that a command is about: those that are named, else those of the configuration.

import { dirname } from 'node:path';
import { isWithinAny } from '../../testing/node/project-files.ts';
import { UsageError } from '../io/exit-codes.ts';
import { readableFolders } from '../io/files.ts';
import { columns } from '../output/columns.ts';
import { configName, fromConfig } from './config.ts';
import type { Config } from './settings.ts';

/** Paths from the working directory, at least one; else a UsageError says what to do. */
export async function policiesOf(
  named: readonly string[],
  config: Config,
): Promise<readonly string[]> {
  if (named.length > 0) return named;
  const { file } = config;
  const patterns = config.settings.get('policies')?.value;
  if (file === undefined) throw new UsageError(`which policy?\n${ways}`);
  if (!Array.isArray(patterns)) {
    throw new UsageError(`which policy? ${file} lists none.\n${ways}`);
  }
  const { glob } = await import('tinyglobby');
  const found = await glob(patterns, {
    cwd: dirname(file),
    ignore: '**/node_modules/**',
    expandDirectories: false,
  });
  if (found.length === 0) {
    throw new UsageError(`no file is among the policies of ${file}: ${patterns.join(', ')}`);
  }
  const paths = found.sort().map((path) => fromConfig(config, path));
  await refuseOutside(paths, file);
  return paths;
}

/** A nhipol.toml may come from another author, as policies do, and messages about a file quote it. */
async function refuseOutside(paths: readonly string[], config: string): Promise<void> {
  const folders = [dirname(config), ...readableFolders()];
  for (const path of paths) {
    if (await isWithinAny(folders, path)) continue;
    throw new UsageError(
      `${config} lists ${path}, which is outside its folder: allow that with --allow-read DIR`,
    );
  }
}

const ways = columns([
  ['name one:', 'nhipol check policy.nhipol'],
  [`or list them in ${configName}:`, 'policies = ["policies/**/*.nhipol"]'],
  ['or begin with a new one:', 'nhipol init'],
]);
