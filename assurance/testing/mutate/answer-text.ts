// The answer of a mutant in half a sentence.

import { displayText } from '@nhipol/language/support';
import { formatAnyInstant } from './instant-text.ts';
import { findExpectableDifference, type WitnessAnswers } from './witness.ts';

/** The mutant's answer in short, with the part that differs. */
export function answerText({ before, after }: WitnessAnswers): string {
  const { effect, reasons, validUntil } = after;
  const said = `${effect} because ${reasons.join(', ')}`;
  const what = findExpectableDifference(before, after);
  if (what === 'until')
    return `${said} ${validUntil === undefined ? 'without an end' : `until ${formatAnyInstant(validUntil)}`}`;
  return displayText(
    what === 'constraints' || what === 'obligations'
      ? `${said} with other ${what}`
      : what === 'lower'
        ? `${said} with another counter-offer`
        : said,
  );
}
