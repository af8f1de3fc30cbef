// A text's words with what stands between them. Parsing passes over comments; they are read here,
// from the gaps, and so cost nobody else anything.

import { tokenize } from '../tokens.ts';

export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface Comment {
  readonly text: string;
  /** It stands in the same line as what is before it. */
  readonly isBeside: boolean;
  /** A blank line before it. */
  readonly blank: boolean;
}

/** What stands between two words. */
export interface Gap {
  readonly comments: readonly Comment[];
  /** A blank line before the next word. */
  readonly blankAfter: boolean;
  /** The next word is the first in its line. */
  readonly breaks: boolean;
}

export class SourceWords {
  readonly words: readonly Word[];
  readonly #text: string;
  readonly #at = new Map<number, number>();
  readonly #partners: readonly (number | undefined)[];

  constructor(text: string) {
    this.#text = text;
    this.words = tokenize(text).tokens.map(({ image, startOffset }) => ({
      text: image,
      start: startOffset,
      end: startOffset + image.length,
    }));
    for (const [index, { start }] of this.words.entries()) this.#at.set(start, index);
    this.#partners = partnersOf(this.words);
  }

  /** The index of the word that begins at an offset. */
  indexAt(offset: number): number {
    return this.#at.get(offset) ?? this.words.length;
  }

  /** Where the parenthesis closes that a word opens. */
  closeOf(index: number): Word | undefined {
    const partner = this.#partners[index];
    return partner === undefined ? undefined : this.words[partner];
  }

  /** Before the word of that index; behind the last word for one more. */
  gapBefore(index: number): Gap {
    const from = this.words[index - 1]?.end ?? 0;
    const to = this.words[index]?.start ?? this.#text.length;
    return readGap(this.#text.slice(from, to));
  }
}

function partnersOf(words: readonly Word[]): readonly (number | undefined)[] {
  const partners: (number | undefined)[] = [];
  const open: number[] = [];
  for (const [index, { text }] of words.entries()) {
    if (text === '(') open.push(index);
    else if (text === ')') {
      const partner = open.pop();
      if (partner !== undefined) partners[partner] = index;
    }
  }
  return partners;
}

function readGap(text: string): Gap {
  const lines = text.split('\n');
  const comments: Comment[] = [];
  let blank = false;
  for (const [index, line] of lines.entries()) {
    const at = line.indexOf('//');
    if (at >= 0) {
      comments.push({ text: line.slice(at).trimEnd(), isBeside: index === 0, blank });
      blank = false;
    } else if (index > 0 && index < lines.length - 1) {
      blank = true;
    }
  }
  return { comments, blankAfter: blank, breaks: lines.length > 1 };
}
