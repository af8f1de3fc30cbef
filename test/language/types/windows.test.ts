// Errors in windows, zones and calendar fields, with the underlined source.

import { expect, test } from 'vitest';
import { checkText } from '../../support/checking.ts';

const head = 'policy p\ncontext { time: Timestamp, at?: Timestamp, wait?: Duration }\n';
const office = 'window office = Mon..Fri 09:00..17:00 in "Europe/Berlin"\n';

/** The errors of a window declaration, or of the condition of a deny. */
function listErrors(text: string): readonly string[] {
  const policy = text.startsWith('window')
    ? `${head}${text}\nfor any { permit ok otherwise }`
    : `${head}${office}for any { deny no when ${text} }`;
  return checkText(policy).found;
}

test.for([
  [
    'window w = 9:00..17:00 in "UTC"',
    'syntax-error «9:00» expected a time of day such as `09:00`, found `9:00`',
  ],
  [
    'window w = Mo 09:00..17:00 in "UTC"',
    'bad-weekday «Mo» `Mo` is not a weekday: did you mean `Mon`?',
  ],
  [
    'window w = tuesday 09:00..17:00 in "UTC"',
    'bad-weekday «tuesday» `tuesday` is not a weekday: did you mean `Tue`?',
  ],
  [
    'window w = Mon..Payday 09:00..17:00 in "UTC"',
    'bad-weekday «Payday» `Payday` is not a weekday',
  ],
  ['window w = 1th Mon 09:00..17:00 in "UTC"', 'bad-nth «1th» `1th` is not a weekday of a month'],
  [
    'window w = last Mon..Fri 09:00..17:00 in "UTC"',
    'bad-nth «last Mon..Fri» `last Mon..Fri` is not a weekday of a month',
  ],
  [
    'window w = 24:00..02:00 in "UTC"',
    'bad-time-of-day «24:00» `24:00` is not a valid time of day here',
  ],
  [
    'window w = 09:60..10:00 in "UTC"',
    'bad-time-of-day «09:60» `09:60` is not a valid time of day here',
  ],
  [
    'window w = 09:00..24:00:01 in "UTC"',
    'bad-time-of-day «24:00:01» `24:00:01` is not a valid time of day here',
  ],
  [
    'window w = 09:00..09:00 in "UTC"',
    'empty-range «09:00..09:00» the range ends where it begins, at `09:00`',
  ],
  [
    'window w = during 31 Jun in "UTC"',
    'bad-season «31 Jun» `31 Jun` is not a valid season: Jun has 30 days',
  ],
  [
    'window w = during 1 Jan..30 Feb in "UTC"',
    'bad-season «30 Feb» `30 Feb` is not a valid season: Feb has at most 29 days',
  ],
  [
    'window w = during 0 Jan in "UTC"',
    'bad-season «0 Jan» `0 Jan` is not a valid season: the day does not exist',
  ],
  [
    'window w = during 18 December..4 Jan in "UTC"',
    'bad-season «18 December..4 Jan» `18 December..4 Jan` is not a valid season: it is written `18 Dec..4 Jan`',
  ],
  [
    'window w = during 18 Dec to 4 Jan in "UTC"',
    'bad-season «18 Dec to 4 Jan» `18 Dec to 4 Jan` is not a valid season: it is written `18 Dec..4 Jan`',
  ],
  [
    'window w = during Dec 18, 4th jan in "UTC"',
    'bad-season «Dec 18» `Dec 18` is not a valid season: it is written `18 Dec`',
  ],
  [
    'window w = during 18 Decade in "UTC"',
    'bad-season «18 Decade» `18 Decade` is not a valid season: `Decade` is not a month',
  ],
  [
    'window w = during Jun..Aug in "UTC"',
    'bad-season «Jun» `Jun` is not a valid season: the day of the month is missing',
  ],
  [
    'window w = 5th Mon 09:00..17:00 during 28 Jul..31 Jul, 1 Feb..28 Feb in "UTC"',
    'empty-season «1 Feb..28 Feb» `w` never begins during 1 Feb..28 Feb',
  ],
  [
    'window w = during 5 Jan..30 Jun, 1 Jul..4 Jan in "UTC"',
    'needless-season «5 Jan..30 Jun, 1 Jul..4 Jan» the seasons contain every day of the year',
  ],
  [
    'window w = during 18 Dec..4 Jan in "UTC" except 2026-12-17',
    'needless-exception «2026-12-17» `w` never begins on 2026-12-17, so it needs no exception',
  ],
  [
    'window w = 09:00..17:00 in "UTC" except 2026-02-30',
    'bad-date «2026-02-30» `2026-02-30` is not a valid exception: the day does not exist',
  ],
  [
    'window w = 09:00..17:00 in "UTC" except 2026-12-25T00:00:00Z',
    'bad-date «2026-12-25T00:00:00Z» `2026-12-25T00:00:00Z` is not a valid exception: an exception must be a whole day',
  ],
  [
    'window w = 09:00..17:00 in "UTC" except 2026-12-26..2026-12-24',
    'bad-date «2026-12-26..2026-12-24» `2026-12-26..2026-12-24` is not a valid exception: it ends before it begins',
  ],
  [
    'window w = 09:00..17:00 in "Europe/Rome" except 2099-12-31..2100-01-01',
    'exception-unknown «2099-12-31..2100-01-01» time zone data does not cover 2099-12-31..2100-01-01',
  ],
  [
    'window w = 1st Mon 09:00..17:00 in "UTC" except 2026-12-14',
    'needless-exception «2026-12-14» `w` never begins on 2026-12-14, so it needs no exception',
  ],
  [
    'window w = Fri..Mon 09:00..17:00 in "UTC" except 2026-12-22..2026-12-24',
    'needless-exception «2026-12-22..2026-12-24» `w` never begins on 2026-12-22..2026-12-24, so it needs no exception',
  ],
  [
    'window w = 09:00..17:00 in "europe/berlin"',
    'unknown-zone «"europe/berlin"» unknown time zone `europe/berlin` in the IANA data (2026f): did you mean `Europe/Berlin`?',
  ],
  [
    'window w = 09:00..17:00 in "New York"',
    'unknown-zone «"New York"» unknown time zone `New York` in the IANA data (2026f): did you mean `America/New_York`?',
  ],
  ['context.time in ofice', 'unknown-name «ofice» unknown name `ofice`: did you mean `office`?'],
  ['office', 'not-a-value «office» `office` is not a value'],
  [
    'context.wait in office',
    'not-a-window «context.wait» a window contains instants, and this is Duration',
  ],
  ['Mon in office', 'unknown-name «Mon» unknown name `Mon`'],
  [
    'weekday(context.time) is Mon',
    'wrong-arity «weekday(context.time)» `weekday` takes 2 arguments, found 1',
  ],
  [
    'weekday(context.time, "Berlin") is Mon',
    'unknown-zone «"Berlin"» unknown time zone `Berlin` in the IANA data (2026f): did you mean `Europe/Berlin`?',
  ],
  [
    'weekday(context.time, context.at) is Mon',
    'zone-not-constant «context.at» a time zone must be a string literal',
  ],
  [
    'week_day(context.at, "UTC") is Mon',
    'unknown-function «week_day» unknown function `week_day`: did you mean `weekday`?',
  ],
  [
    'weekday(context.wait, "UTC") is Mon',
    'wrong-type «context.wait» expected Timestamp, found Duration',
  ],
] as const)('reports the error in %s', ([text, expected]) => {
  expect(listErrors(text)).toEqual([expected]);
});

test.for([
  'weekday(context.time, "UTC") is weekday(context.at, "UTC")',
  'weekday(context.time, "UTC") is weekday(context.time, "UTC")',
  'time_of_day(context.time, "UTC") < context.wait',
  'time_of_day(context.time, "UTC") + 1h < 09:00',
  '(time_of_day(context.time, "UTC") else 1h) < 09:00',
  'time_of_day(context.time, "UTC") in { 1h }',
  'context.at + age(context.at) in office',
  'context.at - (context.time - context.at) in office',
  'weekday(context.at + age(context.at), "UTC") is Mon',
])('reports %s as untraceable', (text) => {
  expect(listErrors(text).map((found) => found.split(' ')[0])).toEqual(['time-not-traceable']);
});

test('a calendar field can be bound by `let` and tested with `known`', () => {
  const text = `${head}for any {
    let day = weekday(context.time, "UTC")
    deny sunday when day is Sun
    given time = time_of_day(context.time, "UTC") {
      deny early when time < 09:00
    } otherwise ignore
  }`;
  expect(checkText(text).found).toEqual([]);
});

test('a message cannot contain a calendar field', () => {
  const rules = 'let day = weekday(context.time, "UTC")\ndeny no because "on {day}"';
  const { found } = checkText(`${head}for any { ${rules} }`);
  expect(found.map((each) => each.split(' ', 2).join(' '))).toEqual(['time-not-traceable «day»']);
});

test('a window can be imported by name or with its whole file', () => {
  const rule = 'for any { permit ok when context.time in office }';
  expect(
    checkText(`${head}use { office } from "w.nhipol"\n${rule}`, { 'w.nhipol': office }).found,
  ).toEqual([]);
  expect(checkText(`${head}use "w.nhipol"\n${rule}`, { 'w.nhipol': office }).found).toEqual([]);
  expect(
    checkText(`${head}use "w.nhipol"\n${office}${rule}`, { 'w.nhipol': office }).found,
  ).toEqual(['name-collision «"w.nhipol"» `office` is declared here and in `w.nhipol`']);
});
