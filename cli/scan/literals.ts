// Spells what a server or a log contains as source: JSON values in tests, and words in comments.

import { displayText } from '@nhipol/language/support';
import { quote } from '@nhipol/language/syntax';
import { isMembers } from '@nhipol/runtime/abi';

/** A JSON value as it is written in tests. */
export function formatJsonLiteral(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return formatNumberLiteral(value);
  if (Array.isArray(value)) return `[${value.map(formatJsonLiteral).join(', ')}]`;
  if (!isMembers(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([name, each]) => `${quote(name)}: ${formatJsonLiteral(each)}`,
  );
  return `{ ${members.join(', ')} }`;
}

/** Literals have no exponent, and at most six decimal places. */
export function formatNumberLiteral(value: number): string {
  if (Number.isInteger(value)) return BigInt(value).toString();
  return value.toFixed(6).replace(/\.?0+$/, '');
}

/** A comment with words of a server. It is always one line. */
export function formatComment(text: string): string {
  return `// ${displayText(text)}`;
}
