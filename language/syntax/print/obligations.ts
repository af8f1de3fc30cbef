// Prints declarations of obligations, and the `with` clauses of rules and tests.

import type { DemandNode, ObligationNode } from '../ast.ts';
import { printRecordType } from './declarations.ts';
import { type Doc, group, indent, join, line } from './docs.ts';
import type { Original } from './original.ts';
import { printSettings } from './settings.ts';

export function printObligation({ name, type, members }: ObligationNode, original: Original): Doc {
  const head = [`obligation ${name.text}`, type ? [': ', type.text] : '', ' '];
  return [head, printRecordType(members, original)];
}

/**
 * Prints demands, on separate lines if they do not fit on one. `last`: the last one has braces even if
 * they are empty.
 */
export function printDemands(
  demands: readonly DemandNode[],
  original: Original,
  last?: 'braces',
): Doc {
  const printed = demands.map(({ name, settings }, index) => {
    const bare = settings.length === 0 && (last === undefined || index + 1 < demands.length);
    return bare ? name.text : [`${name.text} `, printSettings(settings, original)];
  });
  if (printed.length === 1) return ['with ', ...printed];
  return group(['with', indent([line, join([',', line], printed)])]);
}
