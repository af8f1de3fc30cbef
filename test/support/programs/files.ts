// Divides a program into files: all in one, or its declarations in others, which are used by name or as a
// whole.

import type { Draw } from './draw.ts';
import type { Schema } from './schema.ts';

export interface Program {
  readonly text: string;
  /** The files that it uses, by path. */
  readonly others: Readonly<Record<string, string>>;
}

const header = 'policy generated version "1.0.0"\n';
const vocabularyFile = 'vocabulary.nhipol';
const shapesFile = 'shapes.nhipol';

export function spread(draw: Draw, schema: Schema, items: readonly string[]): Program {
  const uses = schema.hasCard ? 'use nhi.{ Credential, is_expired }\n' : '';
  const [vocabulary, shapes] = [schema.vocabulary(), schema.shapes()];
  const rest = `${schema.functions()}${items.join('\n')}\n`;
  if (!draw.once(4)) return { text: `${header}${uses}${vocabulary}${shapes}${rest}`, others: {} };
  const names = `use { ${listDeclared(vocabulary).join(', ')} } from "${vocabularyFile}"\n`;
  return {
    text: `${header}${uses}${names}use "${shapesFile}"\n${rest}`,
    others: { [vocabularyFile]: vocabulary, [shapesFile]: `${uses}${names}${shapes}` },
  };
}

function listDeclared(text: string): readonly string[] {
  return [
    ...text.matchAll(/^(?:enum|record|window|(?:external )?(?:transitive )?table|const) (\w+)/gm),
  ].map(([, name = '']) => name);
}
