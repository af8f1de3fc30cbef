// Results of sampled invariants as lines for the console.

import { maskSecrets } from '@nhipol/language';
import { findSourcePlace, type PolicyModel } from '@nhipol/language/model';
import { displayText } from '@nhipol/language/support';
import type { InvariantResult, TableTexts } from '@nhipol/testing';
import type { Colors } from '../io/console.ts';

/** The contents of external tables, one per line. */
export function formatTableLines(tables: TableTexts): readonly string[] {
  return [...tables].map(([name, text]) => `table ${name}: ${displayText(text)}`);
}

export function formatInvariant(
  policy: PolicyModel,
  { invariant, tried, counterexample }: InvariantResult,
  colors: Colors,
): string {
  const name = `invariant ${displayText(invariant.name)}`;
  if (counterexample === undefined) {
    const tries =
      tried === 0 ? 'no request that it applies to was tried' : `not refuted by ${tried} requests`;
    return `  ${colors.good('✓')} ${name} (${tries})\n`;
  }
  const { file, line, column } = findSourcePlace(policy, invariant.span);
  const { request, now, tables, answer } = counterexample;
  const lines = [
    `  ${colors.error('✗')} ${name}`,
    `      ${displayText(file)}:${line}:${column}`,
    `        answer  ${answer.effect}, because ${answer.reasons.join(', ')}`,
    `        now     ${now ?? 'the time of the request'}`,
    `        request ${displayText(maskSecrets(policy, request))}`,
    ...formatTableLines(tables).map((line) => `        ${line}`),
  ];
  return `${lines.join('\n')}\n`;
}
