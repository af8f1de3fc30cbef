// Formatting in tests: a text without errors in, the formatted text out.

import { format } from '../../language/syntax/format/format.ts';

export function formatted(text: string): string {
  const { text: result, diagnostics } = format('p.nhipol', text);
  if (result === undefined) {
    throw new Error(`${diagnostics.map(({ message }) => message).join('\n')}\n${text}`);
  }
  return result;
}
