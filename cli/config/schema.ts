// The keys of nhipol.toml as a JSON Schema, for editors: it takes the files that `readConfig` takes.
// docs/nhipol.schema.json is its text.

import { type Key, type KeyType, keys, mostWhole, sections } from './keys.ts';

export function configSchema(): object {
  const bySection = sections.map((section) => [section, tableOf(keysOf(section), {})] as const);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'nhipol.toml',
    ...tableOf(keysOf(undefined), Object.fromEntries(bySection)),
  };
}

/** As it is written, indented for reading. */
export function schemaText(): string {
  return `${JSON.stringify(configSchema(), undefined, 2)}\n`;
}

function keysOf(section: string | undefined): readonly Key[] {
  return keys.filter((key) => key.section === section);
}

function tableOf(own: readonly Key[], others: Readonly<Record<string, object>>): object {
  const properties = own.map(({ name, type, doc }) => [
    name,
    { description: doc, ...schemaOf(type) },
  ]);
  return {
    type: 'object',
    additionalProperties: false,
    properties: { ...Object.fromEntries(properties), ...others },
  };
}

function schemaOf(type: KeyType): object {
  const text = { type: 'string', minLength: 1 };
  switch (type.kind) {
    case 'path':
      return text;
    case 'texts':
      return { type: 'array', minItems: 1, items: text };
    case 'choice':
      return { enum: type.choices };
    case 'whole':
      return { type: 'integer', minimum: 0, maximum: mostWhole };
    case 'flag':
      return { type: 'boolean' };
  }
}
