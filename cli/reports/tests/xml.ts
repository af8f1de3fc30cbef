// A minimal XML writer. Characters that XML forbids are written as `\u{…}`.

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Writes an element. `content`: elements or escaped text; omitted: an empty element. */
export function formatElement(
  name: string,
  attributes: Attributes,
  ...content: readonly string[]
): string {
  const set = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${escapeSpecial(String(value), /[&<>"\t\n\r]/g)}"`],
  );
  const start = `<${name}${set.join('')}`;
  return content.length === 0 ? `${start}/>` : `${start}>${content.join('')}</${name}>`;
}

export function escapeXmlText(raw: string): string {
  return escapeSpecial(raw, /[&<>\r]/g);
}

const forbidden = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

function escapeSpecial(raw: string, special: RegExp): string {
  return raw
    .replace(forbidden, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
    .replace(special, (character) => `&#${character.charCodeAt(0)};`);
}
