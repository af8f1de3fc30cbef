// Limits of what is learned, and strings as source.

import { quote } from '@nhipol/language/syntax';

export interface LearningLimits {
  /** The maximum number of values of a string that are listed, and of prefixes. */
  readonly maxValues: number;
  /** The maximum number of segments of a prefix. */
  readonly prefixDepth: number;
}

/** The condition that a string is one of these values; at least one. */
export function writeStringChoice(path: string, values: Iterable<string>): string {
  const sorted = [...values].sort();
  // Braces are literal in a set, but look like a placeholder.
  const listed = sorted.filter((value) => !value.includes('{'));
  const single = sorted.filter((value) => listed.length < 2 || value.includes('{'));
  const alternatives = [
    ...(listed.length < 2 ? [] : [`${path} in { ${listed.map(quote).join(', ')} }`]),
    ...single.map((value) => `${path} is ${escapeTemplate(value)}`),
  ];
  return alternatives.length === 1 ? `${alternatives[0]}` : `(${alternatives.join(' or ')})`;
}

/** A string in a place that has placeholders. */
export function escapeTemplate(text: string): string {
  return quote(text.replaceAll('{', '{{').replaceAll('}', '}}'));
}
