// Makes text safe for a terminal: characters that are invisible, change the direction of text or control the terminal are
// written as `\u{…}`. Line breaks, tabs and the colors of this command line stay.

import { displayText } from './display.ts';

/** A line break or a tab; the codes of `buildColors`; a character that is written as its code. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the codes of colors begin with one.
const special = /(\r?\n|\t)|(\u001b\[(?:1|22|3[1-46]|39)m)|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** `isColored`: whether the text may have colors. */
export function formatTerminalText(text: string, isColored: boolean): string {
  return text.replace(special, (characters, kept?: string, color?: string) => {
    if (kept !== undefined || (color !== undefined && isColored)) return characters;
    return displayText(characters);
  });
}
