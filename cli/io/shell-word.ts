// Words of a POSIX shell.

import { displayText } from '@nhipol/language/support';

/**
 * Quotes a text, if that is needed, so that a shell reads it as one word. Characters that a terminal does not show are written
 * by their bytes, since a word is printed to be copied. The line feeds at the end of such a text are lost.
 */
export function quoteWord(text: string): string {
  if (/^[A-Za-z0-9_./:@-]+$/.test(text)) return text;
  if (displayText(text) !== text) return `"$(printf '${printfFormat(text)}')"`;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Whether `quoteWord` keeps a text as it is. */
export function canQuote(text: string): boolean {
  return !text.endsWith('\n');
}

/** The format with which `printf` writes a text. */
function printfFormat(text: string): string {
  return Array.from(Buffer.from(text), (byte) => {
    const character = String.fromCharCode(byte);
    if (character === '%') return '%%';
    if (/^[ -~]$/.test(character) && character !== "'" && character !== '\\') return character;
    return `\\${byte.toString(8).padStart(3, '0')}`;
  }).join('');
}
