// An answer in one line: its effect, its reasons, and how long it is valid.

import type { EffectName } from '@nhipol/runtime/abi';
import { Effect } from './effect.tsx';
import { displayInstant } from './instant.ts';

export interface AnswerSummary {
  readonly effect: EffectName;
  readonly reasons: readonly string[];
  /** RFC 3339, or `undefined` if time alone does not change the answer. */
  readonly validUntil: string | undefined;
}

export function AnswerLine({ answer }: { readonly answer: AnswerSummary }) {
  const { effect, reasons, validUntil } = answer;
  return (
    <p class="answer" role="status">
      <Effect effect={effect} />{' '}
      {reasons.map((reason) => (
        <code key={reason}>{reason}</code>
      ))}{' '}
      <span class="soft">
        {validUntil === undefined
          ? 'until something changes'
          : `until ${displayInstant(validUntil)}, if nothing else changes`}
      </span>
    </p>
  );
}
