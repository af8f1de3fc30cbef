// Text for people who approve a call: characters that are invisible, change the direction of text or control a terminal are
// written as their codes, so that what is shown is what is called.

/** Characters without a form of their own, and spaces that look like another character or like none. */
const hidden =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/gu;

/** In one line. */
export function escapeVisibly(text: string): string {
  return text.replace(hidden, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

/** JSON in several lines, which has the same value. */
export function printVisibleJson(value: unknown): string {
  const text = JSON.stringify(value, undefined, 2) ?? '';
  return text.replace(hidden, (character) => {
    if (character === '\n') return character;
    const units = Array.from({ length: character.length }, (_, index) =>
      character.charCodeAt(index),
    );
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
  });
}
