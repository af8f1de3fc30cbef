// The identity of symbolic values, so that a function of equal operands has one result wherever it is applied.

import type { Linear } from '../formula/linear.ts';
import type { NumberCase, NumberSet, OpenNumbers, Symbolic } from './symbolic.ts';

/** Values with one key are equal in every request, or `undefined` if the value has no key. */
export function findIdentity(value: Symbolic): string | undefined {
  switch (value.kind) {
    case 'truth':
      return `${value.yes} ${value.no}`;
    case 'choice':
      return JSON.stringify([...value.values]);
    case 'number':
      return `${value.clock} ${value.sign} ${value.cases.map(formatCase).join(' ')}`;
    case 'set':
      return `${value.held} ${value.unusable} ${JSON.stringify([...value.elements])}`;
    case 'text':
      return `text ${value.cases.map(({ guard, term }) => `${guard}:${term}`).join(' ')}`;
    case 'texts':
      return `texts ${value.held} ${value.unusable} ${value.key}`;
    case 'open numbers':
      return `numbers ${value.held} ${value.unusable} ${value.key}`;
    default:
      value.kind satisfies 'numbers' | 'record' | 'list' | 'open list';
      return undefined;
  }
}

/** The identity of several values, or `undefined` if one has none. */
export function identifyValues(values: readonly Symbolic[]): string | undefined {
  const keys = values.map(findIdentity);
  return keys.includes(undefined) ? undefined : keys.join(' | ');
}

/** Sets of numbers with one key have the same elements. */
export function buildNumbersKey(set: NumberSet | OpenNumbers): string {
  if (set.kind === 'open numbers') return set.key;
  return set.items.map(({ present, term }) => `${present}:${formatLinear(term)}`).join(' ');
}

function formatCase({ guard, term, of }: NumberCase): string {
  return `${guard}:${formatLinear(term)}${of === undefined ? '' : `@${formatLinear(of)}`}`;
}

function formatLinear({ constant, terms }: Linear): string {
  return `${constant}${[...terms].map(([variable, c]) => `+${c}*${variable}`).join('')}`;
}
