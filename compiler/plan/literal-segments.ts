// The segments that every string has that matches a pattern, by their positions from the start: segments
// without a wildcard, up to the first `**`. `undefined` if none is certain.

import type { Pattern } from '@nhipol/language/types';

/** Segments after this number are not considered. */
const maxSegments = 16;

export function listLiteralSegments({
  language,
  text,
  separator,
  ignoringCase,
}: Pattern['source']): ReadonlyMap<number, string> | undefined {
  if (language === 'regex' || ignoringCase) return undefined;
  // Escapes, classes and alternatives can express the same literal differently.
  if (language === 'glob' && /[\\[\]{}]/.test(text)) return undefined;
  const found = new Map<number, string>();
  for (const [at, segment] of text.split(separator).slice(0, maxSegments).entries()) {
    if (segment === '**') break;
    if (!/[*?]/.test(segment)) found.set(at, segment);
  }
  return found.size === 0 ? undefined : found;
}
