// Phrases: prose with code, independent of Markdown and HTML. Phrases contain unescaped text from policies; renderers
// escape it.

export type Inline = string | InlineCode | Strong | Mark | Bar | Break;

export type Phrase = readonly Inline[];

/** Source code, such as a name in a policy. */
export interface InlineCode {
  readonly code: string;
}

export interface Strong {
  readonly strong: string;
}

/** A highlighted word, such as an effect. */
export interface Mark {
  readonly mark: MarkName;
  readonly text: string;
}

export type MarkName =
  | 'permit'
  | 'narrow'
  | 'challenge'
  | 'deny'
  | 'revoke'
  | 'score'
  | 'tested'
  | 'covered'
  | 'none';

/** A bar next to the words that state the same share; only pages in HTML show it. */
export interface Bar {
  /** From 0 to 100. */
  readonly percent: number;
}

/** A line break. */
export interface Break {
  readonly break: true;
}

export const lineBreak: Break = { break: true };

export function createInlineCode(text: string): InlineCode {
  return { code: text };
}

export function createStrong(text: string): Strong {
  return { strong: text };
}

export function mark(name: MarkName, text: string = name): Mark {
  return { mark: name, text };
}

export function createBar(percent: number): Bar {
  return { percent };
}

/** Creates a phrase from a template with inlines and phrases. */
export function say(texts: TemplateStringsArray, ...parts: readonly (Inline | Phrase)[]): Phrase {
  return texts.flatMap((text, index): Phrase => {
    const part = parts[index];
    return [...(text === '' ? [] : [text]), ...(part === undefined ? [] : asPhrase(part))];
  });
}

function asPhrase(part: Inline | Phrase): Phrase {
  if (Array.isArray(part)) return part as Phrase;
  return part === '' ? [] : [part as Inline];
}

/** Joins parts as in `a, b and c`. */
export function joinAsList(
  parts: readonly (Inline | Phrase)[],
  last: 'and' | 'or' = 'and',
): Phrase {
  return parts.flatMap((part, index) => {
    const before = index === 0 ? [] : index === parts.length - 1 ? [` ${last} `] : [', '];
    return [...before, ...asPhrase(part)];
  });
}

/** Joins parts with a separator. */
export function joinPhrases(parts: readonly (Inline | Phrase)[], between: Inline): Phrase {
  return parts.flatMap((part, index) => [...(index === 0 ? [] : [between]), ...asPhrase(part)]);
}

/** Capitalizes the first word if it is text. */
export function capitalizePhrase(phrase: Phrase): Phrase {
  const [first, ...rest] = phrase;
  if (typeof first !== 'string') return phrase;
  return [first.charAt(0).toUpperCase() + first.slice(1), ...rest];
}

/** Returns the number of visible characters. */
export function countVisibleCharacters(phrase: Phrase): number {
  return readPlainText(phrase).length;
}

export function readPlainText(phrase: Phrase): string {
  return phrase
    .map((part) => {
      if (typeof part === 'string') return part;
      if ('code' in part) return part.code;
      if ('strong' in part) return part.strong;
      if ('percent' in part) return '';
      return 'mark' in part ? part.text : ' ';
    })
    .join('');
}
