// Mutations of history terms.

import type { EventWord } from '@nhipol/language/syntax';
import { becomes, createRemoval, type Operator, shortenExcerpt } from '../operator.ts';

const otherEvents: Readonly<Record<EventWord, readonly EventWord[]>> = {
  decided: ['allowed', 'refused'],
  allowed: ['decided', 'refused'],
  refused: ['decided', 'allowed'],
  signal: [],
  outcome: [],
};

const events: Operator = {
  name: 'events',
  doc: '`allowed`, `refused` and `decided` replace each other',
  changes: (node, { written }) => {
    if (node.kind !== 'EventPattern') return [];
    const word = written.next(node.span.start, node.events);
    if (word === undefined) return [];
    return otherEvents[node.events].map((other) =>
      becomes(written.replace(word, other), node.events),
    );
  },
};

const pattern: Operator = {
  name: 'event-condition',
  doc: '`where …`, `per …` or `across sessions per …` is removed from a pattern of events',
  changes: (node, { written }) => {
    if (node.kind !== 'EventPattern') return [];
    const { condition, across, key } = node;
    const isOfCondition = key?.paths.length === 0;
    // `across sessions` needs a key.
    const words = (isOfCondition ? 2 : 1) + (across ? 2 : 0);
    const parts = [
      // `up to` alone limits the values that the condition compares.
      condition && {
        word: written.before(condition.span.start),
        last: isOfCondition ? key.limit : condition,
      },
      key && (across || !isOfCondition)
        ? { word: written.before(key.span.start, words), last: key.limit }
        : undefined,
    ];
    return parts.flatMap((part) => {
      const word = part?.word;
      const before = word && written.before(word.start);
      if (part === undefined || before === undefined) return [];
      const { end } = part.last.span;
      const what = `\`${shortenExcerpt(written.at({ start: word?.start ?? end, end }))}\``;
      return createRemoval(written.put(before.end, end, ''), what);
    });
  },
};

const within: Operator = {
  name: 'within',
  doc: '`within …` is removed from a history term, so that no event is too old',
  changes: (node, { written }) => {
    const window = node.kind === 'History' ? (node.within ?? node.period) : undefined;
    if (window === undefined) return [];
    const { start, end } = window.span;
    const comma = written.before(start, 2);
    if (comma === undefined) return [];
    return createRemoval(
      written.put(comma.start, end, ''),
      `\`within ${written.at({ start, end })}\``,
    );
  },
};

const ends: Operator = {
  name: 'since',
  doc: '`since(a, b)` becomes `once(a)`',
  changes: (node, { written }) => {
    if (node.kind !== 'History' || node.start === undefined) return [];
    const pattern = written.at(node.pattern.span);
    const edit = written.replace(node.span, `once(${pattern})`);
    return [
      {
        edits: [edit],
        does: `\`${shortenExcerpt(written.at(node.start.span))}\` is removed as an end`,
      },
    ];
  },
};

export const historyOperators: readonly Operator[] = [events, pattern, within, ends];
