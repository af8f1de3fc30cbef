// The JSON Schema of nhipol.toml for editors, written to docs/nhipol.schema.json. It accepts the same files as
// `readConfig`.

import { type KeyType, keys, maxWhole, type SettingKey, sections } from './keys.ts';

export function buildConfigSchema(): object {
  const bySection = sections.map(
    (section) => [section, buildTableSchema(selectKeys(section), {})] as const,
  );
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'nhipol.toml',
    ...buildTableSchema(selectKeys(undefined), Object.fromEntries(bySection)),
  };
}

/** Returns the schema as indented JSON. */
export function printConfigSchema(): string {
  return `${JSON.stringify(buildConfigSchema(), undefined, 2)}\n`;
}

function selectKeys(section: string | undefined): readonly SettingKey[] {
  return keys.filter((key) => key.section === section);
}

function buildTableSchema(
  settingKeys: readonly SettingKey[],
  others: Readonly<Record<string, object>>,
): object {
  const properties = settingKeys.map(({ name, type, doc }) => [
    name,
    { description: doc, ...buildSchema(type) },
  ]);
  return {
    type: 'object',
    additionalProperties: false,
    properties: { ...Object.fromEntries(properties), ...others },
  };
}

function buildSchema(type: KeyType): object {
  const text = { type: 'string', minLength: 1 };
  switch (type.kind) {
    case 'path':
      return text;
    case 'texts':
      return { type: 'array', minItems: 1, items: text };
    case 'choice':
      return { enum: type.choices };
    case 'whole':
      return { type: 'integer', minimum: 0, maximum: maxWhole };
    case 'flag':
      return { type: 'boolean' };
  }
}
