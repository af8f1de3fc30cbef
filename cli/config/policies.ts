// The policies of a command: the policies on the command line, otherwise the policies of the configuration.

import { dirname } from 'node:path';
import { isWithinAny } from '@nhipol/testing/node';
import { UsageError } from '../io/exit-codes.ts';
import { listReadableFolders } from '../io/policies/readable-folders.ts';
import { alignColumns } from '../output/columns.ts';
import { configName, fromConfig } from './config.ts';
import type { Config } from './settings.ts';

/** Returns at least one path, relative to the working directory. Throws a UsageError if there is none. */
export async function findPolicies(
  named: readonly string[],
  config: Config,
): Promise<readonly string[]> {
  if (named.length > 0) return named;
  const { file } = config;
  const patterns = config.settings.get('policies')?.value;
  if (file === undefined) throw new UsageError(`expected a policy\n${alternatives}`);
  if (!Array.isArray(patterns)) {
    throw new UsageError(`expected a policy; ${file} lists none\n${alternatives}`);
  }
  const { glob } = await import('tinyglobby');
  const found = await glob(patterns, {
    cwd: dirname(file),
    ignore: '**/node_modules/**',
    expandDirectories: false,
  });
  if (found.length === 0) {
    throw new UsageError(`no file matches \`policies\` of ${file}: ${patterns.join(', ')}`);
  }
  const paths = found.sort().map((path) => fromConfig(config, path));
  await refuseOutside(paths, file);
  return paths;
}

/** Rejects files outside the folder: a nhipol.toml may come from another author, and diagnostics quote the files. */
async function refuseOutside(paths: readonly string[], config: string): Promise<void> {
  const folders = [dirname(config), ...listReadableFolders()];
  for (const path of paths) {
    if (await isWithinAny(folders, path)) continue;
    throw new UsageError(
      `${config} lists ${path}, which is outside its folder; use --allow-read DIR to allow it`,
    );
  }
}

const alternatives = alignColumns([
  ['name one:', 'nhipol check policy.nhipol'],
  [`list them in ${configName}:`, 'policies = ["policies/**/*.nhipol"]'],
  ['or create one:', 'nhipol init'],
]);
