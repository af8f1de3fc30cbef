// Conditions on times of day, weekdays and windows that are never or always true, and bands that no score reaches.

import { expect, test } from 'vitest';
import { checkText } from '../../support/checking.ts';

const declared = `policy p
subject any { n: Int }
context { time: Timestamp }
window whole = 00:00..12:00, 12:00..24:00 in "Europe/London"
window office = Mon..Fri 09:00..17:00 in "Europe/London"
window christmas = during 18 Dec..4 Jan in "Europe/London"
window spring = Mon..Fri 09:00..17:00 during 5 Jan..28 Feb in "Europe/London"
window nights = 22:00..06:00 during 1 Feb..28 Feb, 5 Jan..20 Jan in "Europe/London"
window march = 00:00..06:00 during 1 Mar in "Europe/London"
window fifth = during 5 Jan in "Europe/London"
`;

function listWarnings(rules: string): readonly string[] {
  const { found, warned } = checkText(`${declared}for any {\n${rules}\n}`);
  expect(found).toEqual([]);
  return warned.filter((each) => !each.startsWith('unused'));
}

const day = 'weekday(context.time, "Europe/London")';
const clock = 'time_of_day(context.time, "Europe/London")';

test.each([
  `${clock} < 0h`,
  `${clock} >= 24h`,
  `${clock} is 25h`,
  `${day} in {}`,
  `${day} not in { Mon, Tue, Wed, Thu, Fri, Sat, Sun }`,
  `not (${clock} < 24h)`,
  'not (context.time in whole)',
  'context.time in christmas and context.time in spring',
  'context.time in fifth and context.time in christmas',
  'context.time in fifth and context.time not in fifth',
  'weekday(context.time, "Europe/London") is Sun and context.time in spring',
])('a permit when %s never fires', (condition) => {
  expect(listWarnings(`permit x when ${condition}`)).toEqual([
    'never-fires «x» this permit never fires',
  ]);
});

test.each([`${clock} < 24h`, `${day} in { Mon, Tue, Wed, Thu, Fri, Sat, Sun }`])(
  'a permit when %s fires in every year whose offsets are known',
  (condition) => {
    expect(listWarnings(`permit x when ${condition}`)).toEqual([
      'never-false «x» this permit fires unless its condition is unknown',
    ]);
  },
);

test.each([
  `${clock} >= 9h`,
  `${day} in { Mon }`,
  'context.time in office',
  'context.time in christmas',
  'context.time not in christmas',
  'context.time in christmas and context.time not in spring',
  'context.time not in christmas and context.time in spring',
  'context.time not in spring and context.time in fifth',
  // The night of 28 February ends on 29 February or 1 March.
  'context.time in nights and context.time in march',
])('a permit when %s can fire', (condition) => {
  expect(listWarnings(`permit x when ${condition}`)).toEqual([]);
});

test('a restriction that is only for no time at all', () => {
  expect(listWarnings(`permit ok otherwise\ndeny x when ${clock} >= 24h`)[0]).toMatch(
    /^never-true «x»/,
  );
});

const score = (bands: string) =>
  listWarnings(
    `permit ok otherwise\nscore s {\na counts 2 when subject.n > 3\nb counts 3 when subject.n > 5\n${bands}\n}`,
  );

test('a band that no sum of weights reaches', () => {
  expect(score('from 2 challenge\nfrom 5 deny')).toEqual([]);
  expect(score('from 6 deny')).toEqual([
    expect.stringMatching(/^never-fires «.*» this band of a score never fires/s),
  ]);
  // 4 is between the sums 3 and 5.
  expect(score('from 4 challenge\nfrom 5 deny')).toHaveLength(1);
});
