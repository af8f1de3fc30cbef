// Inserts comments and blank lines into a layout. Takes a layout of the words of a text in their order, and
// the text. Returns the layout with each comment between the same words as in the text: on the line of the
// first one if it was there, otherwise on its own lines. The layout may omit commas, redundant parentheses
// and empty braces; if it omits another word, an invariant fails, so that no comment is lost silently.

import { invariant } from '../../support/invariant.ts';
import { breakParent, type Doc, hardline, indent, lineSuffix, readCloser } from '../print/docs.ts';
import type { Comment, SourceWords } from './source-words.ts';

export function weave(layout: Doc, source: SourceWords): Doc {
  const weaver = new Weaver(source);
  const woven = weaver.weave(layout);
  weaver.finish();
  return woven;
}

/** A position in the layout for the gap between two words. */
interface Place {
  /** The layout at this position, or its replacement. */
  readonly parts: Doc[];
  readonly kind: 'blank' | 'line' | 'between';
}

class Weaver {
  readonly #source: SourceWords;
  /** The index of the next word of the text. */
  #next = 0;
  /** The number of gaps that were read. */
  #read = 0;
  /** The comments in the gaps since the last word of the layout. */
  #comments: Comment[] = [];
  #blankAfter = false;
  /** The last word of the layout, and the last place after it. */
  #last: string | undefined;
  #place: Place | undefined;

  constructor(source: SourceWords) {
    this.#source = source;
  }

  finish(): void {
    const rest = this.#nextText();
    invariant(rest === undefined, `\`${rest}\` in the text and not in its layout`);
  }

  weave(doc: Doc): Doc {
    if (typeof doc === 'string') return this.#leaf(doc);
    if (Array.isArray(doc)) return doc.map((part) => this.weave(part));
    switch (doc.type) {
      case 'line':
        return this.#openPlace(doc, 'line');
      case 'label': {
        const closer = readCloser(doc.label);
        return closer === undefined ? this.#openPlace(doc.contents, 'between') : this.#end(closer);
      }
      case 'fill':
        return { ...doc, parts: doc.parts.map((part) => this.weave(part)) };
      case 'group':
      case 'indent':
        return { ...doc, contents: this.weave(doc.contents) };
      default:
        return doc;
    }
  }

  #openPlace(doc: Doc, kind: Place['kind']): Doc {
    this.#place = { parts: [doc], kind };
    return this.#place.parts;
  }

  #leaf(text: string): Doc {
    if (text.includes('"') || text === this.#alias()) return this.#word(text);
    return text.split(/( )/).map((part) => {
      if (part === ' ') return this.#openPlace(part, 'blank');
      return part === '' || part === ',' ? part : this.#word(part);
    });
  }

  #word(text: string): Doc {
    if (!this.#find(text)) return text;
    const before = this.#flush();
    this.#take(text);
    this.#last = text;
    this.#place = undefined;
    return before.length === 0 ? text : [...before, text];
  }

  #nextText(): string | undefined {
    return this.#source.words[this.#next]?.text;
  }

  /** The word in the layout for the next word of the text, if they differ. */
  #alias(): string | undefined {
    const text = this.#nextText();
    return text === '==' ? 'is' : text === '!=' ? 'is not' : undefined;
  }

  /** Advances to a word; returns false for a parenthesis that only the layout has. */
  #find(text: string): boolean {
    for (;;) {
      const next = this.#nextText();
      if (next !== undefined && (text.startsWith(next) || text === this.#alias())) break;
      if ((text === '(' || text === ')') && next !== ',') return false;
      invariant(this.#skip(), `\`${next}\` in the text, and \`${text}\` in its layout`);
    }
    this.#readGap();
    return true;
  }

  /** Skips a word that the layout may omit. */
  #skip(): boolean {
    const words = this.#source.words.slice(this.#next, this.#next + 3).map(({ text }) => text);
    const [first = ''] = words;
    const start = first === 'to' || first === 'with' ? 1 : 0;
    const isEmpty = words[start] === '{' && words[start + 1] === '}';
    const count = isEmpty ? start + 2 : [',', '(', ')'].includes(first) ? 1 : 0;
    this.#next += count;
    return count > 0;
  }

  /** Advances over the words of the text that form one word of the layout. */
  #take(text: string): void {
    let rest = text === this.#alias() ? (this.#nextText() ?? '') : text;
    while (rest !== '') {
      const next = this.#nextText();
      invariant(next !== undefined && rest.startsWith(next), `\`${text}\` is not in the text`);
      rest = rest.slice(next.length);
      this.#next += 1;
    }
  }

  /** Reads the gaps up to the next word. */
  #readGap(): void {
    for (; this.#read <= this.#next; this.#read += 1) {
      const { comments, blankAfter } = this.#source.findGap(this.#read);
      for (const comment of comments) {
        this.#comments.push({ ...comment, blank: comment.blank || this.#blankAfter });
        this.#blankAfter = false;
      }
      this.#blankAfter ||= blankAfter;
    }
  }

  /** Puts the comments into the place before a word, or returns them if there is none. */
  #flush(): readonly Doc[] {
    const place = this.#place;
    const hasComments = this.#comments.length > 0;
    const keepBlankLines = place?.kind === 'between' || this.#last === undefined;
    const isApart = this.#blankAfter && keepBlankLines && (hasComments || !this.#isOpening());
    const woven = [...this.#lines(keepBlankLines), isApart ? hardline : '', hardline];
    if (!hasComments) {
      if (isApart && place) place.parts.splice(0, 1, ...woven);
      return [];
    }
    if (this.#last === undefined) return woven;
    if (place === undefined) return [indent(woven)];
    place.parts.splice(0, 1, ...(place.kind === 'blank' ? [indent(woven)] : woven));
    return [];
  }

  /** Returns the comments after the last element in brackets. */
  #end(closer: string): Doc {
    while (this.#nextText() !== (closer === '' ? undefined : closer)) {
      // The closer is a parenthesis that only the layout has.
      if (!this.#skip()) return '';
    }
    this.#readGap();
    return [...this.#lines(true)];
  }

  /** The comments, each with the line break before it. */
  #lines(keepBlankLines: boolean): readonly Doc[] {
    const lines = this.#comments.map(({ text, isBeside, blank }, index): Doc => {
      const isFirst = index === 0;
      if (isFirst && this.#last === undefined) return text;
      if (isFirst && isBeside) return [lineSuffix(` ${text}`), breakParent];
      const isApart = keepBlankLines && blank && !(isFirst && this.#isOpening());
      return [isApart ? hardline : '', hardline, text];
    });
    this.#comments = [];
    this.#blankAfter = false;
    return lines;
  }

  #isOpening(): boolean {
    return this.#last === undefined || ['{', '(', '['].includes(this.#last);
  }
}
