// Sets the options of a command from the configuration if the command line does not set them.

import { dirname } from 'node:path';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { isWithinAny } from '@nhipol/testing/node';
import { UsageError } from '../io/exit-codes.ts';
import { fromConfig, loadConfig } from './config.ts';
import { formatFullName, keys, type SettingKey, toOptionName } from './keys.ts';
import { type Config, fromFile } from './settings.ts';

export async function applyConfig(command: CommandUnknownOpts): Promise<Config> {
  const config = await loadConfig(command.args);
  for (const key of keys.filter(({ section }) => section === command.name())) {
    const value = config.settings.get(formatFullName(key))?.value;
    const option = toOptionName(key);
    if (value === undefined || command.getOptionValueSource(option) === 'cli') continue;
    const isPath = key.type.kind === 'path';
    const set = isPath ? await resolveOutput(config, key, String(value)) : value;
    command.setOptionValueWithSource(option, set, fromFile);
  }
  return config;
}

async function resolveOutput(config: Config, key: SettingKey, value: string): Promise<string> {
  const path = fromConfig(config, value);
  await expectInsideFolder(config, formatFullName(key), path);
  return path;
}

/** Throws a `UsageError` if the configuration of these policies may not write a file. `key`: its full name. */
export async function expectConfiguredOutput(
  key: string,
  policies: readonly string[],
  path: string,
): Promise<void> {
  await expectInsideFolder(await loadConfig(policies), key, path);
}

/** A nhipol.toml may come from another author: it writes in its folder only, with symbolic links resolved. */
async function expectInsideFolder(
  { file = '.' }: Config,
  key: string,
  path: string,
): Promise<void> {
  if (await isWithinAny([dirname(file)], path)) return;
  throw new UsageError(
    `${file}: \`${key}\` is ${path}, which is outside its folder; name it on the command line to write there`,
  );
}
