// Words of a POSIX shell.

import { displayText } from '@nhipol/language/support';

/** Quotes a text, if that is needed, so that a shell reads it as one word. */
export function quoteWord(text: string): string {
  return /^[A-Za-z0-9_./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * Quotes a text for a command that a person copies from a terminal: characters that a terminal does not show are written by
 * their bytes. Returns `undefined` if there is no such word: a shell drops the line feeds at its end.
 */
export function quoteShownWord(text: string): string | undefined {
  if (displayText(text) === text) return quoteWord(text);
  return text.endsWith('\n') ? undefined : `"$(printf -- '${printfFormat(text)}')"`;
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
