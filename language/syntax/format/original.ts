// The properties of a text that the printer preserves, looked up by the spans of its nodes.

import type { Span } from '../../support/source.ts';
import type { Original } from '../print/original.ts';
import type { SourceWords } from './source-words.ts';

export function createOriginal(source: SourceWords): Original {
  /** The first word after parentheses: the span of a node includes those around it. */
  const beginning = ({ span }: { readonly span: Span }) => {
    let index = source.findIndex(span.start);
    while (source.words[index]?.text === '(') index += 1;
    return index;
  };
  return {
    firstWord: (node) => {
      const index = beginning(node);
      return source.words[source.words[index]?.text === '-' ? index + 1 : index]?.text;
    },
    isNegative: (node) => source.words[beginning(node)]?.text === '-',
    inParentheses: ({ span }) =>
      source.findClosingParenthesis(source.findIndex(span.start))?.end === span.end,
    isOpened: ([first]) =>
      first !== undefined && source.findGap(source.findIndex(first.span.start)).breaks,
    holdsComment: ({ span }) => {
      for (let index = source.findIndex(span.start) + 1; ; index += 1) {
        const word = source.words[index];
        if (word === undefined || word.start >= span.end) return false;
        if (source.findGap(index).comments.length > 0) return true;
      }
    },
    findPlace: ({ span }) => span.start,
  };
}
