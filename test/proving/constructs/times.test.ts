// The time of day and the weekday of instants of the request are exact.

import { expect, test } from 'vitest';
import { expectAgreement, listVerdicts } from './verdicts.ts';

const invariant = (name: string, claim: string) => `invariant "${name}" for any\n  ${claim}\n`;

test('the time of day and the weekday of an instant', () => {
  const text = `policy acme.times
subject any { issued_at: Timestamp, until?: Timestamp }
for any {
  permit ok otherwise
  deny late when time_of_day(subject.issued_at, "Europe/Berlin") >= 18:00
  deny sunday when weekday(subject.issued_at, "UTC") is Sun
}
${invariant('noon', 'subject.issued_at is 2026-03-03T11:00:00Z implies effect is permit')}
${invariant('evening', 'subject.issued_at is 2026-07-03T16:00:00Z implies "late" in reasons')}
${invariant('winter', 'subject.issued_at is 2026-01-05T16:00:00Z implies "late" in reasons')}
${invariant('sunday', 'subject.issued_at is 2026-03-08T11:00:00Z implies effect is deny')}
`;
  expect(listVerdicts(text)).toEqual({
    noon: 'proved',
    evening: 'proved',
    winter: 'refuted',
    sunday: 'proved',
  });
  expectAgreement(text);
});
