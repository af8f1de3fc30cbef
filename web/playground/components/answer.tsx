// An answer: its effect, its reasons and how long it is valid, and below them the explanation and the response.

import { AnswerLine, ResponseText, Scrollable } from '@nhipol/components';
import type { ShownAnswer } from '../worker/contract.ts';
import { Markup } from './markup.tsx';

export function AnswerView({ answer }: { readonly answer: ShownAnswer }) {
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
