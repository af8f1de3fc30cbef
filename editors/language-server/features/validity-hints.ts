// Inlay hints at the expectations of tests: when the answer ends, if time alone can change it and the test does not say.

import { formatInstant } from '@nhipol/language/types';
import { listStepRequests, readContextTime } from '@nhipol/testing';
import { formatAnyInstant } from '@nhipol/testing/mutation';
import { type InlayHint, InlayHintKind, type Range } from 'vscode-languageserver';
import { listExpectations } from '../index/tests.ts';
import type { DocumentPositions } from '../positions.ts';
import type { PolicyTestRun } from '../runs/test-run.ts';

export function listValidityHints(
  { results }: PolicyTestRun,
  file: string,
  range: Range,
  positions: DocumentPositions,
): InlayHint[] {
  const hints: InlayHint[] = [];
  for (const { listed, result } of results) {
    if (listed.span.file !== file) continue;
    const nodes = listExpectations(listed.node);
    for (const [index, { step, now, request }] of listStepRequests(result.test).entries()) {
      const end = result.given[index]?.at(-1)?.validUntil;
      const node = listed.isRow
        ? nodes.find(({ span }) => span.start === listed.span.start)
        : nodes[index];
      if (end === undefined || node === undefined || step.until !== undefined) continue;
      const position = positions.toRange(node.span).end;
      if (position.line < range.start.line || position.line > range.end.line) continue;
      hints.push({
        position,
        label: `valid until ${formatShortly(end, now ?? readContextTime(request))}`,
        kind: InlayHintKind.Parameter,
        tooltip: `Time alone can change this answer at ${formatInstant(end)}.`,
        paddingLeft: true,
      });
    }
  }
  return hints;
}

/** The time alone, if it is on the day of the decision. */
function formatShortly(end: number, now: bigint | undefined): string {
  const text = formatAnyInstant(end);
  const [day, time = ''] = text.split('T');
  if (now === undefined || formatAnyInstant(now).split('T')[0] !== day) return text;
  return time.replace(/(:00)?Z$/, '');
}
