// An answer: its effect, its reasons and how long it is valid, and below them the explanation and the response.

import { AnswerLine, ResponseText, Scrollable } from '@nhipol/components';
import type { Decided } from '../worker/contract.ts';
import { Markup } from './markup.tsx';

export function Answer({ answer }: { readonly answer: Decided }) {
  return (
    <>
      <AnswerLine answer={answer} />
      <Scrollable label="Explanation" class="why">
        <Markup html={answer.explanationHtml} />
      </Scrollable>
      <ResponseText text={answer.response} />
    </>
  );
}
