// An answer: its effect, its reasons and how long it is valid, and below them the explanation and the response.

import type { Decided } from '../worker/contract.ts';
import { Effect } from './effect.tsx';
import { Markup } from './markup.tsx';
import { Scrollable } from './scrollable.tsx';

export function AnswerLine({ answer }: { readonly answer: Decided }) {
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
          : `until ${shownInstant(validUntil)}, if nothing else changes`}
      </span>
    </p>
  );
}

export function Answer({ answer }: { readonly answer: Decided }) {
  return (
    <>
      <AnswerLine answer={answer} />
      <Scrollable label="Explanation" class="why">
        <Markup html={answer.explanationHtml} />
      </Scrollable>
      <details>
        <summary>Response (AuthZEN)</summary>
        <Scrollable label="Response" class="response">
          <pre>
            <code>{answer.response}</code>
          </pre>
        </Scrollable>
      </details>
    </>
  );
}

/** `2026-03-03 10:05:00`, without a time zone if it is UTC. */
export function shownInstant(instant: string): string {
  return instant.replace('T', ' ').replace(/(?:\.000)?Z$/, ' UTC');
}
