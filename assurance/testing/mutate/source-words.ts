// The tokens of a source file: what is at a span, and the words around a node that has no spans for them.

import type { Edit } from '@nhipol/language';
import type { Span } from '@nhipol/language/support';
import { tokenize } from '@nhipol/language/syntax';

export interface WrittenWord {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

export class SourceRules {
  readonly file: string;
  readonly text: string;
  readonly #words: readonly WrittenWord[];

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    this.#words = tokenize(text).tokens.map(({ image, startOffset }) => ({
      word: image,
      start: startOffset,
      end: startOffset + image.length,
    }));
  }

  at({ start, end }: { readonly start: number; readonly end: number }): string {
    return this.text.slice(start, end);
  }

  /** The words from one offset to another, without comments. */
  between(start: number, end: number): readonly WrittenWord[] {
    const from = this.#findIndex(start);
    return this.#words.slice(from, Math.max(from, this.#findIndex(end)));
  }

  /** `count` words before an offset. */
  before(offset: number, count = 1): WrittenWord | undefined {
    return this.#words[this.#findIndex(offset) - count];
  }

  /** The first of these words from an offset on. */
  next(offset: number, ...words: readonly string[]): WrittenWord | undefined {
    return this.#words.slice(this.#findIndex(offset)).find(({ word }) => words.includes(word));
  }

  put(start: number, end: number, text: string): Edit {
    return { span: { file: this.file, start, end }, text };
  }

  replace({ start, end }: { readonly start: number; readonly end: number }, text: string): Edit {
    return this.put(start, end, text);
  }

  /** Removes a part of a list and its comma. */
  without(parts: readonly { readonly span: Span }[], index: number): Edit | undefined {
    const part = parts[index]?.span;
    if (part === undefined) return undefined;
    const before = parts[index - 1]?.span;
    if (before !== undefined) return this.put(before.end, part.end, '');
    return this.put(part.start, parts[1]?.span.start ?? part.end, '');
  }

  /** The index of the first word that begins at the offset or later. */
  #findIndex(offset: number): number {
    let [from, to] = [0, this.#words.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#words[middle]?.start ?? 0) < offset) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
