// Mutations of windows and of freshness.

import type { DaysNode, YearDayNode } from '@nhipol/language/syntax';
import { dayLength, formatYearDay, toYearDay, weekdayNames } from '@nhipol/language/types';
import { becomes, createRemoval, type Operator, shortenExcerpt } from '../operator.ts';

const fresh: Operator = {
  name: 'fresh',
  doc: '`fresh …` is removed, so that no value becomes stale',
  changes: (node, { written }) => {
    if (node.kind !== 'Member' || node.fresh === undefined) return [];
    const word = written.before(node.fresh.span.start);
    const { start, end } = node.type.span;
    if (word === undefined) return [];
    return createRemoval(
      written.put(end, node.fresh.span.end, ''),
      `\`${written.at({ start: word.start, end: node.fresh.span.end })}\` of ${shortenExcerpt(written.at({ start, end }))}`,
    );
  },
};

const weekday: Operator = {
  name: 'weekday',
  doc: 'the weekdays of a window begin or end one day earlier or later',
  changes: (node, { written }) =>
    node.kind === 'Days'
      ? listNeighborDays(node).map((days) => {
          // The ordinal of a weekday in a month is before its name.
          const names = written
            .between(node.span.start, node.span.end)
            .filter(({ word }) => weekdayNames.includes(word));
          const start = names[0]?.start ?? node.span.start;
          const span = { start, end: node.span.end };
          return becomes(written.replace(span, days), written.at(span));
        })
      : [],
};

function listNeighborDays({ from, to }: DaysNode): readonly string[] {
  const name = (day: number) => weekdayNames[(day + 7) % 7] ?? '';
  if (to === undefined) return [name(from + 1), name(from - 1)];
  const days = (first: number, last: number) =>
    (first + 7) % 7 === (last + 7) % 7 ? name(first) : `${name(first)}..${name(last)}`;
  return [days(from + 1, to), days(from - 1, to), days(from, to + 1), days(from, to - 1)];
}

const season: Operator = {
  name: 'season',
  doc: 'a season of a window is removed, or begins or ends one day earlier or later',
  changes: (node, { written }) => {
    if (node.kind === 'YearDay')
      return listNeighborYearDays(node).map((day) =>
        becomes(written.replace(node.span, day), written.at(node.span)),
      );
    if (node.kind !== 'Window' || node.seasons.length < 2) return [];
    return node.seasons.flatMap(({ span }, index) =>
      createRemoval(written.without(node.seasons, index), `\`${written.at(span)}\``),
    );
  },
};

/** The days before and after, in a leap year. */
function listNeighborYearDays({ yearDay }: YearDayNode): readonly string[] {
  const day = Date.UTC(2024, Math.floor(yearDay / 100) - 1, yearDay % 100) / dayLength;
  return [day - 1, day + 1].map((other) => formatYearDay(toYearDay(other)));
}

const exception: Operator = {
  name: 'exception',
  doc: 'a date on which a window stays closed is removed',
  changes: (node, { written }) => {
    if (node.kind !== 'Window') return [];
    const [only, another] = node.except;
    if (only === undefined) return [];
    if (another === undefined) {
      const edit = written.put(node.zone.span.end, only.span.end, '');
      return createRemoval(edit, `\`except ${written.at(only.span)}\``);
    }
    return node.except.flatMap(({ span }, index) =>
      createRemoval(written.without(node.except, index), `\`${written.at(span)}\``),
    );
  },
};

const hours: Operator = {
  name: 'hours',
  doc: 'weekdays or times of day are removed from a window',
  changes: (node, { written }) => {
    const lists =
      node.kind === 'Window'
        ? [node.parts]
        : node.kind === 'WindowPart'
          ? [node.days, node.ranges]
          : [];
    return lists.flatMap((parts) =>
      parts.length < 2
        ? []
        : parts.flatMap(({ span }, index) =>
            createRemoval(written.without(parts, index), `\`${shortenExcerpt(written.at(span))}\``),
          ),
    );
  },
};

const zone: Operator = {
  name: 'zone',
  doc: 'a window uses another time zone',
  changes: (node, { written }) => {
    if (node.kind !== 'Window') return [];
    const other = node.zone.value === 'UTC' ? '"Asia/Tokyo"' : '"UTC"';
    return [becomes(written.replace(node.zone.span, other), written.at(node.zone.span))];
  },
};

export const timeOperators: readonly Operator[] = [fresh, weekday, season, exception, hours, zone];
