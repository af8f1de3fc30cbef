// Formats values as literals of the language, cut to fit on a line.

import { quote, spellDecimal, spellName } from '../syntax/print/spelling.ts';
import { isQuoted } from '../types/scalars.ts';
import { showRange, type Type, typeName, type Value } from '../types/types.ts';
import { compareCodePoints, showValue } from '../types/values.ts';

/** The maximum number of characters of a string, and of elements of a set. */
const maxShown = { text: 80, elements: 8 } as const;

export function formatLiteral(type: Type, value: Value): string {
  if (Array.isArray(value) && (type.kind === 'Set' || type.kind === 'List')) {
    const shown = (value as readonly Value[]).map((element) =>
      formatLiteral(type.element, element),
    );
    return formatElements(type.kind === 'Set' ? shown.sort(compareCodePoints) : shown);
  }
  if (isQuoted(type)) return quoteExcerpt(value as string);
  if (type.kind === 'Decimal') return spellDecimal(value as bigint);
  if (type.kind === 'Enum') return spellName(type.members[value as number] ?? '');
  return showValue(type, value);
}

/** Quotes a string and cuts it if it is long. */
export function quoteExcerpt(text: string): string {
  return quote(cut(text));
}

/** Cuts a string to at most `length` characters. */
export function cut(text: string, length: number = maxShown.text): string {
  const characters = [...text];
  return characters.length > length ? `${characters.slice(0, length).join('')}…` : text;
}

/** Lists elements in braces, with the number of those that are left out. */
export function formatElements(shown: readonly string[]): string {
  if (shown.length === 0) return '{}';
  const rest = shown.length - maxShown.elements;
  const first = shown.slice(0, maxShown.elements);
  return `{ ${[...first, ...(rest > 0 ? [`… ${rest} more`] : [])].join(', ')} }`;
}

/** The values that a type allows, in words. */
export function describeExpectedForm(type: Type): string {
  if (type.kind === 'Enum') return `one of ${formatElements(type.members.map(spellName))}`;
  if ((type.kind === 'Int' || type.kind === 'Decimal') && type.range !== undefined)
    return `in ${showRange(type, type.range)}`;
  if (type.kind === 'Int' || type.kind === 'Decimal') return 'a 64-bit number';
  const name = typeName(type);
  return `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name}`;
}
