// Settings as the values of a verb's options, where the command line says nothing of them.

import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { type Config, fromConfig, loadConfig, noConfig } from './config.ts';
import { fullName, keys, optionOf, sections } from './keys.ts';

/** What a value set here says of its source. */
export const fromFile = 'config';

/** Verbs without a section read no file, so that a mistake in one does not keep them from working. */
export async function applyConfig(verb: CommandUnknownOpts): Promise<Config> {
  if (!(sections as readonly string[]).includes(verb.name())) return noConfig;
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
