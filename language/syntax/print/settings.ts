// Prints names and values in braces: constraints, and members of obligations and of rows.

import type { SettingNode } from '../ast.ts';
import { type Doc, printBraces } from './docs.ts';
import { printValue } from './expressions.ts';
import type { Original } from './original.ts';

export function printSettings(settings: readonly SettingNode[], original: Original): Doc {
  const parts = settings.map(({ name, value }) => [name.text, ': ', printValue(value, original)]);
  return printBraces(parts, { opened: original.isOpened(settings) });
}
