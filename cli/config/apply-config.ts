// Settings as the values of a verb's options, where the command line says nothing of them.

import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { fromConfig, loadConfig } from './config.ts';
import { fullName, keys, optionOf } from './keys.ts';
import { type Config, fromFile } from './settings.ts';

export async function applyConfig(verb: CommandUnknownOpts): Promise<Config> {
  const config = await loadConfig(verb.args);
  for (const key of keys.filter(({ section }) => section === verb.name())) {
    const value = config.settings.get(fullName(key))?.value;
    const option = optionOf(key);
    if (value === undefined || verb.getOptionValueSource(option) === 'cli') continue;
    const isPath = key.type.kind === 'path';
    const set = isPath ? fromConfig(config, String(value)) : value;
    verb.setOptionValueWithSource(option, set, fromFile);
  }
  return config;
}
