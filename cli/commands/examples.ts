// The examples at the end of a command's help. docs/cli.md is generated from them, too.

import { columns } from '../output/columns.ts';

export function formatExamples(
  rows: readonly (readonly [command: string, description: string])[],
): string {
  return `\nExamples:\n${columns(rows)}`;
}
