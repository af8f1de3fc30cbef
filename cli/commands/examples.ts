// The examples at the end of a command's help. docs/cli.md is generated from them, too.

import { alignColumns } from '../output/columns.ts';

export function formatExamples(
  rows: readonly (readonly [command: string, description: string])[],
): string {
  return `\nExamples:\n${alignColumns(rows)}`;
}
