// The support of nhipol.toml by the language server: its keys with their values, and the problems of a text.

import type { ConfigSupport } from '@nhipol/language-server';
import { keys, type SettingKey } from './keys.ts';
import { readConfig } from './read-config.ts';

export const configSupport: ConfigSupport = {
  keys: keys.map((key) => ({ ...key, values: listValues(key) })),
  problemsIn: (text) => readConfig(text).problems,
};

function listValues({ type }: SettingKey): readonly string[] {
  if (type.kind === 'flag') return ['true', 'false'];
  return type.kind === 'choice' ? type.choices.map((choice) => JSON.stringify(choice)) : [];
}
