// The words of a text and the gaps between them. The parser skips comments; the formatter reads them from
// the gaps.

import { tokenize } from '../tokens.ts';

export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface Comment {
  readonly text: string;
  /** Whether a word precedes it on its line. */
  readonly isBeside: boolean;
  /** Whether a blank line precedes it. */
  readonly blank: boolean;
}

/** The text between two words. */
export interface Gap {
  readonly comments: readonly Comment[];
  /** Whether a blank line precedes the next word. */
  readonly blankAfter: boolean;
  /** Whether the next word is the first on its line. */
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
    this.#partners = matchParentheses(this.words);
  }

  /** The index of the word at an offset. */
  findIndex(offset: number): number {
    return this.#at.get(offset) ?? this.words.length;
  }

  /** The closing parenthesis of the one at an index. */
  findClosingParenthesis(index: number): Word | undefined {
    const partner = this.#partners[index];
    return partner === undefined ? undefined : this.words[partner];
  }

  /** The gap before the word at an index; the number of words gives the gap after the last word. */
  findGap(index: number): Gap {
    const from = this.words[index - 1]?.end ?? 0;
    const to = this.words[index]?.start ?? this.#text.length;
    return readGap(this.#text.slice(from, to));
  }
}

function matchParentheses(words: readonly Word[]): readonly (number | undefined)[] {
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
