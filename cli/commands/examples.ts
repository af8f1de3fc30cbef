// The examples at the end of a verb's help: a command and what comes of it, one below the other.

import { columns } from '../output/columns.ts';

export function examples(rows: readonly (readonly [command: string, what: string])[]): string {
  return `\nExamples:\n${columns(rows)}`;
}
