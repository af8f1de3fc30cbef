// The segments that every text has which matches a pattern, by their places from the start: those
// without a wildcard, up to the first `**`. undefined: none for certain.

import type { Pattern } from '../../language/index.ts';

/** Segments behind these are not looked at. */
export const mostSegments = 16;

export function literalSegments({
  language,
  text,
  separator,
  ignoringCase,
}: Pattern['source']): ReadonlyMap<number, string> | undefined {
  if (language === 'regex' || ignoringCase) return undefined;
  // Escapes, classes and alternatives may say the same in other words.
  if (language === 'glob' && /[\\[\]{}]/.test(text)) return undefined;
  const found = new Map<number, string>();
  for (const [at, segment] of text.split(separator).slice(0, mostSegments).entries()) {
    if (segment === '**') break;
    if (!/[*?]/.test(segment)) found.set(at, segment);
  }
  return found.size === 0 ? undefined : found;
}
