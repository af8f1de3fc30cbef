// Formats a source without errors in tests.

import { format } from '@nhipol/language/format';

export function formatOrFail(text: string): string {
  const { text: result, diagnostics } = format('p.nhipol', text);
  if (result === undefined) {
    throw new Error(`${diagnostics.map(({ message }) => message).join('\n')}\n${text}`);
  }
  return result;
}
