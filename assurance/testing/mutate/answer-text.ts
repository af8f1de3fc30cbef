// The answer of a mutant in half a sentence.

import { displayText } from '@nhipol/language/support';
import { instantText } from './instant-text.ts';
import { difference, type WitnessAnswers } from './witness.ts';

/** The mutant's answer in short, with the part that differs. */
export function answerText({ before, after }: WitnessAnswers): string {
  const { effect, reasons, validUntil } = after;
  const said = `${effect} because ${reasons.join(', ')}`;
  const what = difference(before, after);
  if (what === 'until')
    return `${said} ${validUntil === undefined ? 'without an end' : `until ${instantText(validUntil)}`}`;
  return displayText(
    what === 'constraints' || what === 'obligations'
      ? `${said} with other ${what}`
      : what === 'lower'
        ? `${said} with another counter-offer`
        : said,
  );
}
