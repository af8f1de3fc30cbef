// Sets the options of a command from the configuration if the command line does not set them.

import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { fromConfig, loadConfig } from './config.ts';
import { fullName, keys, optionOf } from './keys.ts';
import { type Config, fromFile } from './settings.ts';

export async function applyConfig(command: CommandUnknownOpts): Promise<Config> {
  const config = await loadConfig(command.args);
  for (const key of keys.filter(({ section }) => section === command.name())) {
    const value = config.settings.get(fullName(key))?.value;
    const option = optionOf(key);
    if (value === undefined || command.getOptionValueSource(option) === 'cli') continue;
    const isPath = key.type.kind === 'path';
    const set = isPath ? fromConfig(config, String(value)) : value;
    command.setOptionValueWithSource(option, set, fromFile);
  }
  return config;
}
