// Obligations as source text: their declarations, and what a rule or a test asks for.

import type { DemandNode, ObligationNode } from '../ast.ts';
import { printRecordType } from './declarations.ts';
import { printExpr } from './expressions.ts';
import { printBraced } from './literals.ts';

export function printObligation({ name, type, members }: ObligationNode): string {
  const head = `obligation ${name.text}${type ? `: ${type.text}` : ''}`;
  return `${head} ${printRecordType(members, '', head.length + 1)}`;
}

export function printDemands(demands: readonly DemandNode[], indent: string): string {
  const parts = demands.map(({ name, settings }) => {
    if (settings.length === 0) return name.text;
    const values = settings.map((setting) => `${setting.name.text}: ${printExpr(setting.value)}`);
    return `${name.text} ${printBraced(values, indent, indent.length + 'with '.length)}`;
  });
  return `with ${parts.join(', ')}`;
}
